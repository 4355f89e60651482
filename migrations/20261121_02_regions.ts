import type { Knex } from 'knex';

/** Postal codes to districts, with their history, and what is needed to read the address beside them. */
export async function up(knex: Knex): Promise<void> {
  for (const [table, body] of Object.entries(tables)) {
    if (await knex.schema.hasTable(table)) continue;
    await knex.raw(
      `CREATE TABLE ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
}

const code = (length: number) => `CHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  // Both ends of a range belong to it; valid_to is its last day.
  region_ranges: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    from_code ${code(5)} NOT NULL,
    to_code ${code(5)} NOT NULL,
    sido VARCHAR(30) NOT NULL,
    sigungu VARCHAR(30) NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NULL,
    UNIQUE KEY (from_code, valid_from),
    KEY (sido, sigungu)`,

  // Names and borders that changed, and the edits made here: an old name of an address is found through them.
  region_changes: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    effective DATE NOT NULL,
    from_code ${code(5)} NULL,
    to_code ${code(5)} NULL,
    old_sido VARCHAR(30) NOT NULL,
    old_sigungu VARCHAR(60) NOT NULL,
    new_sido VARCHAR(30) NOT NULL,
    new_sigungu VARCHAR(60) NOT NULL,
    note VARCHAR(200) NOT NULL DEFAULT '',
    made_by_name VARCHAR(60) NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY (effective)`,

  sido_aliases: `
    alias VARCHAR(30) NOT NULL PRIMARY KEY,
    sido VARCHAR(30) NOT NULL`,

  remote_areas: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    from_code ${code(5)} NOT NULL UNIQUE,
    to_code ${code(5)} NOT NULL,
    kind VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    label VARCHAR(100) NOT NULL`,

  // Codes seen with addresses of more than one of these districts.
  shared_codes: `
    from_code ${code(5)} NOT NULL PRIMARY KEY,
    to_code ${code(5)} NOT NULL,
    sigungu VARCHAR(60) NOT NULL`,

  retired_codes: `
    from_code ${code(5)} NOT NULL PRIMARY KEY,
    to_code ${code(5)} NOT NULL,
    effective DATE NOT NULL,
    new_from_code ${code(5)} NOT NULL,
    new_to_code ${code(5)} NOT NULL`,

  // One row; its token is drawn anew by each write to the tables above, so that readers know a stale book.
  region_book: `
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    token ${code(36)} NOT NULL`,
};
