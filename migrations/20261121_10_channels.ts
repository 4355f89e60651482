import type { Knex } from 'knex';

/** The malls files come from, which layout a file has, and what a mall's own words mean. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE channels
    ADD COLUMN IF NOT EXISTS default_method ${code(10)} NOT NULL DEFAULT 'direct'`);
  for (const [channel, name] of Object.entries(malls)) {
    await knex.raw('INSERT IGNORE INTO channels (code, name, layout) VALUES (?, ?, ?)', [
      channel,
      name,
      channel,
    ]);
  }
  // An import's channel_id is 0 until its reader has found out whose file it is.
  await knex.raw(`ALTER TABLE imports
    ADD COLUMN IF NOT EXISTS layout ${code(60)} NULL,
    ADD COLUMN IF NOT EXISTS undecided_count INT UNSIGNED NOT NULL DEFAULT 0`);
  await knex.raw(
    `CREATE TABLE IF NOT EXISTS channel_words (${channelWords}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('channel_words');
  await knex.raw('ALTER TABLE imports DROP COLUMN IF EXISTS layout, DROP COLUMN IF EXISTS undecided_count');
  await knex.raw('ALTER TABLE channels DROP COLUMN IF EXISTS default_method');
}

const code = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const malls: Record<string, string> = {
  smartstore: '스마트스토어',
  coupang: '쿠팡',
  st11: '11번가',
  esm: 'G마켓·옥션',
  kakao: '카카오톡 톡스토어',
  toss: '토스쇼핑',
  ably: '에이블리',
  ohouse: '오늘의집',
  cafe24: '카페24',
};

// What a person decided a word of a mall's status column means, for all its files from then on.
const channelWords = `
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  channel_id BIGINT UNSIGNED NOT NULL,
  field ${code(10)} NOT NULL,
  word VARCHAR(60) COLLATE utf8mb4_bin NOT NULL,
  meaning ${code(20)} NOT NULL,
  decided_by BIGINT UNSIGNED NULL,
  decided_by_name VARCHAR(60) NOT NULL,
  decided_at DATETIME NOT NULL,
  UNIQUE KEY (channel_id, field, word)`;
