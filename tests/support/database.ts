import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { createConnection } from 'mariadb';
import { readConfig } from '#lib/config.ts';
import { openDb, readDatabaseUrl } from '#lib/db.ts';
import { prepare } from '../../src/prepare.ts';
import { testServers } from './servers.ts';

export interface TestDatabase extends AsyncDisposable {
  db: Knex;
  url: string;
}

/** A schema of its own, migrated and empty; it is dropped when disposed. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { databaseUrl } = await testServers();
  script ??= readScript(databaseUrl);
  const name = `moa_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await runScript(
    databaseUrl,
    `create database ${name} character set utf8mb4 collate utf8mb4_unicode_ci; use ${name}; ${await script}`,
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

let script: Promise<string> | undefined;

/** Migrated once for each state of migrations and seeds; every test of a run copies it. */
async function readScript(databaseUrl: string): Promise<string> {
  const name = `moa_template_${migrationsHash()}`;
  return onServer(databaseUrl, async (server) => {
    await server.raw('select get_lock(?, 120)', [name]);
    if (!(await tablesOf(server, name)).includes(scriptTable)) {
      await server.raw('drop database if exists ??', [name]);
      await server.raw('create database ?? character set utf8mb4 collate utf8mb4_unicode_ci', [name]);
      await prepareSchema(withDatabase(databaseUrl, name));
      await server.raw('delete from ??.kept_keys', [name]); // each office has a secret of its own
      const text = await writeScript(server, name);
      await server.raw('create table ??.?? (text longtext)', [name, scriptTable]);
      await server.raw('insert into ??.?? values (?)', [name, scriptTable, text]);
    }
    const [[{ text }]] = await server.raw('select text from ??.??', [name, scriptTable]);
    await server.raw('select release_lock(?)', [name]);
    return text;
  });
}

/** Migrated, and filled with the table of postal codes. */
async function prepareSchema(url: string): Promise<void> {
  const { redisUrl } = await testServers();
  await prepare(
    readConfig({ DATABASE_URL: url, REDIS_URL: redisUrl, MOA_SECRET: 'test'.repeat(8), LOG_LEVEL: 'silent' }),
  );
}

const scriptTable = 'template_script';

/** Statements that make and fill every table; `CREATE TABLE … LIKE` would leave the foreign keys out. */
async function writeScript(server: Knex, schema: string): Promise<string> {
  const statements = ['set foreign_key_checks = 0'];
  for (const table of await tablesOf(server, schema)) {
    const [[shown]] = await server.raw('show create table ??.??', [schema, table]);
    statements.push(shown['Create Table']);
    const [filled] = await server.raw('select 1 from ??.?? limit 1', [schema, table]);
    if (filled) statements.push(`insert into ${table} select * from ${schema}.${table}`);
  }
  const triggers = await server('information_schema.triggers').where({ trigger_schema: schema });
  for (const {
    TRIGGER_NAME,
    ACTION_TIMING,
    EVENT_MANIPULATION,
    EVENT_OBJECT_TABLE,
    ACTION_STATEMENT,
  } of triggers)
    statements.push(
      `create trigger ${TRIGGER_NAME} ${ACTION_TIMING} ${EVENT_MANIPULATION} on ${EVENT_OBJECT_TABLE} for each row ${ACTION_STATEMENT}`,
    );
  return statements.join(';\n');
}

/** All in one message: fifty round trips would take four times as long. */
async function runScript(databaseUrl: string, script: string): Promise<void> {
  const connection = await createConnection({
    ...readDatabaseUrl(databaseUrl),
    charset: 'utf8mb4',
    multipleStatements: true,
  });
  try {
    await connection.query(script);
  } finally {
    await connection.end();
  }
}

async function tablesOf(server: Knex, schema: string): Promise<string[]> {
  const rows = await server('information_schema.tables').where({ table_schema: schema }).pluck('table_name');
  return rows.map(String);
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
async function onServer<T>(databaseUrl: string, work: (server: Knex) => Promise<T>): Promise<T> {
  const server = openDb(databaseUrl, { max: 1 });
  try {
    return await work(server);
  } finally {
    await server.destroy();
  }
}

function withDatabase(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}
