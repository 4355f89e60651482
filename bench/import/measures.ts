import { randomUUID } from 'node:crypto';
import { SaxesParser } from 'saxes';
import yauzl from 'yauzl';
import { findChannelByCode, importFile } from '#channels';
import { readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { openRuntime } from '#lib/runtime.ts';
import { writers } from '../../src/channels/jobs.ts';
import { readMallFile, smartStore } from '../../src/channels/layouts/index.ts';
import { prepare } from '../../src/prepare.ts';

/** One measure in a process of its own: `measures.ts NAME FILE`; prints `{"seconds":…}`. */
const [name, path] = [process.argv[2]!, process.argv[3]!];
/** What an import leaves in the books; how it got there (its file, rows and cells) is its own affair. */
const books = ['orders', 'order_lines', 'deliveries', 'delivery_keys'];
const measures: Record<string, (path: string) => Promise<number>> = {
  scan,
  hand,
  cells,
  insert,
  read,
  whole,
};
console.log(JSON.stringify({ seconds: await measures[name]!(path) }));
process.exit(0);

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** The floor of reading: unzips the sheet and lets saxes walk it, with nobody listening. */
async function scan(file: string): Promise<number> {
  return timed(async () => {
    const parser = new SaxesParser();
    for await (const chunk of await sheetStream(file)) parser.write(chunk as string);
    parser.close();
  });
}

function sheetStream(file: string): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('entry', (entry: yauzl.Entry) => {
        if (entry.fileName !== 'xl/worksheets/sheet1.xml') return zip.readEntry();
        zip.openReadStream(entry, (failed, stream) =>
          failed ? reject(failed) : resolve(stream.setEncoding('utf8')),
        );
      });
      zip.readEntry();
    });
  });
}

/**
 * The floor below that: `indexOf` from tag to tag through a file known to be tidy, giving the values of each row and
 * checking nothing.
 */
async function hand(file: string): Promise<number> {
  return timed(async () => {
    let rest = '';
    let values = 0;
    for await (const chunk of await sheetStream(file)) {
      rest += chunk as string;
      let at = 0;
      for (let end = rest.indexOf('</row>', at); end >= 0; end = rest.indexOf('</row>', at)) {
        values += rowByHand(rest, at, end).length;
        at = end + 6;
      }
      rest = rest.slice(at);
    }
    if (values === 0) throw new Error('no value was found');
  });
}

function rowByHand(xml: string, start: number, end: number): string[] {
  const values: string[] = [];
  for (let at = xml.indexOf('<v>', start); at >= 0 && at < end; at = xml.indexOf('<v>', at)) {
    const close = xml.indexOf('</v>', at);
    const text = xml.slice(at + 3, close);
    values.push(text.includes('&') ? text.replace(/&(amp|lt|gt|quot|apos);/g, (name) => signs[name]!) : text);
    at = close + 4;
  }
  return values;
}

const signs: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

/** For comparison: every cell of the file as text, in a table with no key but its own. */
async function cells(file: string): Promise<number> {
  const database = await freshDatabase();
  const db = openDb(database.url, { max: 1 });
  const { columns, rows } = await readMallFile(file, smartStore);
  const all: string[][] = [];
  for await (const row of rows) all.push(row.cells);
  await db.raw(
    `CREATE TABLE bare (id INT AUTO_INCREMENT PRIMARY KEY, ${columns.map((_, at) => `c${at} TEXT`).join(', ')})`,
  );
  const names = columns.map((_, at) => `c${at}`).join(',');
  const one = `(${columns.map(() => '?').join(',')})`;

  const seconds = await timed(async () => {
    await db.transaction(async (trx) => {
      for (let at = 0; at < all.length; at += 500) {
        const part = all.slice(at, at + 500);
        await trx.raw(`INSERT INTO bare (${names}) VALUES ${part.map(() => one).join(',')}`, part.flat());
      }
    });
  });
  await db.destroy();
  await database.drop();
  return seconds;
}

/**
 * The floor of writing: the very rows that the import of this file leaves, into the same tables with their keys, 500 a
 * statement, one transaction.
 */
async function insert(file: string): Promise<number> {
  const imported = await freshDatabase();
  await importInto(imported.url, file);
  const tables = await readBooks(imported.url);
  await imported.drop();

  const database = await freshDatabase();
  await prepare(configOf(database.url));
  const db = openDb(database.url, { max: 1 });
  const seconds = await timed(async () => {
    await db.transaction(async (trx) => {
      for (const { table, columns, rows } of tables) {
        const one = `(${columns.map(() => '?').join(',')})`;
        for (let at = 0; at < rows.length; at += 500) {
          const part = rows.slice(at, at + 500);
          await trx.raw(
            `INSERT INTO ${table} (${columns.join(',')}) VALUES ${part.map(() => one).join(',')}`,
            part.flatMap((row) => columns.map((column) => row[column]!)),
          );
        }
      }
    });
  });
  await db.destroy();
  await database.drop();
  return seconds;
}

interface Book {
  table: string;
  columns: string[];
  rows: Record<string, never>[];
}

async function readBooks(url: string): Promise<Book[]> {
  const db = openDb(url, { max: 1 });
  const tables: Book[] = [];
  for (const table of books) {
    const written: { Field: string; Extra: string }[] = (await db.raw('SHOW COLUMNS FROM ??', [table]))[0];
    const columns = written.filter(({ Extra }) => !Extra.includes('GENERATED')).map(({ Field }) => Field);
    tables.push({ table, columns, rows: await db(table).select(columns) });
  }
  await db.destroy();
  return tables;
}

/** Our reading: every row found, its cells told apart and understood as a line. */
async function read(file: string): Promise<number> {
  return timed(async () => {
    const { rows } = await readMallFile(file, smartStore);
    let lines = 0;
    for await (const row of rows) if (row.line) lines += 1;
    if (lines === 0) throw new Error('no line was read');
  });
}

/** The whole way: the file taken in, read, proposed, applied, shown and tidied, with orders and deliveries. */
async function whole(file: string): Promise<number> {
  const database = await freshDatabase();
  const seconds = await importInto(database.url, file);
  await database.drop();
  return seconds;
}

async function importInto(url: string, file: string): Promise<number> {
  const config = configOf(url);
  await prepare(config);
  const runtime = await openRuntime(config, 'bench');
  const ctx = runtime.ctxFor(systemActor);
  const channel = await findChannelByCode(ctx, 'smartstore');
  const seconds = await timed(async () => {
    const found = await importFile(ctx, channel, {
      file: { name: 'bench.xlsx', path: file },
      apply: true,
      writers,
      progress: () => {},
    });
    if (!found.applied || found.rejected > 0) throw new Error('the import did not come through');
  });
  await runtime.close();
  return seconds;
}

function configOf(url: string) {
  return readConfig({
    DATABASE_URL: url,
    REDIS_URL: process.env.TEST_REDIS_URL,
    MOA_SECRET: 'bench'.repeat(8),
    LOG_LEVEL: 'warn',
  });
}

async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const server = openDb(process.env.TEST_DATABASE_URL!, { max: 1 });
  await server.raw('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [name]);
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await server.raw('DROP DATABASE ??', [name]);
      await server.destroy();
    },
  };
}
