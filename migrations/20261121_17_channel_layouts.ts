import type { Knex } from 'knex';

/** Layouts people have taught, and what stands at the top of a file that waits for its columns to be named. */
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

const tables: Record<string, string> = {
  // A row never changes but for being replaced: imports read with it are read with it for good. columns_json lists
  // every column of the file it was learnt from; header_row is where its header stood.
  channel_layouts: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    name VARCHAR(100) NOT NULL,
    columns_json MEDIUMTEXT COLLATE utf8mb4_bin NOT NULL,
    header_row INT UNSIGNED NOT NULL,
    import_id BIGINT UNSIGNED NOT NULL,
    created_by BIGINT UNSIGNED NULL,
    created_by_name VARCHAR(60) NOT NULL,
    created_at DATETIME NOT NULL,
    replaced_by BIGINT UNSIGNED NULL,
    KEY (channel_id, replaced_by)`,

  // Sealed: it holds rows with people in them. Destroyed with the original file.
  import_heads: `
    import_id BIGINT UNSIGNED PRIMARY KEY,
    sealed MEDIUMBLOB NOT NULL`,
};
