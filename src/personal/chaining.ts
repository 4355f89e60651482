import { putMany } from '#lib/bulk.ts';
import { nextNumber } from '#lib/counters.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { deriveKey } from '#lib/secrets.ts';
import { type AccessRecord, type ChainStart, firstHash, hashOf } from './chain.rules.ts';

/** The series whose number whoever changes the chain draws first: one at a time. */
export const chaining = 'access.chaining';

const atOnce = 1000;

export interface Link {
  seq: number;
  record_id: number;
  hash: Buffer;
}

/**
 * Gives every waiting record its place in the chain; returns how many. Requests only add records, which never wait for
 * each other; whoever chains holds a lock, so that two workers at once make one chain. What a process that dies leaves
 * behind is taken back by the database and chained the next time.
 */
export async function chainAccess(ctx: Ctx): Promise<number> {
  for (let chained = 0; ; ) {
    const n = await transaction(ctx, chainSome);
    chained += n;
    if (n < atOnce) return chained;
  }
}

async function chainSome(tx: Ctx): Promise<number> {
  await nextNumber(tx, chaining); // one at a time; what is read from here on is what the last one left
  // one whose record was taken away meanwhile goes on waiting, for the verification to tell of
  const records: AccessRecord[] = await tx
    .db('access_waiting')
    .join('access_records', 'access_records.id', 'access_waiting.record_id')
    .orderBy('access_waiting.record_id')
    .limit(atOnce)
    .select('access_records.*');
  if (records.length === 0) return 0;
  const key = chainKey(tx);
  let last = await newestLink(tx);
  const links = records.map((record): Link => {
    const seq = (last?.seq ?? 0) + 1;
    const link = { seq, record_id: record.id, hash: hashOf(key, last?.hash ?? firstHash, seq, record) };
    last = link;
    return link;
  });
  await putMany(tx, 'access_chain', links);
  const chained = records.map(({ id }) => id);
  await tx.db('access_waiting').whereIn('record_id', chained).delete();
  return records.length;
}

/** What the next link hangs on; undefined for the first of all. */
async function newestLink(ctx: Ctx): Promise<Pick<Link, 'seq' | 'hash'> | undefined> {
  const link: Link | undefined = await ctx.db('access_chain').orderBy('seq', 'desc').first();
  return link ?? newestStart(ctx);
}

/** Where the chain begins by now; undefined while nothing has been destroyed. */
export async function newestStart(ctx: Ctx): Promise<ChainStart | undefined> {
  return ctx.db('access_starts').orderBy('seq', 'desc').first();
}

export function chainKey(ctx: Ctx): Buffer {
  return deriveKey(ctx.config.secret, 'access records');
}
