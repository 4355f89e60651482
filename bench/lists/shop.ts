import { readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { createUser } from '#accounts';
import { readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { openRuntime } from '#lib/runtime.ts';
import type { ThrowAwayServers } from '../../bin/throw-away-servers.ts';
import { prepare } from '../../src/prepare.ts';
import { clerk } from './application.ts';

export interface Shop extends AsyncDisposable {
  db: Knex;
  config: Record<string, string>;
  /** Its rows in words. */
  size: string;
}

/** A database of its own with a year of orders: see data.sql. */
export async function openShop(servers: ThrowAwayServers, orders: number): Promise<Shop> {
  const server = openDb(servers.databaseUrl, { max: 1 });
  await server.raw('set global innodb_buffer_pool_size = 512 * 1024 * 1024');
  await server.raw('create database bench character set utf8mb4 collate utf8mb4_unicode_ci');
  await server.destroy();

  const url = new URL(servers.databaseUrl);
  url.pathname = '/bench';
  const config = {
    DATABASE_URL: url.href,
    REDIS_URL: servers.redisUrl,
    MOA_SECRET: 'bench'.repeat(8),
    LOG_LEVEL: 'error',
  };
  await prepare(readConfig(config));
  await hire(config);
  const db = openDb(url.href, { max: 1 });
  await fillYear(db, orders);
  return {
    db,
    config,
    size: await sizeOf(db),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

async function hire(config: Record<string, string>): Promise<void> {
  const runtime = await openRuntime(readConfig(config), 'bench');
  await createUser(runtime.ctxFor(systemActor), { ...clerk, name: '김하나', role: 'office' });
  await runtime.close();
}

/** A year of so many orders, into tables that are empty; `besides` is written before the keys are there again. */
export async function fillYear(db: Knex, orders: number, besides = async () => {}): Promise<void> {
  await withoutKeys(db, ['order_lines', 'deliveries'], async () => {
    await runScript(db, orders);
    await besides();
  });
}

async function runScript(db: Knex, orders: number): Promise<void> {
  const script = readFileSync(new URL('./data.sql', import.meta.url), 'utf8').replace(/^--.*$/gm, '');
  await db.raw('set @orders = ?', [orders]);
  for (const statement of script.split(/;\n/)) {
    if (statement.trim() !== '') await db.raw(statement.replaceAll('?', '\\?'));
  }
}

/** Rows go in several times faster when the keys are made afterwards. */
async function withoutKeys(db: Knex, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const keys = new Map<string, string[]>();
  for (const table of tables) {
    const [[shown]] = await db.raw('show create table ??', [table]);
    const lines = String(shown['Create Table']).split('\n');
    keys.set(
      table,
      lines.map((line) => line.trim().replace(/,$/, '')).filter((line) => /^(UNIQUE )?KEY /.test(line)),
    );
    const drops = keys.get(table)!.map((key) => `DROP KEY ${/`\w+`/.exec(key)![0]}`);
    await db.raw(`ALTER TABLE ${table} ${drops.join(', ')}`);
  }
  await work();
  for (const [table, own] of keys) {
    await db.raw(`ALTER TABLE ${table} ${own.map((key) => `ADD ${key}`).join(', ')}`);
    await db.raw(`ANALYZE TABLE ${table}`);
  }
}

async function sizeOf(db: Knex): Promise<string> {
  const counts = await Promise.all(
    ['orders', 'order_lines', 'deliveries'].map(async (table) => {
      const row = await db(table).count({ n: '*' }).first();
      return `${Number(row?.n).toLocaleString('en')} ${table}`;
    }),
  );
  return counts.join(', ');
}
