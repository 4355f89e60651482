import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openReplicated } from '#lib/replicated.ts';
import { countSentinels } from '#lib/sentinels.ts';
import { findRedis } from '../../bin/installed-programs.ts';
import { freePort } from '../../bin/web-address.ts';
import { createClient } from '../support/client.ts';
import { castPassword, type Office, openOffice } from '../support/office.ts';

/** A primary, a replica and a sentinel; the tests go one after the other. */
const folder = mkdtempSync(join(tmpdir(), 'moa-sentinel-'));
const started: ChildProcess[] = [];
let primary: ChildProcess;
let replica: ChildProcess;
let office: Office;

before(async () => {
  const [one, two, three] = [await port(), await port(), await port()];
  primary = await start('one', one, []);
  replica = await start('two', two, [
    '--replicaof',
    '127.0.0.1',
    String(one),
    '--repl-diskless-sync-delay',
    '0',
  ]);
  await following(two);
  const config = join(folder, 'sentinel.conf');
  writeFileSync(
    config,
    `port ${three}\nsentinel monitor moa 127.0.0.1 ${one} 1\nsentinel down-after-milliseconds moa 500\nsentinel failover-timeout moa 3000\n`,
  );
  await start('sentinel', three, [], [config, '--sentinel']);
  const settings = { REDIS_URL: '', REDIS_SENTINELS: `127.0.0.1:${three}`, REDIS_MASTER: 'moa' };
  office = await openOffice({ settings });
});
after(async () => {
  replica?.kill('SIGCONT');
  await office?.[Symbol.asyncDispose]();
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

const port = () => freePort(0, '127.0.0.1');

async function start(name: string, at: number, more: string[], command?: string[]): Promise<ChildProcess> {
  mkdirSync(join(folder, name));
  const args = command ?? ['--port', String(at), '--dir', join(folder, name), '--save', '', ...more];
  const child = spawn(findRedis() ?? 'redis-server', args, { stdio: 'ignore', cwd: join(folder, name) });
  started.push(child);
  await answers(at, async (redis) => (await redis.ping()) === 'PONG');
  return child;
}

const following = (at: number) =>
  answers(at, async (redis) => /master_link_status:up/.test(await redis.info('replication')));

async function answers(at: number, isSo: (redis: Redis) => Promise<boolean>): Promise<void> {
  const redis = new Redis(at, { retryStrategy: () => 50 });
  redis.on('error', () => {});
  for (let turn = 0; !(await isSo(redis).catch(() => false)); turn++) {
    assert.ok(turn < 200, `the server on ${at}`);
    await sleep(50);
  }
  redis.disconnect();
}

const login = { login: 'hana', password: castPassword };

test('a sign-in and a sign-out that a replica has are told', async () => {
  const person = await office.as('office');
  assert.equal((await person.get('/account')).status, 200);
  assert.equal((await person.post('/sign-out')).status, 303);
});

test('without a replica nobody is told that they are in, and nobody is', async () => {
  replica.kill('SIGSTOP');
  try {
    const person = office.stranger();
    const answer = await person.post('/sign-in', login);
    assert.equal(answer.status, 503);
    assert.match(answer.text, /확실하게 저장하지 못해 로그인하지 않았습니다/);
    assert.equal(person.cookie('moa.sid'), undefined);
    assert.match((await person.get('/account')).location, /^\/sign-in/);
    await nobodyWaitsForOthers();
  } finally {
    replica.kill('SIGCONT');
  }
});

async function nobodyWaitsForOthers(): Promise<void> {
  const { redis } = office.runtime;
  const replicated = openReplicated(office.config.redisUrl, redis, 1500);
  const write = async (name: string) => {
    const began = performance.now();
    assert.equal(await replicated.write(['set', `kept-${name}`, '1', 'PX', 60_000]), false);
    return performance.now() - began;
  };
  const first = write('first');
  await sleep(300);
  const took = [await write('second'), await first];
  replicated.close();
  assert.ok(Math.max(...took) < 2500, `${took}`);
}

test('sentinels that cannot change the primary are missed', async () => {
  const { redisUrl } = office.config;
  assert.deepEqual(await countSentinels(redisUrl), { wanted: 1, usable: 1 });
  assert.deepEqual(await countSentinels(`${redisUrl}&sentinel=127.0.0.1:1`), { wanted: 2, usable: 1 });
  const another = redisUrl.replace('//moa', '//unknown');
  assert.deepEqual(await countSentinels(another), { wanted: 1, usable: 0 });
  assert.deepEqual(await countSentinels('redis://127.0.0.1:1'), { wanted: 0, usable: 0 });
});

test('what is refused keeps nobody else from being kept', async () => {
  const { redis } = office.runtime;
  await redis.rpush('a-list', '1');
  const replicated = openReplicated(office.config.redisUrl, redis, 500);
  const kept = await Promise.all([
    replicated.write(['set', 'before', '1']),
    replicated.write(['set', 'one', '1'], ['incr', 'a-list']),
    replicated.write(['set', 'other', '1']),
  ]);
  replicated.close();
  assert.deepEqual(kept, [true, false, true]);
});

test('who was told that they are in stays in when the primary dies, and requests only wait', async () => {
  const [delivery, office1] = [await office.as('delivery'), createClient(office.url)];
  for (let turn = 0; (await office1.post('/sign-in', login)).status !== 303; turn++) assert.ok(turn < 3);
  primary.kill('SIGKILL');
  const answers = await Promise.all(
    [1, 2, 3, 4].flatMap(() => [delivery.get('/account'), office1.get('/account')]),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
});
