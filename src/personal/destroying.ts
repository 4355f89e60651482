import { nextNumber } from '#lib/counters.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { type ChainStart, proofOf } from './chain.rules.ts';
import { chainKey } from './eras.ts';
import { accessKeptDays } from './kept-days.ts';
import { chaining, type Link } from './links.ts';

const dayMs = 24 * 3600 * 1000;
const atOnce = 1000;

/**
 * Destroys the access records whose two years are over, from the beginning of the chain, in small steps; returns how
 * many. Each step keeps the last hash it takes away, under a proof nobody can make without the key: the chain is
 * verified from there. It stops where a record is missing already, so that what was tampered with stays to be found.
 */
export async function destroyOldAccess(ctx: Ctx): Promise<number> {
  const before = new Date(ctx.now().getTime() - accessKeptDays * dayMs);
  for (let destroyed = 0; ; ) {
    const n = await transaction(ctx, (tx) => destroySome(tx, before));
    destroyed += n;
    if (n < atOnce) return destroyed;
  }
}

async function destroySome(tx: Ctx, before: Date): Promise<number> {
  await nextNumber(tx, chaining); // nobody adds to the chain meanwhile
  const oldest: (Link & { at: Date | null })[] = await tx
    .db('access_chain')
    .leftJoin('access_records', 'access_records.id', 'access_chain.record_id')
    .orderBy('seq')
    .limit(atOnce)
    .select('seq', 'record_id', 'hash', 'at');
  const isOld = ({ at }: { at: Date | null }) => at !== null && at < before;
  const young = oldest.findIndex((link) => !isOld(link));
  const old = young < 0 ? oldest : oldest.slice(0, young);
  const last = old.at(-1);
  if (!last) return 0;

  const start = {
    seq: last.seq,
    hash: last.hash,
    until: new Date(Math.max(...old.map(({ at }) => at!.getTime()))),
    records: old.length,
    destroyed_at: tx.now(),
  };
  const kept: ChainStart = { ...start, proof: proofOf(await chainKey(tx), start) };
  await tx.db('access_starts').insert(kept);
  const ids = old.map(({ record_id }) => record_id);
  await tx.db('access_records').whereIn('id', ids).delete();
  await tx.db('access_subjects').whereIn('record_id', ids).delete();
  await tx.db('access_chain').whereIn('record_id', ids).delete();
  await record(tx, 'access.destroyed', 'access_records', last.seq, {
    records: old.length,
    until: start.until,
  });
  return old.length;
}
