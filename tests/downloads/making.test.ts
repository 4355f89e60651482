import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { snapshot } from '#lib/batches.ts';
import { listEvents } from '#lib/events.ts';
import { readListQuery } from '#lib/lists.ts';
import { cancelDownload, makeDownload, recoverDownloads } from '../../src/downloads/making.ts';
import { rowsAtOnce } from '../../src/downloads/requesting.ts';
import type { DownloadRow } from '../../src/downloads/tables.ts';
import { expireDownloads } from '../../src/downloads/taking.ts';
import { lineSource } from '../../src/orders/line-source.ts';
import type { LineRow } from '../../src/orders/tables.ts';
import { importLines, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { ask, readFile } from './support.ts';

/** An office with more lines than are written at once. */
async function openLargeOffice(copies = 1): Promise<Office> {
  const office = await openOffice();
  try {
    await anOrder(office, {
      lines: Array.from({ length: 40 }, (_, at) => ({ memo: `메모 ${at}`, amount: at })),
    });
    await multiply(office, 60 * copies);
    return office;
  } catch (error) {
    await office[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same lines again under other numbers, and the counts of the list with them. */
async function multiply({ runtime: { db } }: Office, times: number): Promise<void> {
  const columns: string[] = await db('information_schema.columns')
    .where({ table_name: 'order_lines', is_generated: 'NEVER' })
    .andWhereRaw('table_schema = database()')
    .whereNotIn('column_name', ['id', 'line_no', 'order_id'])
    .pluck('column_name');
  await db.raw(
    `INSERT INTO order_lines (line_no, order_id, ??)
     SELECT CONCAT(seq, '-', line_no), order_id + seq, ?? FROM order_lines JOIN seq_1_to_${times - 1}`,
    [columns, columns],
  );
  await db('line_counts').update({ n: db.raw('n * ?', [times]) });
}

async function askForLines(office: Office): Promise<number> {
  const client = await office.as('office');
  const answer = await ask(client, 'orders', { columns: ['line_no', 'amount', 'memo'] });
  assert.equal(answer.location, '/downloads');
  const row: DownloadRow = await office.runtime.db('downloads').orderBy('id', 'desc').first();
  assert.equal(row.state, 'waiting');
  return row.id;
}

const rowOf = async (office: Office, id: number): Promise<DownloadRow> =>
  office.runtime.db('downloads').where({ id }).first();

const partsOf = async (office: Office, id: number): Promise<number> =>
  Number((await office.runtime.db('download_files').where({ download_id: id }).count({ n: '*' }).first())?.n);

test('a long list is made by the worker; only who asked for it gets the file', async () => {
  await using office = await openLargeOffice();
  const id = await askForLines(office);
  await office.runJobs();

  const row = await rowOf(office, id);
  assert.deepEqual([row.state, row.row_count, row.rows_done], ['ready', 2400, 2400]);
  assert.ok(row.row_count > rowsAtOnce);
  const client = await office.as('office');
  const { status, bytes } = await client.post(`/downloads/${id}/file`);
  assert.equal(status, 200);
  assert.equal(bytes.length, row.file_size);
  const file = await readFile(bytes);
  const stored: LineRow[] = await office.runtime.db('order_lines');
  assert.deepEqual(
    file.rows.map((line) => line.상품주문번호).sort(),
    stored.map((line) => line.line_no).sort(),
  );
  assert.deepEqual(file.totals, ['합계 2,400건', String(stored.reduce((sum, line) => sum + line.amount, 0))]);

  const admin = await office.as('admin');
  assert.match((await admin.get('/downloads')).text, /김하나/);
  assert.equal((await admin.post(`/downloads/${id}/file`)).status, 404);
  assert.equal((await (await office.as('delivery')).post(`/downloads/${id}/file`)).status, 403);
  await office.runtime.db('downloads').where({ id }).update({ created_by: 1, created_by_name: '이대표' });
  assert.equal((await client.post(`/downloads/${id}/file`)).status, 404);
  assert.equal((await client.post(`/downloads/${id}/cancel`)).status, 404);
  assert.doesNotMatch((await client.get('/downloads')).text, /이대표/);
  assert.deepEqual((await listEvents(office.ctx(), 'download', id)).map(({ name }) => name).sort(), [
    'download.made',
    'download.requested',
    'download.taken',
  ]);
});

test('a download that was cancelled is not made', async () => {
  await using office = await openLargeOffice();
  const id = await askForLines(office);
  const client = await office.as('office');
  assert.equal((await client.post(`/downloads/${id}/cancel`)).location, '/downloads');
  await office.runJobs();
  assert.equal((await rowOf(office, id)).state, 'cancelled');
  assert.equal(await partsOf(office, id), 0);
  assert.equal((await client.post(`/downloads/${id}/file`)).status, 409);
});

test('after seven days the file is destroyed and the record stays', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const client = await office.as('office');
  await ask(client, 'orders', { columns: ['line_no'] });
  const { db } = office.runtime;
  const row: DownloadRow = await db('downloads').first();
  const days = (row.expires_at!.getTime() - row.created_at.getTime()) / 86_400_000;
  assert.equal(Math.round(days), 7);

  await expireDownloads(office.ctx());
  assert.equal(await partsOf(office, row.id), 1, 'its days are not over');
  await db('downloads').update({ expires_at: new Date(Date.now() - 1000) });
  const late = await client.post(`/downloads/${row.id}/file`);
  assert.equal(late.status, 409, 'also before the job has come round');
  assert.match(late.text, /보관 기간 7일이 지나/);

  await db('downloads').update({ state: 'cancelled' }); // by a process that died before it destroyed the file
  await expireDownloads(office.ctx());
  assert.equal(await partsOf(office, row.id), 0);
  await db('downloads').update({ state: 'ready' });
  await expireDownloads(office.ctx());
  assert.equal((await rowOf(office, row.id)).state, 'expired');
  assert.match((await client.get('/downloads')).text, /기간 지남/);
  assert.equal((await client.post(`/downloads/${row.id}/file`)).status, 409);
});

test('two files are made at once; a third waits and is started by whichever ends', async () => {
  await using office = await openLargeOffice();
  const ids = [await askForLines(office), await askForLines(office), await askForLines(office)];
  const { db } = office.runtime;
  await db('downloads')
    .whereIn('id', ids.slice(0, 2))
    .update({ state: 'making', token: 'x', beat_at: new Date() });
  await makeDownload(office.ctx(), ids[2]!, () => {});
  assert.equal((await rowOf(office, ids[2]!)).state, 'waiting');

  await db('downloads').where({ id: ids[0] }).update({ state: 'waiting', token: null });
  await makeDownload(office.ctx(), ids[2]!, () => {});
  assert.equal((await rowOf(office, ids[2]!)).state, 'ready');
  await db('downloads')
    .where({ id: ids[1] })
    .update({ beat_at: new Date(Date.now() - 60_000) });
  await recoverDownloads(office.ctx());
  await office.runJobs();
  assert.deepEqual(await db('downloads').orderBy('id').pluck('state'), ['ready', 'ready', 'ready']);
});

test('a file that never comes to its end fails with a reason, and so does one of a person who may no more', async () => {
  await using office = await openLargeOffice();
  const { db } = office.runtime;
  const [tired, barred] = [await askForLines(office), await askForLines(office)];
  await db('downloads').where({ id: tired }).update({ state: 'making', token: 'x', attempts: 3 });
  await makeDownload(office.ctx(), tired, () => {});
  await db('users').where({ id: 2 }).update({ role: 'delivery' });
  await makeDownload(office.ctx(), barred, () => {});
  assert.match((await rowOf(office, tired)).failure!, /거듭 멈췄습니다/);
  assert.match((await rowOf(office, barred)).failure!, /권한이 없어졌습니다/);
  assert.deepEqual(await db('downloads').pluck('state'), ['failed', 'failed']);
  assert.equal(await partsOf(office, barred), 0);
});

test('a person has five files in the making, not six', async () => {
  await using office = await openLargeOffice();
  for (let at = 0; at < 5; at++) await askForLines(office);
  const answer = await ask(await office.as('office'), 'orders', { columns: ['line_no'] });
  assert.equal(answer.status, 409);
  assert.match(answer.text, /만들고 있는 파일이 5개입니다/);
});

test('a file is one moment of the shop, whatever is imported while it is made', async () => {
  await using office = await openLargeOffice();
  const ctx = office.ctx('office');
  const before: string[] = await ctx.db('order_lines').orderBy('line_no').pluck('line_no');
  const read: string[] = [];
  await snapshot(ctx, async (snap) => {
    const list = await lineSource.open(
      snap,
      readListQuery({ sort: 'ordered_at', dir: 'asc' }, lineSource.definition),
    );
    for await (const page of list.pages()) {
      if (read.length === 0) {
        await importLines(office.ctx('office'), someLines(30));
        await ctx.db('order_lines').where({ amount: 7 }).update({ amount: 1_000_000 });
      }
      for (const line of page as LineRow[]) {
        read.push(line.line_no);
        assert.ok(line.amount < 40);
      }
    }
    assert.equal(read.length, list.total);
  });
  assert.deepEqual(read.sort(), before);
  assert.ok(Number((await ctx.db('order_lines').count({ n: '*' }).first())?.n) > before.length);
});

const workerScript = fileURLToPath(new URL('../../src/worker.ts', import.meta.url));

function startWorker({ config }: Office): ChildProcess {
  return spawn(process.execPath, [workerScript], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DATABASE_URL: config.databaseUrl,
      REDIS_URL: config.redisUrl,
      REDIS_PREFIX: config.redisPrefix,
      MOA_SECRET: config.secret,
      LOG_LEVEL: 'silent',
    },
  });
}

async function killed(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

/** Looks every few milliseconds until `found` says so; fails after a minute and a half. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, 'it did not come in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until the file is being made and keeps it from going on: each of its writes needs the row that is held. */
async function hold(office: Office, id: number): Promise<Knex.Transaction> {
  await until(async () => (await rowOf(office, id)).state === 'making');
  const held = await office.runtime.db.transaction();
  const row: DownloadRow = await held('downloads').where({ id }).forUpdate().first();
  assert.equal(row.state, 'making', 'it was caught in time');
  return held;
}

/** The process below this worker that makes a file. */
async function makerOf(worker: ChildProcess): Promise<number> {
  let own: string | undefined;
  await until(async () => {
    own = processes().find((name) => {
      try {
        const parent = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return Number(parent) === worker.pid && command.includes('download-maker');
      } catch {
        return false; // it has ended meanwhile
      }
    });
    return own !== undefined;
  });
  return Number(own);
}

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));
const gone = (pid: number) => until(async () => !processes().includes(String(pid)));

