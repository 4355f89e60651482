import type { Knex } from 'knex';

/** Roles that can be edited, the channels that roles and people are limited to, and keys to find a channel's rows by. */
export async function up(knex: Knex): Promise<void> {
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
  for (const [role, name, scope] of builtIn) {
    await knex.raw(
      'INSERT IGNORE INTO roles (code, name, based_on, built_in, scope) VALUES (?, ?, ?, 1, ?)',
      [role, name, role, scope],
    );
  }
  await knex.raw(`ALTER TABLE users ADD COLUMN IF NOT EXISTS scope ${code(8)} NOT NULL DEFAULT 'role'`);
  await knex.raw('ALTER TABLE downloads ADD COLUMN IF NOT EXISTS scope_json TEXT NULL');
  // Neither begins with the channel: a join by line number and channel would be tempted to walk through all of it.
  await knex.raw(`ALTER TABLE order_lines
    ADD KEY IF NOT EXISTS by_time_channel (ordered_at, channel_id, method, status)`);
  await knex.raw(`ALTER TABLE deliveries
    ADD KEY IF NOT EXISTS by_tab_channel (tab, channel_id, sido, sigungu, ordered_on)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE deliveries DROP KEY IF EXISTS by_tab_channel');
  await knex.raw('ALTER TABLE order_lines DROP KEY IF EXISTS by_time_channel');
  await knex.raw('ALTER TABLE downloads DROP COLUMN IF EXISTS scope_json');
  await knex.raw('ALTER TABLE users DROP COLUMN IF EXISTS scope');
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
}

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const builtIn = [
  ['admin', '관리자', 'all'],
  ['office', '사무', 'all'],
  ['delivery', '배송', 'all'],
  ['crew', '기사', 'all'],
  ['store', '매장', 'each'],
] as const;

const tables: Record<string, string> = {
  // scope: all channels, those chosen for the role, or those chosen for each of its people. What a role may do is what
  // the permissions declare for the role it is based on, but for the rows of role_permissions.
  roles: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    code ${code(20)} NOT NULL UNIQUE,
    name VARCHAR(40) NOT NULL UNIQUE,
    based_on ${code(20)} NOT NULL,
    built_in TINYINT UNSIGNED NOT NULL DEFAULT 0,
    scope ${code(8)} NOT NULL DEFAULT 'all',
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`,

  // Only where an administrator decided otherwise than the declared default.
  role_permissions: `
    role_id BIGINT UNSIGNED NOT NULL,
    permission ${code(60)} NOT NULL,
    granted TINYINT UNSIGNED NOT NULL,
    PRIMARY KEY (role_id, permission)`,

  role_channels: `
    role_id BIGINT UNSIGNED NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (role_id, channel_id)`,

  // For users whose scope is 'chosen'.
  user_channels: `
    user_id BIGINT UNSIGNED NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (user_id, channel_id)`,
};
