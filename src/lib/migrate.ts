import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { openDb } from '#lib/db.ts';

const directory = fileURLToPath(new URL('../../migrations', import.meta.url));
const migrations = {
  directory,
  loadExtensions: ['.ts'],
  disableTransactions: true,
  disableMigrationsListValidation: true, // a newer release beside us, or before a rollback, has run some we do not know
};

/**
 * Brings the schema up to date; of several processes at once all but one wait. Knex's own lock turns the others
 * away and stays behind when its holder is killed, so it is freed by whoever has the turn.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const db = openDb(databaseUrl, { max: 2 });
  try {
    await inTurn(db, async () => {
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
  return (await pendingMigrations(db)).length === 0;
}

/** The files that wait to be run, in their order. */
export async function pendingMigrations(db: Knex): Promise<string[]> {
  const [, pending] = (await db.migrate.list(migrations)) as [unknown[], { file: string }[]];
  return pending.map(({ file }) => file);
}

const longestWaitMs = 300_000;

/**
 * The turn is a locked row: it ends with the connection of whoever has it, and it works in a Galera cluster with one
 * writer, which knows no GET_LOCK. A waiting process asks again when the server has had enough of its waiting.
 */
async function inTurn(db: Knex, work: () => Promise<void>): Promise<void> {
  for (const giveUpAt = Date.now() + longestWaitMs; ; ) {
    let isMine = false;
    try {
      await makeTurn(db);
      return await db.transaction(async (turn) => {
        await turn.raw('SELECT id FROM migration_turn WHERE id = 1 FOR UPDATE');
        isMine = true;
        await work();
      });
    } catch (error) {
      const isLong = (error as { code?: string }).code === 'ER_LOCK_WAIT_TIMEOUT';
      if (isMine || !isLong || Date.now() > giveUpAt) throw error;
    }
  }
}

/** Looked for first: in a cluster a CREATE TABLE, even of a table that is there, would throw out who has the turn. */
async function makeTurn(db: Knex): Promise<void> {
  if (!(await db.schema.hasTable('migration_turn'))) {
    await db.raw(
      'CREATE TABLE IF NOT EXISTS migration_turn (id TINYINT UNSIGNED NOT NULL PRIMARY KEY) ENGINE=InnoDB',
    );
  }
  if (!(await db('migration_turn').first('id'))) await db.raw('INSERT IGNORE INTO migration_turn VALUES (1)');
}
