import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import { openDb } from '#lib/db.ts';
import { createDatabase, mariadbServer, mariadbUrl } from '../bin/mariadb-server.ts';
import { serverProcess } from '../bin/server-process.ts';
import { makePeople, plainTable, type Store, sealedTable } from './encryption/stores.ts';

/**
 * What encrypting names, phones and addresses would cost, on a copy of the columns that hold them: as they are; sealed
 * by the application with AES-256-GCM and found by blind indexes; and as they are in tablespaces the server encrypts.
 */
const { values } = parseArgs({
  options: { people: { type: 'string', default: '20000' }, runs: { type: 'string', default: '40' } },
});
const people = makePeople(Number(values.people));
const runs = Number(values.runs);

const stack = new AsyncDisposableStack();
const ways: Way[] = [
  { label: 'as it is', store: plainTable, db: await openServer(() => []) },
  { label: 'sealed by us', store: sealedTable, db: await openServer(() => []) },
  { label: 'by the server', store: plainTable, db: await openServer(serverEncryption) },
];
try {
  report(await measure());
} finally {
  await stack.disposeAsync();
}

interface Way {
  label: string;
  store: Store;
  db: Knex;
}
type Read = (way: Way, run: number) => Promise<unknown>;

/** All ways in turn, step after step, so that a slow moment of the machine hits all alike. */
async function measure(): Promise<Record<string, number[]>> {
  for (const { store, db } of ways) await db.raw(store.table);
  const written = ways.map(() => 0);
  for (let at = 0; at < people.length; at += 500) {
    for (const [place, { store, db }] of ways.entries()) {
      const part = people.slice(at, at + 500);
      written[place] = written[place]! + (await timed(() => store.insert(db, part)));
    }
  }
  const pick = (run: number) => people[(run * 7919) % people.length]!;
  for (const { store, db } of ways) {
    const found = await store.byName(db, pick(3).name);
    if (!found.some(({ name }) => name.startsWith(pick(3).name.slice(0, 2))))
      throw new Error('nobody was found');
  }
  return {
    'write all': written,
    'page of 50': await medians(runs, ({ store, db }, run) =>
      store.page(db, (run * 50) % (people.length - 50)),
    ),
    name: await medians(runs, ({ store, db }, run) => store.byName(db, pick(run).name)),
    'last four': await medians(runs, ({ store, db }, run) => store.byEnding(db, pick(run).phone.slice(-4))),
    'read all': await medians(3, ({ store, db }) => store.all(db)),
    'size in MB': await Promise.all(ways.map(sizeOf)),
  };
}

async function medians(times: number, read: Read): Promise<number[]> {
  const taken = ways.map((): number[] => []);
  for (let run = -2; run < times; run++) {
    for (const [place, way] of ways.entries()) {
      const time = await timed(() => read(way, run + 2));
      if (run >= 0) taken[place]!.push(time);
    }
  }
  return taken.map((own) => own.sort((a, b) => a - b)[Math.floor(times / 2)]!);
}

async function sizeOf({ db }: Way): Promise<number> {
  await db.raw('analyze table people');
  const [[{ bytes }]] = await db.raw(
    "select data_length + index_length as bytes from information_schema.tables where table_schema = database() and table_name = 'people'",
  );
  return Number(bytes) / 1e6;
}

function report(figures: Record<string, number[]>): void {
  console.log(`\n${people.length} people, ${runs} runs of each read; ratios against the data as it is\n`);
  console.log(['', ...ways.map(({ label }) => label)].map((text) => text.padStart(20)).join(''));
  for (const [name, values] of Object.entries(figures)) {
    const cells = values.map((value) => `${value.toFixed(1)} ${(value / values[0]!).toFixed(2)}×`);
    console.log([name, ...cells].map((text) => text.padStart(20)).join(''));
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function openServer(options: (folder: string) => string[]): Promise<Knex> {
  const folder = mkdtempSync(join(tmpdir(), 'moa-encryption-'));
  const kind = mariadbServer('durable');
  const more = options(folder);
  const command: typeof kind.command = (at, socket) => {
    const { program, args } = kind.command(at, socket);
    return { program, args: [...args, ...more] };
  };
  const server = serverProcess({ ...kind, command }, join(folder, 'mariadb'));
  stack.defer(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  await createDatabase(server.socket, 'bench');
  const db = openDb(mariadbUrl(server.socket, 'bench'), { max: 1 });
  stack.defer(() => db.destroy());
  return db;
}

/** Tablespaces, redo log and temporary files with a key in a file. */
function serverEncryption(folder: string): string[] {
  const keys = join(folder, 'keys');
  writeFileSync(keys, `1;${'ab'.repeat(32)}\n`, { mode: 0o600 });
  return [
    '--plugin-load-add=file_key_management',
    `--file-key-management-filename=${keys}`,
    '--innodb-encrypt-tables=FORCE',
    '--innodb-encrypt-log=ON',
    '--innodb-encryption-threads=2',
  ];
}
