import { nextNumber } from '#lib/counters.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { keepFor, keptFor } from '#lib/kept-keys.ts';
import type { LastingKey } from '#lib/resealing.ts';
import { derivedKeys } from '#lib/secrets.ts';
import { type AccessRecord, firstHash, hashOf } from './chain.rules.ts';
import { chaining, type Link, newestLink, newestStart } from './links.ts';

/**
 * The links of the chain that one key has made. A secret that got out opens no door to the chain: its key is good for
 * the links up to the day it was replaced, and the first link behind them, made with the next key, holds them fast.
 */
export interface Era {
  /** Its first link. */
  from: number;
  key: Buffer;
  /** Where the chain began when this era did: proven by a key that counts for nothing new. */
  start?: { seq: number; hash: string };
}

const purpose = 'access records';

interface KeptEra {
  key: string;
  start?: Era['start'];
}

/** In their order; there is always one. */
export async function erasOf(ctx: Ctx): Promise<readonly [Era, ...Era[]]> {
  const [first, ...later] = (await keptFor<KeptEra>(ctx, purpose)).map(
    ({ place, value }): Era => ({ ...value, from: place, key: Buffer.from(value.key, 'hex') }),
  );
  return first ? [first, ...later] : [{ from: 0, key: await firstKey(ctx) }];
}

export function eraAt(eras: readonly [Era, ...Era[]], seq: number): Era {
  return eras.findLast(({ from }) => from <= seq) ?? eras[0];
}

/** With which links and starts are made now. */
export async function chainKey(ctx: Ctx): Promise<Buffer> {
  return (await erasOf(ctx)).at(-1)!.key;
}

/** Until the secret is changed for the first time nothing is kept: the key is that which made the newest link. */
async function firstKey(ctx: Ctx): Promise<Buffer> {
  const keys = derivedKeys(ctx.config, purpose);
  if (keys.length === 1) return keys[0];
  const last = await lastLink(ctx);
  const made = (key: Buffer) => last && hashOf(key, last.previous, last.seq, last.record).equals(last.hash);
  return keys.find(made) ?? keys[0];
}

interface WholeLink extends Link {
  previous: Buffer;
  record: AccessRecord;
}

async function lastLink(ctx: Ctx): Promise<WholeLink | undefined> {
  const links: Link[] = await ctx.db('access_chain').orderBy('seq', 'desc').limit(2);
  const [link, before] = links;
  if (!link) return undefined;
  const record: AccessRecord | undefined = await ctx
    .db('access_records')
    .where({ id: link.record_id })
    .first();
  const previous = before?.hash ?? (await newestStart(ctx))?.hash ?? firstHash;
  return record && { ...link, previous, record };
}

/** The chain goes on with the key of the present secret; the keys before stay known for what they have made. */
async function beginEra(ctx: Ctx): Promise<void> {
  await transaction(ctx, async (tx) => {
    await nextNumber(tx, chaining); // nobody adds to the chain meanwhile
    const eras = await erasOf(tx);
    const [present] = derivedKeys(tx.config, purpose);
    if (eras.at(-1)!.key.equals(present)) return;
    const [first] = eras;
    if (eras.length === 1 && first.from === 0)
      await keepFor(tx, purpose, 0, { key: first.key.toString('hex') } satisfies KeptEra);
    const start = await newestStart(tx);
    const kept: KeptEra = {
      key: present.toString('hex'),
      ...(start && { start: { seq: start.seq, hash: start.hash.toString('hex') } }),
    };
    await keepFor(tx, purpose, ((await newestLink(tx))?.seq ?? 0) + 1, kept);
  });
}

export const chainKeys: LastingKey = {
  title: '접속기록의 사슬',
  async isKept(ctx) {
    const [present] = derivedKeys(ctx.config, purpose);
    return (await chainKey(ctx)).equals(present);
  },
  keep: beginEra,
};
