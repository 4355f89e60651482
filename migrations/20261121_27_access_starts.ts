import type { Knex } from 'knex';

/** Where the chain of access records begins, once the oldest have been destroyed: verifying starts at this hash. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS access_starts (
      seq BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      hash BINARY(32) NOT NULL,
      until DATETIME(3) NOT NULL,
      records INT UNSIGNED NOT NULL,
      destroyed_at DATETIME(3) NOT NULL,
      proof BINARY(32) NOT NULL
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
  await addTrigger(knex, 'access_starts_stay', 'UPDATE');
  await addTrigger(knex, 'access_starts_kept', 'DELETE');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('access_starts');
}

/** A server may let us have tables and no triggers; the proofs tell of changes all the same. */
async function addTrigger(knex: Knex, name: string, act: 'UPDATE' | 'DELETE'): Promise<void> {
  try {
    await knex.raw(
      `CREATE OR REPLACE TRIGGER ${name} BEFORE ${act} ON access_starts FOR EACH ROW
       SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'access records stay as they are'`,
    );
  } catch (error) {
    if (!notAllowed.has((error as { code?: string }).code ?? '')) throw error;
  }
}

const notAllowed = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_BINLOG_CREATE_ROUTINE_NEED_SUPER',
]);
