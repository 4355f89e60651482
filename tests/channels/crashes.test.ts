import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findChannelByCode } from '#channels';
import { applyLater } from '../../src/channels/applying.ts';
import { readLater, receiveFile } from '../../src/channels/receiving.ts';
import type { ImportRow } from '../../src/channels/tables.ts';
import { aSmartStoreFile, importLines, someLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';

const workerScript = fileURLToPath(new URL('../../src/worker.ts', import.meta.url));

/** A worker in a process of its own, so that it can be killed. */
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

/** Looks every few milliseconds until `found` says so; fails after a minute and a half. */
async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < deadline, 'it did not come in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const importIn = (office: Office, id: number, state: string) =>
  until(async () => {
    const row: ImportRow = await office.runtime.db('imports').where({ id }).first();
    return row.state === state && row;
  });

async function killed(worker: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGKILL');
  await gone;
}

describe('a worker killed with -9', { concurrency: true }, () => {
  test('in the middle of applying loses nothing and doubles nothing', async () => {
    await using office = await openOffice();
    const { db } = office.runtime;
    const lines = someLines(2500);
    const { importId } = await importLines(office.ctx(), lines, { apply: false });

    const lastPart = await db.transaction(); // cannot be written while this holds its row
    await lastPart('import_rows')
      .where({ import_id: importId })
      .orderBy('row_no', 'desc')
      .forUpdate()
      .first();
    const first = startWorker(office);
    try {
      await applyLater(office.ctx('office'), importId);
      await until(() => db('change_batches').where('position', '>', 0).where({ state: 'applying' }).first());
    } finally {
      await killed(first);
      await lastPart.rollback();
    }
    assert.equal(
      (await db('imports').where({ id: importId }).first()).state,
      'applying',
      'it was killed in time',
    );

    const second = startWorker(office);
    try {
      await importIn(office, importId, 'applied');
      await until(async () => !(await db('change_batches').whereNotNull('busy_channel_id').first()));
    } finally {
      await killed(second);
    }
    const stored: string[] = await db('order_lines').orderBy('line_no').pluck('line_no');
    assert.deepEqual(stored, lines.map((line) => line.상품주문번호).sort());
    await assertInvariants(db);
  });

  test('in the middle of reading reads the file again, whole', async () => {
    await using office = await openOffice();
    const { db } = office.runtime;
    const lines = someLines(4000);
    await using file = await aSmartStoreFile(lines);
    const channel = await findChannelByCode(office.ctx(), 'smartstore');
    const id = await receiveFile(office.ctx(), channel, { name: '주문.xlsx', path: file.path });

    const first = startWorker(office);
    try {
      await readLater(office.ctx('office'), id);
      await until(() => db('imports').where({ id, state: 'reading' }).where('rows_read', '>', 0).first());
    } finally {
      await killed(first);
    }

    const second = startWorker(office);
    try {
      const row = await importIn(office, id, 'proposed');
      assert.deepEqual([row.new_count, row.rejected_count], [lines.length, 0]);
    } finally {
      await killed(second);
    }
    assert.equal(
      (await db('import_rows').where({ import_id: id }).count({ n: '*' }).first())?.n,
      lines.length,
    );
  });
});
