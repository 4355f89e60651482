import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import type { Metrics } from '#lib/metrics.ts';

/** What takes longer is told in the log. */
export const slowMs = 500;

interface Told {
  __knexUid: string;
  sql: string;
}

interface Pool {
  max: number;
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
  on(event: 'acquireRequest' | 'acquireSuccess' | 'acquireFail', heard: (id: number) => void): void;
}

/** Times the queries of a pool and the waits for it. Values are never looked at. */
export function measureDb(db: Knex, metrics: Metrics, log: Logger): void {
  timeQueries(db, metrics, log);
  const pool = db.client.pool as Pool;
  timeWaits(pool, metrics);
  countConnections(pool, metrics);
}

/** A connection does one thing after the other, so its own id tells which query has ended. */
function timeQueries(db: Knex, { db: of }: Metrics, log: Logger): void {
  const began = new Map<string, number>();
  const ended = ({ __knexUid, sql }: Told) => {
    const start = began.get(__knexUid);
    if (start === undefined) return;
    began.delete(__knexUid);
    const ms = performance.now() - start;
    of.duration.observe(ms / 1000);
    if (ms < slowMs) return;
    of.slow.inc();
    log.warn({ ms: Math.round(ms), sql: sql.slice(0, 2000) }, 'slow query');
  };
  db.on('query', ({ __knexUid }: Told) => began.set(__knexUid, performance.now()));
  db.on('query-response', (_rows: unknown, query: Told) => ended(query));
  db.on('query-error', (error: { code?: string }, query: Told) => {
    of.errors.inc({ code: error.code ?? 'unknown' });
    ended(query);
  });
}

function timeWaits(pool: Pool, { db: of }: Metrics): void {
  const began = new Map<number, number>();
  const ended = (id: number) => {
    const start = began.get(id);
    began.delete(id);
    if (start !== undefined) of.poolWait.observe((performance.now() - start) / 1000);
  };
  pool.on('acquireRequest', (id) => began.set(id, performance.now()));
  pool.on('acquireSuccess', ended);
  pool.on('acquireFail', (id) => {
    of.poolRefused.inc();
    ended(id);
  });
}

function countConnections(pool: Pool, { registry }: Metrics): void {
  new Gauge({
    name: 'moa_db_pool_connections',
    help: 'Connections of the pool; `max` is how many it may have.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'used' }, pool.numUsed());
      this.set({ state: 'free' }, pool.numFree());
      this.set({ state: 'max' }, pool.max);
    },
  });
  new Gauge({
    name: 'moa_db_pool_waiting',
    help: 'How many wait for a connection of the pool.',
    registers: [registry],
    collect() {
      this.set(pool.numPendingAcquires());
    },
  });
}
