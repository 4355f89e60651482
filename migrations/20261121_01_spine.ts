import type { Knex } from 'knex';

/** Accounts, events, channels, imports, products, orders and deliveries: the tables everything later joins. */
export async function up(knex: Knex): Promise<void> {
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
  await knex.raw(
    `INSERT IGNORE INTO channels (code, name, layout) VALUES ('smartstore', '스마트스토어', 'smartstore')`,
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
}

// A row of order_lines or deliveries written by a change batch names it in batch_id; one that the batch takes
// away or replaces names it in hidden_batch_id; a replacement names the row it stands for in overlay_of.
const versioned = `
  batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  hidden_batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  overlay_of BIGINT UNSIGNED NOT NULL DEFAULT 0,
  revision INT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  KEY (batch_id, overlay_of),
  KEY (hidden_batch_id)`;

// Generated columns are STORED: MariaDB 10.11 was seen to read a VIRTUAL one from memory nobody had written.
const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  users: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    login ${code(60)} NOT NULL UNIQUE,
    name VARCHAR(60) NOT NULL,
    role ${code(20)} NOT NULL,
    password_hash ${code(255)} NOT NULL,
    session_version INT UNSIGNED NOT NULL DEFAULT 1,
    disabled_at DATETIME NULL,
    last_signed_in_at DATETIME NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`,

  events: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name ${code(60)} NOT NULL,
    subject_type ${code(40)} NOT NULL,
    subject_id BIGINT UNSIGNED NOT NULL,
    actor_id BIGINT UNSIGNED NULL,
    actor_name VARCHAR(60) NOT NULL,
    data LONGTEXT NOT NULL,
    request_id ${code(64)} NULL,
    at DATETIME(3) NOT NULL,
    KEY (subject_type, subject_id, id)`,

  counters: `
    name ${code(60)} NOT NULL PRIMARY KEY,
    value BIGINT UNSIGNED NOT NULL`,

  channels: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    code ${code(30)} NOT NULL UNIQUE,
    name VARCHAR(60) NOT NULL,
    layout ${code(30)} NOT NULL,
    file_password VARBINARY(255) NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP`,

  // busy_channel_id is the channel while the batch is at work and NULL afterwards:
  // the unique key lets one batch at a time change a channel.
  change_batches: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    kind ${code(10)} NOT NULL,
    state ${code(10)} NOT NULL,
    channel_id BIGINT UNSIGNED NOT NULL,
    busy_channel_id BIGINT UNSIGNED NULL UNIQUE,
    import_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL DEFAULT 0,
    owner ${code(36)} NOT NULL,
    beat_at DATETIME(3) NOT NULL,
    actor_id BIGINT UNSIGNED NULL,
    actor_name VARCHAR(60) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ended_at DATETIME NULL,
    KEY (state),
    KEY (import_id)`,

  imports: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    file_name VARCHAR(255) NOT NULL,
    file_size INT UNSIGNED NOT NULL,
    file_sha256 ${code(64)} NOT NULL,
    state ${code(12)} NOT NULL,
    failure VARCHAR(1000) NULL,
    columns_json TEXT NULL,
    rows_read INT UNSIGNED NOT NULL DEFAULT 0,
    order_count INT UNSIGNED NOT NULL DEFAULT 0,
    line_count INT UNSIGNED NOT NULL DEFAULT 0,
    new_count INT UNSIGNED NOT NULL DEFAULT 0,
    changed_count INT UNSIGNED NOT NULL DEFAULT 0,
    same_count INT UNSIGNED NOT NULL DEFAULT 0,
    conflict_count INT UNSIGNED NOT NULL DEFAULT 0,
    rejected_count INT UNSIGNED NOT NULL DEFAULT 0,
    kept_count INT UNSIGNED NOT NULL DEFAULT 0,
    password VARBINARY(600) NULL,
    read_token ${code(36)} NULL,
    beat_at DATETIME(3) NULL,
    created_by BIGINT UNSIGNED NULL,
    created_by_name VARCHAR(60) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    read_at DATETIME NULL,
    applied_at DATETIME NULL,
    undone_at DATETIME NULL,
    KEY (created_at),
    KEY (channel_id, created_at),
    KEY (state)`,

  import_files: `
    import_id BIGINT UNSIGNED NOT NULL,
    part INT UNSIGNED NOT NULL,
    sealed MEDIUMBLOB NOT NULL,
    PRIMARY KEY (import_id, part)`,

  import_rows: `
    import_id BIGINT UNSIGNED NOT NULL,
    row_no INT UNSIGNED NOT NULL,
    kind ${code(10)} NOT NULL,
    line_no ${code(40)} NULL,
    order_no ${code(40)} NULL,
    main_line_no ${code(40)} NULL,
    changes TEXT NULL,
    problems TEXT NULL,
    applied_revision INT UNSIGNED NULL,
    undone ${code(10)} NULL,
    PRIMARY KEY (import_id, row_no),
    KEY (import_id, kind, row_no),
    KEY (line_no)`,

  // The mall's own columns of an import's rows: a hundred rows of cells, deflated.
  kept_cells: `
    import_id BIGINT UNSIGNED NOT NULL,
    block_no INT UNSIGNED NOT NULL,
    first_row INT UNSIGNED NOT NULL,
    packed MEDIUMBLOB NOT NULL,
    PRIMARY KEY (import_id, block_no, first_row)`,

  products: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    is_new TINYINT UNSIGNED NOT NULL DEFAULT 1,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY (name)`,

  options: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    product_id BIGINT UNSIGNED NOT NULL,
    name VARCHAR(300) NOT NULL,
    is_new TINYINT UNSIGNED NOT NULL DEFAULT 1,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY (product_id, name),
    KEY (is_new, id)`,

  // What a channel calls an option. The hash stands for product number, kind, product name and option text,
  // which together are longer than an index takes.
  channel_options: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    product_no ${code(40)} NOT NULL,
    is_addon TINYINT UNSIGNED NOT NULL,
    product_name VARCHAR(300) NOT NULL,
    option_text VARCHAR(1000) NOT NULL,
    text_hash BINARY(16) NOT NULL,
    option_id BIGINT UNSIGNED NOT NULL,
    batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE KEY (channel_id, text_hash),
    KEY (channel_id, product_no, is_addon),
    KEY (option_id)`,

  orders: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    order_no ${code(40)} NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE KEY (order_no, channel_id)`,

  // The keys named by_… hold all that the list filters and sorts by, so that far pages are found without the rows.
  order_lines: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    line_no ${code(40)} NOT NULL,
    order_no ${code(40)} NOT NULL,
    kind ${code(8)} NOT NULL,
    main_line_no ${code(40)} NULL,
    channel_option_id BIGINT UNSIGNED NOT NULL,
    quantity INT NOT NULL,
    amount BIGINT NOT NULL,
    status ${code(14)} NOT NULL,
    claim ${code(20)} NULL,
    mall_status VARCHAR(30) NOT NULL,
    mall_detail VARCHAR(30) NOT NULL,
    method ${code(10)} NOT NULL,
    method_text VARCHAR(60) NOT NULL,
    courier VARCHAR(60) NOT NULL,
    tracking_no VARCHAR(60) NOT NULL,
    bundle_no ${code(40)} NOT NULL,
    shipping_fee BIGINT NOT NULL,
    buyer_name VARCHAR(100) NOT NULL,
    buyer_id VARCHAR(60) NOT NULL,
    buyer_phone VARCHAR(30) NOT NULL,
    recipient_name VARCHAR(100) NOT NULL,
    recipient_phone VARCHAR(30) NOT NULL,
    recipient_phone2 VARCHAR(30) NOT NULL,
    postcode VARCHAR(30) NOT NULL,
    address VARCHAR(500) NOT NULL,
    address_detail VARCHAR(500) NOT NULL,
    memo VARCHAR(1000) NOT NULL,
    ordered_at DATETIME NULL,
    paid_at DATETIME NULL,
    ship_by DATETIME NULL,
    wished_on DATETIME NULL,
    acknowledged_at DATETIME NULL,
    dispatched_at DATETIME NULL,
    mall_report ${code(8)} NOT NULL DEFAULT 'none',
    hand_fields VARCHAR(500) NOT NULL DEFAULT '',
    delivery_id BIGINT UNSIGNED NULL,
    joined_by ${code(10)} NULL,
    added TINYINT UNSIGNED NOT NULL DEFAULT 0,
    source_import_id BIGINT UNSIGNED NULL,
    source_row INT UNSIGNED NULL,
    buyer_phone_reversed VARCHAR(30) AS (REVERSE(buyer_phone)) STORED,
    recipient_phone_reversed VARCHAR(30) AS (REVERSE(recipient_phone)) STORED,
    recipient_phone2_reversed VARCHAR(30) AS (REVERSE(recipient_phone2)) STORED,
    ${versioned},
    UNIQUE KEY (line_no, channel_id, overlay_of),
    KEY (order_id),
    KEY (delivery_id),
    KEY (channel_option_id, overlay_of),
    KEY (mall_report, channel_id),
    KEY by_time (ordered_at, method),
    KEY by_status_time (status, ordered_at, method),
    KEY by_recipient (recipient_name, ordered_at, method),
    KEY by_status_recipient (status, recipient_name, ordered_at, method),
    KEY by_ship_by (ship_by, ordered_at, method),
    KEY by_status_ship_by (status, ship_by, ordered_at, method),
    KEY (buyer_name),
    KEY (postcode),
    KEY (buyer_phone_reversed),
    KEY (recipient_phone_reversed),
    KEY (recipient_phone2_reversed)`,

  // Lines by day, status and method, kept beside them: the tabs need not count them again, and a far page of the
  // list is found by the days before it.
  line_counts: `
    channel_id BIGINT UNSIGNED NOT NULL,
    day DATE NOT NULL,
    status ${code(14)} NOT NULL,
    method ${code(10)} NOT NULL,
    batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    n INT NOT NULL,
    PRIMARY KEY (channel_id, day, status, method, batch_id),
    KEY (batch_id)`,

  // The keys hold all that the list filters and sorts by, so that far pages and counts never touch the rows.
  // tab is what has a tab of its own there; names of places are compared as bytes, which keeps Korean order.
  deliveries: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    bundle_key ${code(60)} NOT NULL,
    home_key BINARY(16) NOT NULL,
    state ${code(12)} NOT NULL,
    recipient_name VARCHAR(100) NOT NULL,
    recipient_phone VARCHAR(30) NOT NULL,
    recipient_phone2 VARCHAR(30) NOT NULL,
    buyer_name VARCHAR(100) NOT NULL,
    buyer_phone VARCHAR(30) NOT NULL,
    postcode VARCHAR(30) NOT NULL,
    address VARCHAR(500) NOT NULL,
    address_detail VARCHAR(500) NOT NULL,
    address_differs TINYINT UNSIGNED NOT NULL DEFAULT 0,
    memo VARCHAR(1000) NOT NULL,
    region_status ${code(10)} NOT NULL,
    region_mismatch TINYINT UNSIGNED NOT NULL DEFAULT 0,
    region_by_hand TINYINT UNSIGNED NOT NULL DEFAULT 0,
    sido VARCHAR(30) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    sigungu VARCHAR(30) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    ordered_on DATE NULL,
    ship_by DATE NULL,
    wished_on DATE NULL,
    line_count INT UNSIGNED NOT NULL,
    live_count INT UNSIGNED NOT NULL,
    added_count INT UNSIGNED NOT NULL,
    returned_count INT UNSIGNED NOT NULL,
    exchanged_count INT UNSIGNED NOT NULL,
    cancelled_count INT UNSIGNED NOT NULL,
    tab ${code(12)} AS (IF(state IN ('waiting', 'partial'), 'open', state)) STORED,
    ${versioned},
    KEY (home_key),
    KEY by_region (sido, sigungu, ordered_on),
    KEY by_tab_region (tab, sido, sigungu, ordered_on),
    KEY by_day (ordered_on, sido, sigungu, tab),
    KEY by_tab_day (tab, ordered_on, sido, sigungu),
    KEY (region_mismatch, region_by_hand, tab),
    KEY (postcode)`,

  // Deliveries by tab and district, kept beside them: the list need not count them again.
  delivery_counts: `
    tab ${code(12)} NOT NULL,
    sido VARCHAR(30) COLLATE utf8mb4_bin NOT NULL,
    sigungu VARCHAR(30) COLLATE utf8mb4_bin NOT NULL,
    batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    n INT NOT NULL,
    PRIMARY KEY (tab, sido, sigungu, batch_id),
    KEY (batch_id)`,

  // Which delivery a bundle number leads to; a bundle that joined another home's delivery leads there too.
  delivery_keys: `
    channel_id BIGINT UNSIGNED NOT NULL,
    bundle_key ${code(60)} NOT NULL,
    delivery_id BIGINT UNSIGNED NOT NULL,
    joined_by ${code(10)} NOT NULL,
    PRIMARY KEY (channel_id, bundle_key),
    KEY (delivery_id)`,

  dispatch_files: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT UNSIGNED NOT NULL,
    line_count INT UNSIGNED NOT NULL,
    made_by BIGINT UNSIGNED NULL,
    made_by_name VARCHAR(60) NOT NULL,
    made_at DATETIME NOT NULL,
    KEY (channel_id, made_at)`,

  print_runs: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    run_no INT UNSIGNED NOT NULL UNIQUE,
    filter_json TEXT NOT NULL,
    delivery_count INT UNSIGNED NOT NULL,
    line_count INT UNSIGNED NOT NULL,
    item_count INT UNSIGNED NOT NULL,
    printed_by BIGINT UNSIGNED NULL,
    printed_by_name VARCHAR(60) NOT NULL,
    printed_at DATETIME NOT NULL,
    KEY (printed_at)`,

  print_run_rows: `
    print_run_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    delivery_id BIGINT UNSIGNED NOT NULL,
    delivery_revision INT UNSIGNED NOT NULL,
    frozen MEDIUMTEXT NOT NULL,
    PRIMARY KEY (print_run_id, position),
    KEY (delivery_id)`,
};
