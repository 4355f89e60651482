import type { Knex } from 'knex';

/** What came of looking after the data: checks of what must hold, back-ups, and restores that were tried. */
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
  // left_count: rules that could not be looked at, because an import was at work all the while or one of them failed.
  check_runs: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    asked_by ${code(10)} NOT NULL,
    started_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    rule_count INT UNSIGNED NOT NULL DEFAULT 0,
    left_count INT UNSIGNED NOT NULL DEFAULT 0,
    finding_count INT UNSIGNED NOT NULL DEFAULT 0,
    KEY (ended_at)`,

  // A row for each rule of a run; told_count findings of it are kept beside.
  check_results: `
    run_id BIGINT UNSIGNED NOT NULL,
    rule ${code(60)} NOT NULL,
    finding_count INT UNSIGNED NOT NULL,
    took_ms INT UNSIGNED NOT NULL,
    left_because VARCHAR(200) NULL,
    PRIMARY KEY (run_id, rule)`,

  check_findings: `
    run_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    rule ${code(60)} NOT NULL,
    words VARCHAR(500) NOT NULL,
    href VARCHAR(300) NOT NULL,
    PRIMARY KEY (run_id, position)`,

  // kind: full, or log for what was written since. Everything up to covered_until can be had again with it.
  backup_runs: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    kind ${code(8)} NOT NULL,
    host VARCHAR(100) NOT NULL,
    started_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    covered_until DATETIME(3) NULL,
    file_name VARCHAR(200) NOT NULL DEFAULT '',
    bytes BIGINT UNSIGNED NOT NULL DEFAULT 0,
    failure VARCHAR(500) NULL,
    KEY (kind, ended_at),
    KEY (started_at)`,

  // A back-up that was restored into throw-away servers, replayed to restored_until, checked and timed.
  restore_drills: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    host VARCHAR(100) NOT NULL,
    started_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    backup_name VARCHAR(200) NOT NULL DEFAULT '',
    restored_until DATETIME(3) NULL,
    rpo_seconds INT UNSIGNED NULL,
    rto_seconds INT UNSIGNED NULL,
    order_count BIGINT UNSIGNED NULL,
    finding_count INT UNSIGNED NULL,
    failure VARCHAR(500) NULL,
    KEY (ended_at)`,
};
