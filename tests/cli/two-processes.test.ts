import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import { someLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Desk, openDesk } from './desk.ts';

const script = fileURLToPath(new URL('../../bin/moa.ts', import.meta.url));

function moa({ config }: Desk, ...argv: string[]) {
  return promisify(execFile)(process.execPath, [script, ...argv], {
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

test('two processes that import the same file at once bring it in once: nothing lost, nothing doubled', async () => {
  await using desk = await openDesk();
  const lines = someLines(400);
  const path = desk.file('주문.xlsx');
  await writeSmartStoreFile(path, lines);

  const call = ['import', path, '--channel', 'smartstore', '--apply'];
  const said = await Promise.all([moa(desk, ...call), moa(desk, ...call)]);
  const found = said.map(({ stdout }) => JSON.parse(stdout));

  assert.deepEqual(
    found.map((one) => [one.new, one.same]).sort(([a], [b]) => b - a),
    [
      [lines.length, 0],
      [0, lines.length],
    ],
  );
  for (const one of found) {
    assert.deepEqual([one.changed, one.conflict, one.rejected, one.applied], [0, 0, 0, true]);
  }
  const stored: string[] = await desk.db('order_lines').orderBy('line_no').pluck('line_no');
  assert.deepEqual(stored, lines.map((line) => line.상품주문번호).sort());
  await assertInvariants(desk.db);
});

test('a command that fails ends with 1, says why on stderr and leaves stdout empty', async () => {
  await using desk = await openDesk();
  const failed = await moa(desk, 'import', '없는.xlsx', '--channel', 'smartstore').catch((error) => error);
  assert.deepEqual([failed.code, failed.stdout], [1, '']);
  assert.equal(failed.stderr, '‘없는.xlsx’ 파일을 찾을 수 없습니다.\n');
});
