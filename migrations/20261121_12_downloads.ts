import type { Knex } from 'knex';

/** Files that people take away: who took what, the file for seven days, and the columns each prefers. */
export async function up(knex: Knex): Promise<void> {
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
}

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  // The record outlives the file. token belongs to the one process that makes the file at present.
  downloads: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    list_name ${code(40)} NOT NULL,
    title VARCHAR(60) NOT NULL,
    state ${code(10)} NOT NULL,
    query_json TEXT NOT NULL,
    filter_words VARCHAR(500) NOT NULL,
    columns_json TEXT NOT NULL,
    personal TINYINT UNSIGNED NOT NULL,
    reason VARCHAR(300) NULL,
    row_count INT UNSIGNED NOT NULL,
    rows_done INT UNSIGNED NOT NULL DEFAULT 0,
    file_name VARCHAR(120) NOT NULL,
    file_size BIGINT UNSIGNED NOT NULL DEFAULT 0,
    failure VARCHAR(500) NULL,
    token ${code(36)} NULL,
    beat_at DATETIME(3) NULL,
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    created_by BIGINT UNSIGNED NOT NULL,
    created_by_name VARCHAR(60) NOT NULL,
    created_at DATETIME NOT NULL,
    ready_at DATETIME NULL,
    expires_at DATETIME NULL,
    taken_count INT UNSIGNED NOT NULL DEFAULT 0,
    KEY (created_by, created_at),
    KEY (created_at),
    KEY (state, expires_at)`,

  download_files: `
    download_id BIGINT UNSIGNED NOT NULL,
    part INT UNSIGNED NOT NULL,
    sealed MEDIUMBLOB NOT NULL,
    PRIMARY KEY (download_id, part)`,

  download_columns: `
    user_id BIGINT UNSIGNED NOT NULL,
    list_name ${code(40)} NOT NULL,
    columns_json TEXT NOT NULL,
    PRIMARY KEY (user_id, list_name)`,
};
