import type { Knex } from 'knex';

/** What malls call couriers, the sheets that go to couriers, and the tracking numbers that come back. */
export async function up(knex: Knex): Promise<void> {
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
  await knex.raw(`ALTER TABLE dispatch_files
    ADD COLUMN IF NOT EXISTS left_count INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS reason VARCHAR(200) NOT NULL DEFAULT ''`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE dispatch_files DROP COLUMN IF EXISTS left_count, DROP COLUMN IF EXISTS reason');
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
}

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  // Only what an administrator changed; what is not here is as the mall's format has it.
  mall_spellings: `
    mall ${code(30)} NOT NULL,
    word VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
    text VARCHAR(60) NOT NULL,
    changed_by_name VARCHAR(60) NOT NULL,
    changed_at DATETIME NOT NULL,
    PRIMARY KEY (mall, word)`,

  // Only templates that were changed; the others are as the courier's default.
  courier_templates: `
    courier ${code(20)} NOT NULL PRIMARY KEY,
    template_json TEXT NOT NULL,
    changed_by_name VARCHAR(60) NOT NULL,
    changed_at DATETIME NOT NULL`,

  // One row: who sends all parcels.
  courier_sender: `
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    name VARCHAR(60) NOT NULL,
    phone VARCHAR(30) NOT NULL,
    phone2 VARCHAR(30) NOT NULL,
    postcode VARCHAR(10) NOT NULL,
    address VARCHAR(300) NOT NULL,
    changed_by_name VARCHAR(60) NOT NULL,
    changed_at DATETIME NOT NULL`,

  // A sheet that was made for a courier; the template is the one it was made with.
  courier_runs: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    courier ${code(20)} NOT NULL,
    template_json TEXT NOT NULL,
    filter_json TEXT NOT NULL,
    parcel_count INT UNSIGNED NOT NULL,
    line_count INT UNSIGNED NOT NULL,
    box_count INT UNSIGNED NOT NULL,
    again_count INT UNSIGNED NOT NULL,
    reason VARCHAR(200) NOT NULL,
    made_by BIGINT UNSIGNED NULL,
    made_by_name VARCHAR(60) NOT NULL,
    made_at DATETIME NOT NULL,
    KEY (made_at)`,

  // The id of a parcel is what our number in the courier's sheet says. People and addresses stay on the lines.
  courier_parcels: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    run_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    boxes INT UNSIGNED NOT NULL,
    again TINYINT UNSIGNED NOT NULL,
    KEY (run_id, position)`,

  courier_parcel_lines: `
    parcel_id BIGINT UNSIGNED NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    line_no ${code(40)} NOT NULL,
    PRIMARY KEY (parcel_id, line_no),
    KEY (line_no, channel_id)`,

  courier_results: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    courier ${code(20)} NOT NULL,
    file_name VARCHAR(255) NOT NULL,
    file_sha256 ${code(64)} NOT NULL,
    state ${code(12)} NOT NULL,
    row_count INT UNSIGNED NOT NULL,
    sent_count INT UNSIGNED NOT NULL DEFAULT 0,
    kept_count INT UNSIGNED NOT NULL DEFAULT 0,
    made_by BIGINT UNSIGNED NULL,
    made_by_name VARCHAR(60) NOT NULL,
    made_at DATETIME NOT NULL,
    applied_by_name VARCHAR(60) NULL,
    applied_at DATETIME NULL,
    undone_at DATETIME NULL,
    KEY (made_at),
    KEY (file_sha256)`,

  // What the courier's file says of one parcel. `told` is sealed: it names the recipient.
  courier_result_rows: `
    result_id BIGINT UNSIGNED NOT NULL,
    row_no INT UNSIGNED NOT NULL,
    told MEDIUMBLOB NOT NULL,
    tracking_no VARCHAR(30) NOT NULL,
    refused VARCHAR(300) NULL,
    decision VARCHAR(60) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    PRIMARY KEY (result_id, row_no)`,

  // What applying a result did to a line, enough to take it back.
  courier_result_lines: `
    result_id BIGINT UNSIGNED NOT NULL,
    row_no INT UNSIGNED NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    line_no ${code(40)} NOT NULL,
    act ${code(10)} NOT NULL,
    revision_after INT UNSIGNED NOT NULL,
    before_json TEXT NOT NULL,
    undone ${code(10)} NULL,
    PRIMARY KEY (result_id, line_no, channel_id),
    KEY (line_no, channel_id)`,
};
