import { parseArgs } from 'node:util';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { keptKeys } from '#lib/kept-keys.ts';
import { type Walked, walkSealed } from '#lib/resealing.ts';
import type { Command } from './cli.ts';
import { modules } from './modules.ts';

const seals = [...modules.flatMap((module) => module.seals ?? []), keptKeys];
const lastingKeys = modules.flatMap((module) => module.lastingKeys ?? []);

/** What still needs a former secret. */
export interface Need {
  columns: Walked[];
  /** What keys of a former secret are not kept yet for. */
  keys: string[];
}

/** `secrets [reseal]`: what still needs a former secret; `reseal` brings all under the present one. */
export const secretsCommand: Command = async (ctx, args, io) => {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const [act, ...rest] = positionals;
  if ((act !== undefined && act !== 'reseal') || rest.length > 0)
    throw new Refusal('비밀 키에 할 일은 reseal(다시 봉하기)입니다. 예: bin/moa secrets reseal');
  if (act === 'reseal') await reseal(ctx, io.stderr);
  const need = await lookAtNeed(ctx);
  const sum = (of: keyof Walked) => need.columns.reduce((total, walked) => total + Number(walked[of]), 0);
  const [seen, old, unreadable] = [sum('seen'), sum('old'), sum('unreadable')];
  io.stdout.write(
    `${JSON.stringify({ former: ctx.config.oldSecrets.length, seen, old, unreadable, keys: need.keys })}\n`,
  );
  io.stderr.write(`${inWords(ctx, need, { seen, old, unreadable })}\n`);
  return unreadable > 0 || (act === 'reseal' && old + need.keys.length > 0) ? 1 : 0;
};

/** Counts, and changes nothing. */
export async function lookAtNeed(ctx: Ctx): Promise<Need> {
  const columns: Walked[] = [];
  for (const column of seals) columns.push(await walkSealed(ctx, column, false));
  const keys: string[] = [];
  for (const key of lastingKeys) if (!(await key.isKept(ctx))) keys.push(key.title);
  return { columns, keys };
}

async function reseal(ctx: Ctx, stderr: { write(text: string): unknown }): Promise<void> {
  for (const key of lastingKeys) await key.keep(ctx);
  const resealed: Record<string, number> = {};
  for (const column of seals) {
    const { table, old } = await walkSealed(ctx, column, true);
    if (old === 0) continue;
    resealed[table] = (resealed[table] ?? 0) + old;
    stderr.write(`${table}: ${old.toLocaleString('ko-KR')}건을 다시 봉했습니다.\n`);
  }
  await transaction(ctx, (tx) => record(tx, 'secrets.resealed', 'secrets', 0, resealed));
}

function inWords(
  ctx: Ctx,
  need: Need,
  { seen, old, unreadable }: { seen: number; old: number; unreadable: number },
): string {
  const count = (n: number) => n.toLocaleString('ko-KR');
  if (unreadable > 0) {
    const where = need.columns.filter((walked) => walked.unreadable > 0).map(({ table }) => table);
    return `어느 키로도 열리지 않는 값이 ${count(unreadable)}건 있습니다: ${[...new Set(where)].join(', ')}\n이전 키를 MOA_OLD_SECRETS에 모두 적었는지 확인해 주세요.`;
  }
  if (old > 0 || need.keys.length > 0) {
    const what = [...(old > 0 ? [`봉한 값 ${count(old)}건`] : []), ...need.keys].join(', ');
    return `아직 이전 키가 필요합니다: ${what}\nbin/moa secrets reseal 로 지금 키로 옮길 수 있습니다.`;
  }
  if (ctx.config.oldSecrets.length === 0) return `봉한 값 ${count(seen)}건이 모두 지금 키로 열립니다.`;
  return `봉한 값 ${count(seen)}건이 모두 지금 키로 열립니다. 키를 바꾼 지 8일이 지났으면 MOA_OLD_SECRETS를 지워도 됩니다.`;
}
