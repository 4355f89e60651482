import type { Knex } from 'knex';

/** Rows that wait for their order, couriers' locked files, and when what is personal of a record was destroyed. */
export async function up(knex: Knex): Promise<void> {
  // met_import_id: the import that proposes what a row waited with, now that its order is here.
  await knex.raw('ALTER TABLE import_rows ADD COLUMN IF NOT EXISTS met_import_id BIGINT UNSIGNED NULL');

  // follows_import_id: the import whose waiting rows this one proposes. waiting_count, met_count: rows of
  // its own that wait, and that have found their order.
  await knex.raw(`ALTER TABLE imports
    ADD COLUMN IF NOT EXISTS follows_import_id BIGINT UNSIGNED NULL,
    ADD COLUMN IF NOT EXISTS waiting_count INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS met_count INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS cells_destroyed_at DATETIME NULL,
    ADD INDEX IF NOT EXISTS by_origin (follows_import_id),
    ADD INDEX IF NOT EXISTS by_waiting (waiting_count)`);

  // The last change of the channel's lines in which waiting rows have been looked for.
  await knex.raw(
    'ALTER TABLE channels ADD COLUMN IF NOT EXISTS waits_seen_batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0',
  );

  for (const table of ['courier_results', 'partner_sheets', 'print_runs']) {
    await knex.raw(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS personal_destroyed_at DATETIME NULL`);
  }
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
  for (const table of ['courier_results', 'partner_sheets', 'print_runs']) {
    await knex.raw(`ALTER TABLE ${table} DROP COLUMN IF EXISTS personal_destroyed_at`);
  }
  await knex.raw('ALTER TABLE channels DROP COLUMN IF EXISTS waits_seen_batch_id');
  await knex.raw(`ALTER TABLE imports
    DROP INDEX IF EXISTS by_origin, DROP INDEX IF EXISTS by_waiting,
    DROP COLUMN IF EXISTS follows_import_id, DROP COLUMN IF EXISTS waiting_count, DROP COLUMN IF EXISTS met_count,
    DROP COLUMN IF EXISTS cells_destroyed_at`);
  await knex.raw('ALTER TABLE import_rows DROP COLUMN IF EXISTS met_import_id');
}

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  // A file of a courier's that no password we have opens. It is gone once one does, or when somebody throws it away.
  courier_locked_files: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    courier ${code(20)} NULL,
    file_name VARCHAR(255) NOT NULL,
    file_sha256 ${code(64)} NOT NULL,
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    made_by BIGINT UNSIGNED NULL,
    made_by_name VARCHAR(60) NOT NULL,
    made_at DATETIME NOT NULL,
    KEY (made_at)`,

  courier_locked_parts: `
    file_id BIGINT UNSIGNED NOT NULL,
    part INT UNSIGNED NOT NULL,
    sealed MEDIUMBLOB NOT NULL,
    PRIMARY KEY (file_id, part)`,

  // Sealed; what a courier's locked files open with.
  courier_passwords: `
    courier ${code(20)} NOT NULL PRIMARY KEY,
    sealed VARBINARY(600) NOT NULL,
    changed_by_name VARCHAR(60) NOT NULL,
    changed_at DATETIME NOT NULL`,
};
