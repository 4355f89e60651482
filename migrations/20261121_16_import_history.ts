import type { Knex } from 'knex';

/** What an import's page keeps for good: what the proposal was compared with, and what became of the file. */
export async function up(knex: Knex): Promise<void> {
  // basis_…: the last change of lines that the reading can have seen. comparison counts how often the proposal was
  // brought up to date with other rows than before, agreed_comparison is the one that somebody asked to apply.
  await knex.raw(`ALTER TABLE imports
    ADD COLUMN IF NOT EXISTS basis_batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS basis_event_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS comparison INT UNSIGNED NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS agreed_comparison INT UNSIGNED NULL,
    ADD COLUMN IF NOT EXISTS moved_count INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS file_destroyed_at DATETIME NULL,
    ADD INDEX IF NOT EXISTS by_file (file_sha256),
    ADD INDEX IF NOT EXISTS by_person (created_by, created_by_name)`);

  // seen_…: the line as it stood when the row was compared, by revision and import; moved: what the row was when the
  // file was read, where it has become something else since.
  await knex.raw(`ALTER TABLE import_rows
    ADD COLUMN IF NOT EXISTS seen_revision INT UNSIGNED NULL,
    ADD COLUMN IF NOT EXISTS seen_import_id BIGINT UNSIGNED NULL,
    ADD COLUMN IF NOT EXISTS moved TEXT NULL,
    ADD INDEX IF NOT EXISTS by_order (order_no)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE import_rows
    DROP COLUMN IF EXISTS seen_revision, DROP COLUMN IF EXISTS seen_import_id, DROP COLUMN IF EXISTS moved,
    DROP INDEX IF EXISTS by_order`);
  await knex.raw(`ALTER TABLE imports
    DROP COLUMN IF EXISTS basis_batch_id, DROP COLUMN IF EXISTS basis_event_id, DROP COLUMN IF EXISTS comparison,
    DROP COLUMN IF EXISTS agreed_comparison,
    DROP COLUMN IF EXISTS moved_count, DROP COLUMN IF EXISTS file_destroyed_at,
    DROP INDEX IF EXISTS by_file, DROP INDEX IF EXISTS by_person`);
}
