import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Knex } from 'knex';
import { isDiskFull, openTroubles } from '#lib/troubles.ts';

test('a full disk is known by what database, Redis and the system say of it', () => {
  for (const code of ['ER_DISK_FULL', 'ER_RECORD_FILE_FULL', 'ENOSPC'])
    assert.ok(isDiskFull(Object.assign(new Error('x'), { code })), code);
  assert.ok(isDiskFull(new Error('MISCONF Errors writing to the AOF file: No space left on device')));
  assert.ok(isDiskFull(new Error('kept', { cause: Object.assign(new Error('x'), { code: 'ENOSPC' }) })));
  assert.ok(!isDiskFull(Object.assign(new Error('x'), { code: 'ER_DUP_ENTRY' })));
  assert.ok(!isDiskFull(undefined));
});

test('a slow database is told after several slow answers, and no longer when they are quick', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = 0;
  let takes = 200;
  t.mock.method(performance, 'now', () => now);
  const db = {
    raw: async () => {
      now += takes;
    },
  } as unknown as Knex;
  const troubles = openTroubles(db);
  const ask = async (times: number) => {
    for (let n = 0; n < times; n++) {
      t.mock.timers.tick(1500);
      await new Promise(setImmediate);
    }
  };
  await ask(2);
  assert.deepEqual(troubles.now(), []);
  await ask(1);
  assert.deepEqual(troubles.now(), ['slow database']);
  takes = 3;
  await ask(3);
  assert.deepEqual(troubles.now(), []);

  troubles.hear(Object.assign(new Error('x'), { code: 'ER_RECORD_FILE_FULL' }));
  assert.deepEqual(troubles.now(), ['full disk']);
  now += 31_000;
  assert.deepEqual(troubles.now(), []);
  troubles.close();
});
