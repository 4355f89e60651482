import type { Knex } from 'knex';

/** Stores of our own, each a channel, and what an order form knows beyond the order: prices and payment. */
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
  // The name of a store is that of its channel.
  stores: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL UNIQUE,
    prefix ${code(6)} NOT NULL UNIQUE,
    phone VARCHAR(30) NOT NULL,
    address VARCHAR(300) NOT NULL,
    closed_at DATETIME NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`,

  // submission_key is drawn with the empty form, so that a form sent twice is saved once; content_hash tells a
  // form sent twice from one that was changed and sent again.
  store_orders: `
    order_id BIGINT UNSIGNED PRIMARY KEY,
    store_id BIGINT UNSIGNED NOT NULL,
    submission_key ${code(36)} NOT NULL UNIQUE,
    content_hash BINARY(16) NOT NULL,
    buyer_phone2 VARCHAR(30) NOT NULL,
    payment_method ${code(12)} NOT NULL,
    paid_amount BIGINT NOT NULL,
    entered_by BIGINT UNSIGNED NULL,
    entered_by_name VARCHAR(60) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY (store_id, order_id),
    KEY (entered_by, order_id)`,

  store_order_lines: `
    order_id BIGINT UNSIGNED NOT NULL,
    line_no ${code(40)} NOT NULL,
    unit_price BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    PRIMARY KEY (order_id, line_no)`,
};
