import { setTimeout as sleep } from 'node:timers/promises';
import { type Snapshot, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import type { ListSource } from '#lib/list-source.ts';
import { unmasked } from '#lib/sight.ts';
import { keepScope, keptColumns, keptQuery, mayDownload } from './asked.ts';
import { offerOf } from './choosing.ts';
import { Parts, storePart } from './files.ts';
import type { DownloadRow } from './tables.ts';
import { writeList } from './writing.ts';

/** The file is not wanted any more, or another process makes it: whoever meets this stops at once. */
export class MakingStopped extends Error {
  override name = 'MakingStopped';
}

/**
 * Reads a whole list on one snapshot and keeps it as the file of this download. `ctx` acts for the person who asked,
 * and has a second connection for what it writes meanwhile. Every write carries the token: it ends with
 * `MakingStopped` as soon as the download is cancelled or taken over.
 */
export async function fillDownload(
  ctx: Ctx,
  row: DownloadRow,
  token: string,
  lists: readonly ListSource[],
  progress: (done: number, total: number) => void,
): Promise<{ rows: number; size: number }> {
  const source = lists.find(({ name }) => name === row.list_name);
  if (!source) throw new Refusal('지금은 없는 목록입니다.');
  if (!mayDownload(ctx, source)) throw new Refusal(`${row.title} 목록을 내려받을 권한이 없어졌습니다.`);
  const query = keptQuery(row, source);
  const columns = keptColumns(row, (await offerOf(ctx, source, query)).columns);
  const parts = new Parts((part, bytes) => keepPart(ctx, row.id, token, part, bytes));

  const rest = resting(ctx);
  await beat(ctx, row.id, token, { scope_json: keepScope(ctx.actor.scope) });

  const fill = async (snap: Snapshot) => {
    const list = await source.open(snap, query);
    if (list.total === 0) throw new Refusal('그 사이에 조건에 맞는 것이 없어졌습니다.');
    const rows = await writeList(
      (bytes) => parts.add(bytes),
      source.title,
      columns,
      list,
      async (done) => {
        await beat(ctx, row.id, token, { rows_done: done });
        progress(done, list.total);
        await rest();
      },
    );
    await parts.end();
    return { rows, size: parts.size };
  };
  return snapshot(unmasked(ctx), fill, { used: true });
}

/**
 * Rests as long as it worked while two files are made, which together then ask the database no more than one, and
 * while people ask for pages.
 */
function resting(ctx: Ctx): () => Promise<void> {
  let since = performance.now();
  return async () => {
    const row = await ctx.db('downloads').where({ state: 'making' }).count({ n: '*' }).first();
    const worked = performance.now() - since;
    if (Number(row?.n) > 1) await sleep(worked);
    else await ctx.pace.rest(worked);
    since = performance.now();
  };
}

async function keepPart(ctx: Ctx, id: number, token: string, part: number, bytes: Buffer): Promise<void> {
  await transaction(ctx, async (tx) => {
    await beat(tx, id, token, {});
    await storePart(tx, id, part, bytes);
  });
}

/** Locks the download's row, so that nobody takes it over between this and the end of the transaction. */
async function beat(ctx: Ctx, id: number, token: string, values: Partial<DownloadRow>): Promise<void> {
  const touched = await ctx
    .db('downloads')
    .where({ id, token, state: 'making' })
    .update({ ...values, beat_at: ctx.now() });
  if (touched === 0) throw new MakingStopped();
}
