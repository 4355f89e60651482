import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue } from '#lib/queue.ts';
import { openBlockingRedis } from '#lib/redis.ts';
import { redisServer, redisUrl } from '../../bin/redis-server.ts';
import { type ServerProcess, serverProcess } from '../../bin/server-process.ts';
import type { Client } from '../support/client.ts';
import { type Office, openOffice } from '../support/office.ts';

/** A Redis of its own, which is stopped and lost; the tests go one after the other. */
const folder = mkdtempSync(join(tmpdir(), 'moa-redis-away-'));
let server: ServerProcess;
let office: Office;
let person: Client;
let remembered: Client;

before(async () => {
  server = serverProcess(redisServer('throw-away'), folder);
  await server.start();
  office = await openOffice({ settings: { REDIS_URL: redisUrl(server.socket) } });
  person = await office.as('office');
  remembered = office.stranger();
  await remembered.post('/sign-in', {
    login: 'hana',
    password: '젖은 우산 셋을 말린다',
    remember: 'yes',
  });
});
after(async () => {
  await server.start();
  await office[Symbol.asyncDispose]();
  server.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

test('a Redis that hangs for a moment is waited for, and nobody notices', async () => {
  process.kill(server.pid()!, 'SIGSTOP');
  const page = person.get('/account');
  await sleep(300);
  process.kill(server.pid()!, 'SIGCONT');
  assert.equal((await page).status, 200);
});

test('while Redis hangs an act is done, and its job waits for Redis', async () => {
  process.kill(server.pid()!, 'SIGSTOP');
  const began = performance.now();
  try {
    await office.runtime.jobs.add('downloads.recover', {}, 'while-away');
    assert.ok(performance.now() - began < 4000);
  } finally {
    process.kill(server.pid()!, 'SIGCONT');
  }
  const redis = openBlockingRedis(office.config.redisUrl);
  const queue = openQueue(redis, office.config.redisPrefix);
  for (let turn = 0; (await queue.getWaitingCount()) === 0; turn++) {
    assert.ok(turn < 200, 'the job came to the queue');
    await sleep(50);
  }
  await queue.close();
  redis.disconnect();
});

test('when Redis is gone a page says so within seconds, and comes back by itself', async () => {
  server.kill();
  const began = performance.now();
  const page = await person.get('/orders');
  assert.ok(performance.now() - began < 12_000, 'the first one waited for a change of servers');
  assert.equal(page.status, 503);
  assert.equal(page.headers.get('retry-after'), '5');
  assert.match(page.text, /로그인 정보를 보관하는 서버\(Redis\)에 연결하지 못했습니다/);
  assert.match(page.text, /data-behavior="come_back"/);
  assert.match(page.text, /href="\/orders">다시 열기/);
});

test('from then on nobody waits, and what was sent is told not to be done', async () => {
  const began = performance.now();
  const sent = await person.raw('/orders/hold', { method: 'POST', body: new URLSearchParams({ ids: '1' }) });
  const asked = await person.raw('/orders', { headers: { accept: 'application/json' } });
  assert.ok(performance.now() - began < 2000);
  assert.equal(sent.status, 503);
  assert.match(sent.text, /보낸 내용은 처리하지 않았습니다/);
  assert.doesNotMatch(sent.text, /come_back/);
  assert.equal(asked.status, 503);
  assert.match(JSON.parse(asked.text).error, /Redis/);
});

test('when it is back and empty, remembered people are in without a password and others sign in', async () => {
  await server.start();
  for (let turn = 0; (await office.stranger().get('/sign-in')).status !== 200; turn++) {
    assert.ok(turn < 100, 'pages are back');
    await sleep(50);
  }
  assert.equal((await remembered.get('/account')).status, 200);
  assert.match((await person.get('/account')).location, /^\/sign-in/);
  assert.equal((await (await office.as('delivery')).get('/account')).status, 200);
});
