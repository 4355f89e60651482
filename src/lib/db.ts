import knex, { type Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';

/**
 * Opens the pool. The url may name a unix socket: `mysql://root@localhost/moa?socketPath=/run/db.sock`.
 * The process must run in Korean time: the driver writes dates in the zone of the process.
 */
export function openDb(url: string, pool: { max: number } = { max: 10 }): Knex {
  if (new Date(2026, 0, 1).getTimezoneOffset() !== -540) throw new Error('TZ=Asia/Seoul 로 실행해야 합니다.');

  return knex({
    client: 'mariadb',
    version: '10.6.0', // lets knex use INSERT ... RETURNING: it misreads "10.11" as older than 10.5
    compileSqlOnError: false, // values are personal data and would stand in error messages
    connection: {
      ...readDatabaseUrl(url),
      charset: 'utf8mb4',
      collation: 'utf8mb4_unicode_ci',
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
  });
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

const retriable = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

/**
 * Runs `work` in one transaction; `work` gets a ctx whose `db` is that transaction.
 * A deadlock rolls back and runs the whole again, up to three times. Inside an open transaction it joins it.
 */
export async function transaction<T>(ctx: Ctx, work: (tx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return work(ctx);
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.db.transaction((trx) => work({ ...ctx, db: trx }));
    } catch (error) {
      if (attempt >= 3 || !retriable.has((error as { code?: string }).code ?? '')) throw error;
      ctx.log.warn({ attempt, code: (error as { code?: string }).code }, 'transaction runs again');
    }
  }
}

export function isDuplicate(error: unknown): boolean {
  return (error as { code?: string }).code === 'ER_DUP_ENTRY';
}
