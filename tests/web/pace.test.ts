import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from '#lib/pace.ts';
import { openRedis } from '#lib/redis.ts';
import { openOffice } from '../support/office.ts';
import { testServers } from '../support/servers.ts';

test('background work learns that pages are asked for, and rests as long as it worked', async () => {
  await using office = await openOffice();
  const { pace } = office.ctx();
  const { redis, config } = office.runtime;
  assert.equal(await pace.isAskedForPages(), false);

  await office.stranger().get('/healthz');
  assert.equal(await pace.isAskedForPages(), false, 'a probe is no person');
  await office.stranger().get('/sign-in', { 'x-moa-passive': '1' });
  assert.equal(await pace.isAskedForPages(), false, 'nor is a page that looks by itself');
  await office.stranger().get('/sign-in');
  assert.equal(await pace.isAskedForPages(), true);
  const left = await redis.pttl(`${config.redisPrefix}:pages-asked-for`);
  assert.ok(left > 0 && left <= 3000, `it is forgotten in ${left} ms`);

  const startedAt = performance.now();
  await pace.rest(120);
  assert.ok(performance.now() - startedAt >= 115);
});

test('without Redis background work goes on', async () => {
  const { redisUrl } = await testServers();
  const redis = openRedis(redisUrl);
  redis.disconnect();
  const pace = createPace(redis, 'test-pace');
  assert.equal(await pace.isAskedForPages(), false);
  await pace.rest(60_000);
});
