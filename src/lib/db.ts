import knex, { type Knex } from 'knex';
import { AlreadyCommitted, leaveMark, newMark } from '#lib/commit-marks.ts';
import type { Ctx } from '#lib/ctx.ts';
import { codeOf, isAway, outlastOutages, Patience } from '#lib/outages.ts';

/**
 * Opens the pool. The url may name a unix socket: `mysql://root@localhost/moa?socketPath=/run/db.sock`.
 * The process must run in Korean time: the driver writes dates in the zone of the process.
 */
export function openDb(url: string, pool: { max: number } = { max: 10 }): Knex {
  if (new Date(2026, 0, 1).getTimezoneOffset() !== -540) throw new Error('TZ=Asia/Seoul 로 실행해야 합니다.');

  const db = knex({
    client: 'mariadb',
    version: '10.6.0', // lets knex use INSERT ... RETURNING: it misreads "10.11" as older than 10.5
    compileSqlOnError: false, // values are personal data and would stand in error messages
    connection: {
      ...readDatabaseUrl(url),
      charset: 'utf8mb4',
      collation: 'utf8mb4_unicode_ci',
      keepAliveDelay: 5000, // a server whose machine vanished is noticed also by those who only wait for it
      connectTimeout: 5000, // of its own accord the driver gives up after one second, which a busy start can take
      timezone: '+09:00',
      logParam: false,
      checkDuplicate: false,
      insertIdAsNumber: true,
      bigIntAsNumber: true,
      checkNumberRange: true,
      typeCast: (field: { type: string; string(): string | null }, next: () => unknown) =>
        field.type === 'DATE' ? field.string() : next(),
    } as unknown as Knex.MySql2ConnectionConfig,
    pool: { min: 0, max: pool.max },
    log: { warn: () => {}, error: () => {} }, // whoever asked is told; these lines go past the log
    acquireConnectionTimeout: 10_000, // whoever gets none is told, while somebody still waits for the page
  });
  outlastOutages(db);
  return db;
}

export function readDatabaseUrl(text: string): Record<string, string | number> {
  const url = new URL(text);
  const socketPath = url.searchParams.get('socketPath');
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    ...(socketPath ? { socketPath } : { host: url.hostname, port: Number(url.port || 3306) }),
  };
}

/** Somebody else was quicker, here or on another node of the cluster: rolled back, and worth another try. */
const conflicts = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);
const mostConflicts = 5;

/**
 * Runs `work` in one transaction; `work` gets a ctx whose `db` is that transaction, and must change nothing else: it
 * may run again. A conflict rolls back and runs the whole again, up to four times. So does a database that goes away
 * while another server takes over; where it went away during the commit, a mark among the rows tells whether that came
 * through, so nothing is done twice. Inside an open transaction it joins it.
 */
export async function transaction<T>(ctx: Ctx, work: (tx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return work(ctx);
  const mark = newMark(Date.now());
  const patience = new Patience();
  let done: { attempt: number; value: T } | undefined;
  let maybeCommitted: typeof done;

  for (let attempt = 1, failures = 0; ; attempt++) {
    try {
      return await ctx.db.transaction(async (trx) => {
        await leaveMark(trx, mark);
        const value = await work({ ...ctx, db: trx });
        done = { attempt, value };
        return value;
      });
    } catch (error) {
      if (error instanceof AlreadyCommitted && maybeCommitted) return maybeCommitted.value;
      const wasCommitting = done?.attempt === attempt;
      const isConflict = conflicts.has(codeOf(error));
      // what met a conflict was rolled back: it is not the one that came through
      if (wasCommitting && !(isConflict && maybeCommitted)) maybeCommitted = done;
      const mayRepeat = isAway(error)
        ? await patience.isLeft()
        : (wasCommitting || isConflict) && ++failures < mostConflicts;
      if (!mayRepeat) throw error;
      if (failures > 1) await pause(failures * 20);
      ctx.log.warn({ attempt, code: codeOf(error), wasCommitting }, 'transaction runs again');
    }
  }
}

/** Of a length nobody else has: those who met would meet again. */
async function pause(most: number): Promise<void> {
  await new Promise((done) => setTimeout(done, Math.random() * most));
}

export function isDuplicate(error: unknown): boolean {
  return (error as { code?: string }).code === 'ER_DUP_ENTRY';
}
