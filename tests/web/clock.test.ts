import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Redis } from 'ioredis';
import type { Knex } from 'knex';
import pino from 'pino';
import { agreedOffset, clockForChild, openClock, parentsClock } from '#lib/clock.ts';

const hour = 3600_000;

test('of three clocks the one in the middle is right, and small differences are none', () => {
  assert.equal(agreedOffset([3, -800], 0), 0);
  assert.equal(agreedOffset([hour, 5], 0), 0, 'the database is wrong');
  assert.equal(agreedOffset([5, -hour], 0), 0, 'Redis is wrong');
  assert.equal(agreedOffset([hour, hour + 40], 0), hour, 'this machine is wrong');
  assert.equal(agreedOffset([hour + 40, hour], 0), hour);
});

test('one clock alone convinces nobody, and what was known before goes on', () => {
  assert.equal(agreedOffset([hour], 0), 0);
  assert.equal(agreedOffset([], hour), hour);
});

/** A database and a Redis whose clocks are ahead of ours. */
function serversAhead(database: number, redis: number) {
  const db = { raw: async () => [[{ ms: Date.now() + database }]] } as unknown as Knex;
  const at = () => Date.now() + redis;
  const client = {
    status: 'ready',
    time: async () => [Math.floor(at() / 1000), (at() % 1000) * 1000],
  } as unknown as Redis;
  return [db, client, pino({ level: 'silent' })] as const;
}

test('a process whose clock is off by an hour works by the time of the others', async () => {
  const clock = await openClock(...serversAhead(hour, hour));
  assert.ok(Math.abs(clock.now().getTime() - Date.now() - hour) < 1000);
  clock.close();
});

test('a clock that jumps while a process runs carries it nowhere', async (t) => {
  const clock = await openClock(...serversAhead(0, 0));
  const right = Date.now();
  t.mock.method(Date, 'now', () => right + hour);
  assert.ok(Math.abs(clock.now().getTime() - right) < 1000);
  clock.close();
});

test('a process that is started goes by the clock of whoever starts it', () => {
  const parents = () => new Date(Date.now() - hour);
  assert.ok(Math.abs(parentsClock(clockForChild(parents))().getTime() - parents().getTime()) < 1000);
  assert.ok(Math.abs(parentsClock({})().getTime() - Date.now()) < 1000);
});
