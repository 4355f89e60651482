import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Ctx } from '#lib/ctx.ts';
import { below, orUndefined } from '../health.ts';
import { gauge } from './gauges.ts';

/** What people and files are up to. */
export interface Shop {
  sessions: number;
  people: number;
  imports: Record<string, number>;
  /** Rows of files that were read within the last hour, by what came of them. */
  rows: Record<string, number>;
  /** How old the oldest access record is that has no place in the chain yet. */
  chainLagMs: number;
}

export function measureShop(registry: Registry): (shop: Shop | undefined) => void {
  const sessions = gauge(registry, 'moa_sessions', 'Sessions that live, those of strangers among them.');
  const people = gauge(registry, 'moa_signed_in_people', 'People with a session.');
  const imports = gauge(registry, 'moa_imports', 'Imports that somebody or something still has to do with.', [
    'state',
  ]);
  const rows = gauge(
    registry,
    'moa_import_rows_hour',
    'Rows read within the last hour, by what came of them.',
    ['outcome'],
  );
  const lag = gauge(
    registry,
    'moa_relay_lag_seconds',
    'How far behind is what follows the events of others.',
    ['relay'],
  );
  return (shop) => {
    for (const one of [imports, rows, lag]) one.reset();
    for (const one of [sessions, people]) one.remove();
    if (!shop) return;
    sessions.set(shop.sessions);
    people.set(shop.people);
    for (const [state, n] of Object.entries(shop.imports)) imports.set({ state }, n);
    for (const [outcome, n] of Object.entries(shop.rows)) rows.set({ outcome }, n);
    lag.set({ relay: 'access_chain' }, shop.chainLagMs / 1000);
  };
}

export async function readShop(ctx: Ctx): Promise<Shop | undefined> {
  return orUndefined(ctx, 'shop', ask(ctx));
}

async function ask(ctx: Ctx): Promise<Shop> {
  const [counted, imports, rows, chainLagMs] = await Promise.all([
    countSessions(below(ctx).redis, ctx.config.redisPrefix),
    countImports(ctx),
    countRows(ctx),
    chainLag(ctx),
  ]);
  return { ...counted, imports, rows, chainLagMs };
}

const openStates = ['waiting', 'reading', 'locked', 'unmapped', 'proposed', 'applying', 'undoing'];

async function countImports({ db }: Ctx): Promise<Record<string, number>> {
  const found: { state: string; n: number }[] = await db('imports')
    .whereIn('state', openStates)
    .groupBy('state')
    .select('state', db.raw('COUNT(*) AS n'));
  const counts = new Map(found.map(({ state, n }) => [state, n]));
  return Object.fromEntries(openStates.map((state) => [state, counts.get(state) ?? 0]));
}

const outcomes = ['new', 'changed', 'same', 'conflict', 'waiting', 'rejected'] as const;

async function countRows({ db, now }: Ctx): Promise<Record<string, number>> {
  const sums = Object.fromEntries(outcomes.map((name) => [name, `${name}_count`]));
  const row = await db('imports')
    .where('created_at', '>', new Date(now().getTime() - 24 * 3600_000))
    .where('read_at', '>', new Date(now().getTime() - 3600_000))
    .sum(sums)
    .first();
  return Object.fromEntries(outcomes.map((name) => [name, Number(row?.[name] ?? 0)]));
}

async function chainLag({ db, now }: Ctx): Promise<number> {
  const oldest = await db('access_waiting as w')
    .join('access_records as r', 'r.id', 'w.record_id')
    .orderBy('w.record_id')
    .first('r.at');
  return oldest ? Math.max(now().getTime() - oldest.at.getTime(), 0) : 0;
}

/** Walks the keys without stopping anybody else. */
async function countSessions(redis: Redis, prefix: string): Promise<Pick<Shop, 'sessions' | 'people'>> {
  const walk = async (pattern: string) => {
    const found = new Set<string>(); // a walk may come by a key twice
    for (let cursor = '0'; ; ) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
      for (const key of keys) found.add(key);
      if (next === '0') return found;
      cursor = next;
    }
  };
  const sessions = await walk(`${prefix}:session:*`);
  let people = 0;
  for (const key of await walk(`${prefix}:sessions-of:*`)) {
    const theirs = await redis.zrange(key, '0', '-1'); // those that have ended stand there until they are next listed
    if (theirs.some((sid) => sessions.has(`${prefix}:session:${sid}`))) people++;
  }
  return { sessions: sessions.size, people };
}
