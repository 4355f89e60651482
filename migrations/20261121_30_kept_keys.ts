import type { Knex } from 'knex';

/** What must be known beyond the secret it came from: sealed, with the present secret. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS kept_keys (
      purpose VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      place BIGINT UNSIGNED NOT NULL,
      sealed VARBINARY(1000) NOT NULL,
      kept_at DATETIME(3) NOT NULL,
      PRIMARY KEY (purpose, place)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('kept_keys');
}
