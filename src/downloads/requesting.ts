import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { ListColumn, ListSource, OpenList } from '#lib/list-source.ts';
import { wordsOf } from '#lib/list-source.ts';
import type { ListQuery } from '#lib/lists.ts';
import { unmasked } from '#lib/sight.ts';
import { keepColumns, keepQuery, keepScope, mayDownload, withoutSearch } from './asked.ts';
import { rememberColumns } from './choosing.ts';
import { holdsPersonal } from './columns.rules.ts';
import { storePart } from './files.ts';
import { shortestReason } from './forms.ts';
import type { DownloadRow } from './tables.ts';
import { writeList } from './writing.ts';

/** So many rows are written while the person waits; more are made in the background. */
export const rowsAtOnce = 2000;
export const daysKept = 7;
const openAtOnce = 5;

export interface AskedDownload {
  query: ListQuery;
  columns: readonly ListColumn<unknown>[];
  /** What the columns are remembered as; the list's own name where nothing is said. */
  rememberedAs?: string;
  reason: string;
}

/** How many rows the file would have, and what to know of them. */
export async function countRows(
  ctx: Ctx,
  source: ListSource,
  query: ListQuery,
): Promise<Pick<OpenList<unknown>, 'total' | 'of' | 'note'>> {
  if (!mayDownload(ctx, source)) throw new NotFound();
  return snapshot(ctx, async (snap) => {
    const { total, of, note } = await source.open(snap, query);
    return { total, of, note };
  });
}

/**
 * Takes the wish for a file down, and remembers the columns. A short list is written at once and ready; a long one
 * waits for `makeLater`. Returns the download's id and whether it is ready. Throws `Refusal` when there is nothing to
 * write, a reason is missing, or too much is waiting already.
 */
export async function requestDownload(
  ctx: Ctx,
  source: ListSource,
  asked: AskedDownload,
): Promise<{ id: number; ready: boolean }> {
  if (!mayDownload(ctx, source)) throw new NotFound();
  const personal = holdsPersonal(asked.columns);
  if (personal && [...asked.reason].length < shortestReason) {
    throw new Refusal('개인정보가 담긴 파일은 받는 이유를 적어야 합니다.');
  }
  const { total, of, note, file } = await writeShortList(ctx, source, asked);

  return transaction(ctx, async (tx) => {
    if (!file) await refuseTooMany(tx);
    await rememberColumns(
      tx,
      asked.rememberedAs ?? source.name,
      asked.columns.map(({ key }) => key),
    );
    const filterWords = wordsOf([of, source.inWords(asked.query) || '전체', note]);
    const row: Omit<
      DownloadRow,
      'id' | 'rows_done' | 'failure' | 'token' | 'beat_at' | 'attempts' | 'taken_count'
    > = {
      list_name: source.name,
      title: source.title,
      state: file ? 'ready' : 'waiting',
      query_json: keepQuery(asked.query),
      filter_words: filterWords.slice(0, 500),
      columns_json: keepColumns(asked.columns),
      scope_json: keepScope(tx.actor.scope),
      personal: personal ? 1 : 0,
      reason: asked.reason || null,
      row_count: total,
      file_name: fileName([source.title, of], tx.now()),
      file_size: file?.length ?? 0,
      created_by: tx.actor.id!,
      created_by_name: tx.actor.name,
      created_at: tx.now(),
      ready_at: file ? tx.now() : null,
      expires_at: file ? expiryFrom(tx.now()) : null,
    };
    const [id] = await tx.db('downloads').insert(row);
    if (file) await storePart(tx, id!, 0, file);
    await record(tx, 'download.requested', 'download', id!, {
      list: source.name,
      filter: filterWords,
      query: withoutSearch(row),
      columns: asked.columns.map(({ title }) => title),
      rows: total,
      personal,
      reason: asked.reason,
    });
    return { id: id!, ready: Boolean(file) };
  });
}

async function writeShortList(
  ctx: Ctx,
  source: ListSource,
  { query, columns }: AskedDownload,
): Promise<Pick<OpenList<unknown>, 'total' | 'of' | 'note'> & { file?: Buffer }> {
  return snapshot(unmasked(ctx), async (snap) => {
    const list = await source.open(snap, query);
    const { total, of, note } = list;
    if (total === 0) throw new Refusal('조건에 맞는 것이 없어 담을 내용이 없습니다.');
    if (total > rowsAtOnce) return { total, of, note };
    const bytes: Buffer[] = [];
    await writeList((part) => void bytes.push(part), source.title, columns, list);
    return { total, of, note, file: Buffer.concat(bytes) };
  });
}

async function refuseTooMany(tx: Ctx): Promise<void> {
  const row = await tx
    .db('downloads')
    .where({ created_by: tx.actor.id })
    .whereIn('state', ['waiting', 'making'])
    .count({ n: '*' })
    .first();
  if (Number(row?.n) >= openAtOnce) {
    throw new Refusal(`만들고 있는 파일이 ${openAtOnce}개입니다. 끝나거나 취소한 뒤에 다시 받아 주세요.`);
  }
}

/** Hands a long list to the worker. */
export async function makeLater(ctx: Ctx, row: Pick<DownloadRow, 'id' | 'created_by'>): Promise<void> {
  await ctx.jobs.add(
    'downloads.make',
    { downloadId: row.id, ownerId: row.created_by },
    `downloads.make-${row.id}`,
  );
}

export function expiryFrom(now: Date): Date {
  return new Date(now.getTime() + daysKept * 86_400_000);
}

/** 주문_20261121_0905.xlsx, 가져온_행_스마트스토어_전체주문_20261121_0905.xlsx */
function fileName([title, of]: readonly [string, string | undefined], now: Date): string {
  const stamp = dateTime(now).replace(/[-:]/g, '').replace(' ', '_').slice(0, 13);
  const part = of?.replace(/\.\w{2,4}$/, '').slice(0, 40);
  const name = [title, part, stamp].filter(Boolean).join('_');
  return `${name.replace(/[\\/:*?"<>|\s\p{Cc}]+/gu, '_')}.xlsx`;
}