describe('in the middle of making', () => {
  test('a worker killed with -9 leaves nothing behind, and the next one makes the file whole', async () => {
    await using office = await openLargeOffice(2);
    const id = await askForLines(office);
    const first = startWorker(office);
    const held = await hold(office, id);
    const maker = await makerOf(first);
    await killed(first);
    await gone(maker);
    await held.rollback();
    assert.equal((await rowOf(office, id)).state, 'making');

    const second = startWorker(office);
    try {
      await until(async () => (await rowOf(office, id)).state === 'ready');
    } finally {
      await killed(second);
    }
    const { bytes } = await (await office.as('office')).post(`/downloads/${id}/file`);
    const { rows, totals } = await readFile(bytes);
    assert.equal(new Set(rows.map((line) => line.상품주문번호)).size, 4800);
    assert.equal(totals[0], '합계 4,800건');
  });

  test('a maker killed with -9 is tried again', async () => {
    await using office = await openLargeOffice();
    const id = await askForLines(office);
    const worker = startWorker(office);
    try {
      const held = await hold(office, id);
      process.kill(await makerOf(worker), 'SIGKILL');
      await held.rollback();
      await until(async () => (await rowOf(office, id)).state === 'ready');
    } finally {
      await killed(worker);
    }
    const row = await rowOf(office, id);
    assert.deepEqual([row.attempts, row.row_count], [2, 2400]);
  });

  test('cancelling stops the process and leaves no part of the file', async () => {
    await using office = await openLargeOffice(2);
    const id = await askForLines(office);
    const worker = startWorker(office);
    try {
      const held = await hold(office, id);
      const maker = await makerOf(worker);
      await cancelDownload({ ...office.ctx('office'), db: held }, id);
      await held.commit();
      await gone(maker);
    } finally {
      await killed(worker);
    }
    assert.equal((await rowOf(office, id)).state, 'cancelled');
    assert.equal(await partsOf(office, id), 0);
  });
});
