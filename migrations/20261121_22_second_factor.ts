import type { Knex } from 'knex';

/** Second factors and their recovery codes, from where each role may come in, and identities of outside providers. */
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
  // last_step is the time step of the newest code that was taken: neither it nor an older one is taken again.
  second_factors: `
    user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    sealed_secret VARBINARY(200) NOT NULL,
    last_step BIGINT UNSIGNED NOT NULL,
    failures INT UNSIGNED NOT NULL DEFAULT 0,
    blocked_until DATETIME(3) NULL,
    enrolled_at DATETIME NOT NULL`,

  recovery_codes: `
    user_id BIGINT UNSIGNED NOT NULL,
    code_hash BINARY(32) NOT NULL,
    made_at DATETIME NOT NULL,
    used_at DATETIME NULL,
    PRIMARY KEY (user_id, code_hash)`,

  // A role without a row may come from anywhere, and its people choose for themselves.
  sign_in_rules: `
    role ${code(40)} NOT NULL PRIMARY KEY,
    second_factor ${code(10)} NOT NULL,
    places ${code(10)} NOT NULL,
    updated_at DATETIME NOT NULL`,

  // What was typed, a line an address with its note: 'office', or 'role:' and the role.
  address_lists: `
    name ${code(60)} NOT NULL PRIMARY KEY,
    addresses TEXT NOT NULL,
    updated_at DATETIME NOT NULL`,

  user_identities: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    issuer ${code(255)} NOT NULL,
    subject ${code(255)} NOT NULL,
    linked_at DATETIME NOT NULL,
    last_used_at DATETIME NULL,
    UNIQUE KEY (issuer, subject),
    UNIQUE KEY (user_id, issuer)`,
};
