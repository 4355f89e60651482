import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { readConfig } from '#lib/config.ts';
import { openDb } from '#lib/db.ts';
import { prepare } from '../../src/prepare.ts';
import { testServers } from './servers.ts';

export interface TestDatabase extends AsyncDisposable {
  db: Knex;
  url: string;
}

/** A schema of its own, migrated and empty; it is dropped when disposed. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { databaseUrl } = await testServers();
  template ??= makeTemplate(databaseUrl);
  const name = `moa_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await onServer(databaseUrl, async (server) =>
    copySchema(server, await (template as Promise<string>), name),
  );

  const url = withDatabase(databaseUrl, name);
  const db = openDb(url, { max: 6 });
  return {
    db,
    url,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await onServer(databaseUrl, (server) => server.raw('drop database if exists ??', [name]));
    },
  };
}

let template: Promise<string> | undefined;

/** Prepared once for each state of migrations and seeds; every test file of a run copies it. */
async function makeTemplate(databaseUrl: string): Promise<string> {
  const name = `moa_template_${migrationsHash()}`;
  await onServer(databaseUrl, async (server) => {
    await server.raw('select get_lock(?, 120)', [name]);
    if (!(await tablesOf(server, name)).includes(readyMark)) {
      await server.raw('drop database if exists ??', [name]);
      await server.raw('create database ?? character set utf8mb4 collate utf8mb4_unicode_ci', [name]);
      await prepareSchema(withDatabase(databaseUrl, name));
      await server.raw('create table ??.?? (id int)', [name, readyMark]);
    }
    await server.raw('select release_lock(?)', [name]);
  });
  return name;
}

/** Migrated, and filled with the table of postal codes. */
async function prepareSchema(url: string): Promise<void> {
  const { redisUrl } = await testServers();
  await prepare(
    readConfig({ DATABASE_URL: url, REDIS_URL: redisUrl, MOA_SECRET: 'test'.repeat(8), LOG_LEVEL: 'silent' }),
  );
}

const readyMark = 'template_is_ready';

/** `CREATE TABLE … LIKE` would leave the foreign keys out. */
async function copySchema(server: Knex, from: string, to: string): Promise<void> {
  await server.raw('create database ?? character set utf8mb4 collate utf8mb4_unicode_ci', [to]);
  await server.raw('set foreign_key_checks = 0');
  await server.raw('use ??', [to]);
  for (const table of await tablesOf(server, from)) {
    if (table === readyMark) continue;
    const [[shown]] = await server.raw('show create table ??.??', [from, table]);
    await server.raw(escapeBindings(shown['Create Table']));
    const [filled] = await server.raw('select 1 from ??.?? limit 1', [from, table]);
    if (filled) await server.raw('insert into ??.?? select * from ??.??', [to, table, from, table]);
  }
}

async function tablesOf(server: Knex, schema: string): Promise<string[]> {
  const rows = await server('information_schema.tables').where({ table_schema: schema }).pluck('table_name');
  return rows.map(String);
}

/** Knex would take a question mark in a comment or default for a binding. */
function escapeBindings(sql: string): string {
  return sql.replaceAll('?', '\\?');
}

function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const folder of ['../../migrations/', '../../seeds/regions/']) {
    const directory = new URL(folder, import.meta.url);
    for (const file of readdirSync(directory).sort())
      hash.update(file).update(readFileSync(new URL(file, directory)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** One connection, so that locks and `use` hold for all of the work. */
async function onServer(databaseUrl: string, work: (server: Knex) => Promise<unknown>): Promise<void> {
  const server = openDb(databaseUrl, { max: 1 });
  try {
    await work(server);
  } finally {
    await server.destroy();
  }
}

function withDatabase(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}
