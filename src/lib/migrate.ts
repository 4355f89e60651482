import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { openDb } from '#lib/db.ts';

const directory = fileURLToPath(new URL('../../migrations', import.meta.url));
const migrations = { directory, loadExtensions: ['.ts'], disableTransactions: true };

/**
 * Brings the schema up to date; of several processes at once all but one wait. Knex's own lock turns the others
 * away and stays behind when its holder is killed, so it is freed under one that ends with its connection.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const db = openDb(databaseUrl, { max: 2 });
  try {
    await db.transaction(async (turn) => {
      await turn.raw(`SELECT GET_LOCK(CONCAT('migrate ', DATABASE()), 300)`);
      if (await isMigrated(db)) return;
      await db.migrate.forceFreeMigrationsLock(migrations);
      await db.migrate.latest(migrations);
    });
  } finally {
    await db.destroy();
  }
}

/** True when no migration waits. */
export async function isMigrated(db: Knex): Promise<boolean> {
  const [, pending] = (await db.migrate.list(migrations)) as [unknown[], unknown[]];
  return pending.length === 0;
}
