import { putMany } from '#lib/bulk.ts';
import { nextNumber } from '#lib/counters.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { type AccessRecord, firstHash, hashOf } from './chain.rules.ts';
import { chainKey } from './eras.ts';
import { chaining, type Link, newestLink } from './links.ts';

const atOnce = 1000;

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
  const key = await chainKey(tx);
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
