import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Queue } from 'bullmq';
import { isTooFar, watchJobClocks } from '#lib/job-clocks.ts';

const now = Date.parse('2026-11-21T12:00:00+09:00');
const hour = 3600_000;

test('what comes round each minute and is due in an hour was set by a wrong clock; what comes daily was not', () => {
  for (const pattern of ['* * * * *', '*/10 * * * * *']) {
    assert.equal(isTooFar({ pattern, next: now + hour }, now), true, pattern);
    assert.equal(isTooFar({ pattern, next: now + 60_000 }, now), false, pattern);
  }
  assert.equal(isTooFar({ pattern: '20 4 * * *', next: now + 16 * hour }, now), false);
  assert.equal(isTooFar({ pattern: '5 * * * *', next: now + hour }, now), false, 'once an hour');
});

test('the clocks of jobs are set again behind a jump, and when one is too far off', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let next = Date.now() + 5000;
  let jump = 0;
  const time = Date.now;
  t.mock.method(Date, 'now', () => time() + jump);
  const queue = {
    getJobSchedulers: async () => [{ pattern: '* * * * *', next }],
    close: async () => {},
  } as unknown as Queue;
  let sets = 0;
  const watch = watchJobClocks(queue, () => {
    sets += 1;
  });
  const look = async () => {
    t.mock.timers.tick(10_000);
    await new Promise(setImmediate);
    return sets;
  };
  assert.equal(await look(), 0);
  jump = -hour;
  assert.equal(await look(), 1, 'a jump back');
  next = Date.now() + 5000;
  assert.equal(await look(), 1, 'once');
  next = Date.now() + hour;
  assert.equal(await look(), 2, 'set by somebody whose clock was ahead');
  await watch.close();
});
