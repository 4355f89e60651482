import type { Knex } from 'knex';

/** Passwords that were, links with which people set their own, and accounts locked after many failures. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE users
    ADD COLUMN IF NOT EXISTS awaits_password TINYINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS password_set_at DATETIME NULL,
    ADD COLUMN IF NOT EXISTS locked_until DATETIME NULL,
    ADD COLUMN IF NOT EXISTS attempt_series INT UNSIGNED NOT NULL DEFAULT 0`);
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
  await knex.raw(`ALTER TABLE users
    DROP COLUMN IF EXISTS awaits_password,
    DROP COLUMN IF EXISTS password_set_at,
    DROP COLUMN IF EXISTS locked_until,
    DROP COLUMN IF EXISTS attempt_series`);
}

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  // Hashes of passwords a person had before the present one, so that they are not taken again.
  former_passwords: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    password_hash ${code(255)} NOT NULL,
    until DATETIME NOT NULL,
    KEY (user_id, id)`,

  // purpose: invite or reset for a user, first_admin for nobody yet. Whoever reads this table can use none of them.
  // Spent is a link that was used or that another one replaced.
  password_links: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    purpose ${code(12)} NOT NULL,
    user_id BIGINT UNSIGNED NULL,
    token_hash BINARY(32) NOT NULL UNIQUE,
    made_by BIGINT UNSIGNED NULL,
    made_by_name VARCHAR(60) NOT NULL,
    made_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    spent_at DATETIME NULL,
    KEY (user_id, spent_at),
    KEY (purpose, spent_at)`,
};
