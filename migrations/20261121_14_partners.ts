import type { Knex } from 'knex';

/** Partners, the products they supply, the sheets they were sent, and how each line stands with them. */
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
  // template is NULL while the partner gets the sheet everybody gets.
  partners: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) NOT NULL UNIQUE,
    contact VARCHAR(100) NOT NULL DEFAULT '',
    phone VARCHAR(30) NOT NULL DEFAULT '',
    memo VARCHAR(1000) NOT NULL DEFAULT '',
    purpose VARCHAR(200) NOT NULL,
    template TEXT NULL,
    is_active TINYINT UNSIGNED NOT NULL DEFAULT 1,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`,

  // A product without a row here is ours.
  partner_products: `
    product_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    partner_id BIGINT UNSIGNED NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY (partner_id)`,

  partner_sheets: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    partner_id BIGINT UNSIGNED NOT NULL,
    sheet_no INT UNSIGNED NOT NULL,
    part INT UNSIGNED NOT NULL,
    scope ${code(10)} NOT NULL,
    from_day DATE NULL,
    to_day DATE NULL,
    line_count INT UNSIGNED NOT NULL,
    item_count INT NOT NULL,
    purpose VARCHAR(200) NOT NULL,
    template TEXT NOT NULL,
    made_by BIGINT UNSIGNED NULL,
    made_by_name VARCHAR(60) NOT NULL,
    made_at DATETIME NOT NULL,
    undone_by_name VARCHAR(60) NULL,
    undone_at DATETIME NULL,
    UNIQUE KEY (sheet_no, part),
    KEY (partner_id, id)`,

  // frozen is the line as the sheet shows it; standing_before is its row of partner_lines before this sheet.
  partner_sheet_lines: `
    sheet_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    line_no ${code(40)} NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    line_id BIGINT UNSIGNED NOT NULL,
    revision INT UNSIGNED NOT NULL,
    kind ${code(10)} NOT NULL,
    note VARCHAR(200) NOT NULL DEFAULT '',
    changes TEXT NULL,
    frozen MEDIUMTEXT NOT NULL,
    standing_before TEXT NULL,
    PRIMARY KEY (sheet_id, position),
    UNIQUE KEY (line_no, channel_id, sheet_id)`,

  partner_sheet_files: `
    sheet_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    sealed MEDIUMBLOB NOT NULL`,

  // How an ordered line stands with its partner. Its key is the line's own number and not its row: a line that an
  // import takes back and another brings again must not be ordered twice.
  partner_lines: `
    line_no ${code(40)} NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    partner_id BIGINT UNSIGNED NOT NULL,
    state ${code(10)} NOT NULL,
    sheet_id BIGINT UNSIGNED NOT NULL,
    told_sheet_id BIGINT UNSIGNED NOT NULL,
    ordered_at DATETIME NOT NULL,
    PRIMARY KEY (line_no, channel_id),
    KEY (partner_id, ordered_at)`,
};
