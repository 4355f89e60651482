import type { Knex } from 'knex';

/** Browsers that stay signed in, what was noticed about them, and how long each role's sessions last. */
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
  // A series of tokens, one for each remembered browser. Only hashes: whoever reads this table can sign in nowhere.
  // revision counts up with every change of the token, so that one of several at once wins. A row counts only while
  // session_version is that of its user; it stays for a while after its end, to tell its browser why it ended.
  remembered_devices: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    session_version INT UNSIGNED NOT NULL,
    series_hash BINARY(32) NOT NULL UNIQUE,
    token_hash BINARY(32) NOT NULL,
    prev_hash BINARY(32) NULL,
    revision INT UNSIGNED NOT NULL DEFAULT 1,
    rotated_at DATETIME(3) NOT NULL,
    settled_at DATETIME(3) NULL,
    second_factor TINYINT UNSIGNED NOT NULL DEFAULT 0,
    user_agent VARCHAR(400) NOT NULL,
    address VARCHAR(45) NOT NULL,
    began_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    ends_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    ended_because ${code(12)} NULL,
    KEY (user_id, ended_at),
    KEY (ends_at)`,

  // What a person and the administrators must hear about, each until they said that they have.
  security_notices: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    kind ${code(30)} NOT NULL,
    user_agent VARCHAR(400) NOT NULL,
    address VARCHAR(45) NOT NULL,
    at DATETIME(3) NOT NULL,
    seen_at DATETIME(3) NULL,
    handled_at DATETIME(3) NULL,
    handled_by BIGINT UNSIGNED NULL,
    handled_by_name VARCHAR(60) NULL,
    KEY (user_id, seen_at),
    KEY (handled_at)`,

  // A role without a row has the limits of session-limits.rules.ts.
  session_limits: `
    role ${code(40)} NOT NULL PRIMARY KEY,
    idle_minutes INT UNSIGNED NOT NULL,
    absolute_minutes INT UNSIGNED NOT NULL,
    may_be_remembered TINYINT UNSIGNED NOT NULL DEFAULT 1,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`,
};
