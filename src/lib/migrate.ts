import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { openDb } from '#lib/db.ts';

const directory = fileURLToPath(new URL('../../migrations', import.meta.url));
const migrations = { directory, loadExtensions: ['.ts'], disableTransactions: true };

/** Brings the schema up to date; safe to call by several processes at once (knex takes its own lock). */
export async function migrate(databaseUrl: string): Promise<void> {
  const db = openDb(databaseUrl, { max: 2 });
  try {
    await db.migrate.latest(migrations);
  } finally {
    await db.destroy();
  }
}

/** True when no migration waits. */
export async function isMigrated(db: Knex): Promise<boolean> {
  const [, pending] = (await db.migrate.list(migrations)) as [unknown[], unknown[]];
  return pending.length === 0;
}
