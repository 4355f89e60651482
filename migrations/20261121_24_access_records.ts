import type { Knex } from 'knex';

/** Who looked at whom: records that are only ever added to, and the chain of hashes that tells when one was touched. */
export async function up(knex: Knex): Promise<void> {
  for (const [table, body] of Object.entries(tables)) {
    await knex.raw(
      `CREATE TABLE IF NOT EXISTS ${table} (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }
  for (const [table, when] of Object.entries(locks)) {
    await addTrigger(knex, `${table}_stay`, `BEFORE UPDATE ON ${table}`, refuse);
    await addTrigger(knex, `${table}_kept`, `BEFORE DELETE ON ${table}`, `IF ${when} THEN ${refuse}; END IF`);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tables).reverse()) await knex.schema.dropTableIfExists(table);
}

/** A server may let us have tables and no triggers; the chain tells of changes all the same, and says what is missing. */
async function addTrigger(knex: Knex, name: string, event: string, body: string): Promise<void> {
  try {
    await knex.raw(`CREATE OR REPLACE TRIGGER ${name} ${event} FOR EACH ROW ${body}`);
  } catch (error) {
    if (!notAllowed.has((error as { code?: string }).code ?? '')) throw error;
  }
}

const notAllowed = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_BINLOG_CREATE_ROUTINE_NEED_SUPER',
]);

const refuse = `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'access records stay as they are'`;

/** What may not be deleted: records of the last two years, and the links and hashes of records that are there. */
const locks = {
  access_records: 'OLD.at > NOW() - INTERVAL 2 YEAR',
  access_subjects: 'EXISTS (SELECT 1 FROM access_records WHERE id = OLD.record_id)',
  access_chain: 'EXISTS (SELECT 1 FROM access_records WHERE id = OLD.record_id)',
};

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables: Record<string, string> = {
  access_records: `
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(3) NOT NULL,
    actor_id BIGINT UNSIGNED NULL,
    actor_name VARCHAR(60) NOT NULL,
    address ${code(45)} NOT NULL,
    request_id ${code(64)} NULL,
    path VARCHAR(200) NOT NULL,
    kind ${code(10)} NOT NULL,
    subject_type ${code(30)} NOT NULL,
    subject_id BIGINT UNSIGNED NULL,
    people INT UNSIGNED NOT NULL,
    detail VARCHAR(500) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    subjects TEXT NOT NULL,
    KEY by_time (at),
    KEY by_kind (kind, at),
    KEY by_actor (actor_id, at),
    KEY by_actor_kind (actor_id, kind, at),
    KEY by_address (address, at),
    KEY (request_id)`,

  access_subjects: `
    subject_type ${code(30)} NOT NULL,
    subject_id BIGINT UNSIGNED NOT NULL,
    record_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (subject_type, subject_id, record_id),
    KEY (record_id)`,

  // Records that are not chained yet: written with the record, taken away when its hash is written.
  access_waiting: `
    record_id BIGINT UNSIGNED NOT NULL PRIMARY KEY`,

  access_chain: `
    seq BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    record_id BIGINT UNSIGNED NOT NULL UNIQUE,
    hash BINARY(32) NOT NULL`,
};
