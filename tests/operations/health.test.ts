import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import { modules } from '../../src/modules.ts';
import { watchProcess } from '../../src/operations/watching.ts';
import { startWorker } from '../../src/worker.ts';
import { type Office, openOffice } from '../support/office.ts';

let office: Office;
let port: number;
before(async () => {
  port = await freePort();
  office = await openOffice({
    settings: {
      METRICS_PORT: String(port),
      OIDC_ISSUER: `http://127.0.0.1:${await freePort()}`, // nobody listens there
      OIDC_CLIENT_ID: 'moa',
      OIDC_CLIENT_SECRET: 'x',
    },
  });
});
after(() => office[Symbol.asyncDispose]());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port: found } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return found;
}

const readMetrics = async (at = port) => (await fetch(`http://127.0.0.1:${at}/metrics`)).text();
/** The value of the series whose labels hold these words. */
const seriesOf = (text: string, name: string, ...words: string[]) => {
  const line = text
    .split('\n')
    .find((one) => new RegExp(`^${name}[ {]`).test(one) && words.every((word) => one.includes(word)));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

test('the metrics stand on a port of their own, and nothing else does', async () => {
  const client = await office.as('admin');
  await client.get('/orders?q=010-1234-5678');
  await client.get('/orders/999999');
  await client.get('/no/such/page');
  const text = await readMetrics();
  const count = (...words: string[]) => seriesOf(text, 'moa_http_request_duration_seconds_count', ...words);
  assert.ok(count('method="GET"', 'route="/orders"', 'status="200"')! >= 1);
  assert.equal(count('route="/orders/:id"', 'status="404"'), 1);
  assert.equal(count('route="(none)"', 'status="404"'), 1);
  assert.ok(seriesOf(text, 'moa_db_query_duration_seconds_count')! > 5);
  assert.ok(seriesOf(text, 'moa_db_pool_wait_seconds_count')! > 5);
  assert.equal(seriesOf(text, 'moa_db_up'), 1);
  assert.equal(seriesOf(text, 'moa_redis_up'), 1);
  assert.ok(seriesOf(text, 'moa_sessions')! >= 1);
  const people = seriesOf(text, 'moa_signed_in_people')!;
  const leaving = await office.as('delivery');
  assert.equal(seriesOf(await readMetrics(), 'moa_signed_in_people'), people + 1);
  await leaving.post('/sign-out');
  assert.equal(seriesOf(await readMetrics(), 'moa_signed_in_people'), people);
  assert.ok(seriesOf(text, 'process_resident_memory_bytes')! > 1e6);
  assert.doesNotMatch(text, /010-?1234|no\/such/, 'no values of people, no addresses that somebody made up');
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
  assert.equal((await client.get('/metrics')).status, 404);
});

test('a query that is slow, and one that fails, are counted', async () => {
  const { runtime } = office;
  const before = await readMetrics();
  const watching = await watchProcess(
    { ...runtime, config: { ...runtime.config, metrics: undefined } },
    'web',
  );
  await runtime.db.raw('select sleep(0.55)');
  await assert.rejects(runtime.db.raw('select * from no_such_table'));
  const text = await watching.metrics.registry.metrics();
  await watching.close();
  assert.equal(seriesOf(text, 'moa_db_slow_queries_total'), 1);
  assert.equal(seriesOf(text, 'moa_db_query_errors_total', 'ER_NO_SUCH_TABLE'), 1);
  assert.equal(seriesOf(before, 'moa_db_query_errors_total', 'ER_NO_SUCH_TABLE'), undefined);
});

test('a socket is counted while it is open, with why it closed and how long its page was without it', async () => {
  const client = await office.as('admin');
  const extraHeaders = { origin: office.url, cookie: `moa.sid=${client.cookie('moa.sid')}` };
  const socket = io(office.url, { transports: ['websocket'], extraHeaders, reconnection: false });
  await new Promise((done) => socket.once('connect', () => done(undefined)));
  socket.emit('back', 1200);
  socket.emit('back', 'nonsense');
  socket.emit('watch', { importId: 1 });
  const until = async (holds: (text: string) => boolean) => {
    for (;;) {
      const text = await readMetrics();
      if (holds(text)) return text;
    }
  };
  await until((text) => seriesOf(text, 'moa_socket_reconnect_seconds_count') === 1);
  assert.equal(seriesOf(await readMetrics(), 'moa_socket_reconnect_seconds_sum'), 1.2);
  assert.equal(seriesOf(await readMetrics(), 'moa_sockets'), 1);
  socket.disconnect();
  const text = await until((now) => seriesOf(now, 'moa_sockets') === 0);
  assert.equal(seriesOf(text, 'moa_socket_disconnects_total', 'client namespace disconnect'), 1);
});

test('who runs is told with version and since when; a process that is closed is gone, one that dies is missed', async () => {
  const client = await office.as('admin');
  const missing = /작업 서버가 하나도 없습니다/;
  assert.match((await client.get('/admin/health')).text, missing);
  const worker = await startWorker(office.config);
  const { text } = await client.get('/admin/health');
  assert.doesNotMatch(text, missing);
  assert.match(text, /작업 서버<\/th>\s*<td><span class="tag tone-green">동작 중/);
  const metrics = await readMetrics(port + 1);
  assert.equal(seriesOf(metrics, 'moa_processes', 'kind="worker"', 'state="alive"'), 1);
  assert.equal(seriesOf(metrics, 'moa_process_info', 'kind="worker"'), 1);
  await worker.close();
  assert.match((await client.get('/admin/health')).text, missing);

  const { redis, config } = office.runtime;
  const dead = {
    id: 'dead',
    kind: 'web',
    version: '1',
    host: 'moa-b',
    pid: 77,
    slot: 'blue',
    live: true,
    startedAt: 0,
    seenAt: Date.now() - 60_000,
    clockAheadMs: 0,
    memory: 1,
    disks: [],
  };
  await redis.hset(`${config.redisPrefix}:processes`, 'dead', JSON.stringify(dead));
  assert.match(
    (await client.get('/admin/health')).text,
    /moa-b의 웹 서버\(프로세스 77\)가 말없이 멈췄습니다/,
  );
  await redis.hset(
    `${config.redisPrefix}:processes`,
    'dead',
    JSON.stringify({ ...dead, seenAt: Date.now() - 25 * 3600_000 }),
  );
  assert.doesNotMatch((await client.get('/admin/health')).text, /moa-b/);
});

test('a sign-in provider that is away is asked no more after a while, and the pages say so; the rest goes on', async () => {
  const stranger = office.stranger();
  const leave = () => stranger.get('/sign-in/provider', { 'sec-fetch-site': 'same-origin' });
  assert.match((await stranger.get('/sign-in')).text, /카카오로 로그인/);
  for (let i = 0; i < 2; i++) assert.equal((await leave()).status, 409);
  const { text } = await stranger.get('/sign-in');
  assert.match(text, /지금은 카카오 로그인이 되지 않습니다/);
  assert.doesNotMatch(text, /카카오로 로그인/);
  const admin = await office.as('admin');
  assert.match((await admin.get('/admin/health')).text, /카카오 로그인에 연결되지 않아/);
  const metrics = await readMetrics();
  const { host } = new URL(office.runtime.config.provider!.issuer);
  assert.equal(seriesOf(metrics, 'moa_outside_down', host), 1);
  assert.equal(seriesOf(metrics, 'moa_outside_requests_total', host, 'outcome="failed"'), 5);
});

test('the page tells of the last back-up, the last drill and the last check, and nobody but administrators sees it', async () => {
  const { db } = office.runtime;
  const at = new Date(Date.now() - 3600_000);
  await db('backup_runs').insert({
    kind: 'full',
    host: 'a',
    started_at: at,
    ended_at: at,
    bytes: 4_200_000_000,
  });
  await db('backup_runs').insert({
    kind: 'log',
    host: 'a',
    started_at: at,
    ended_at: new Date(),
    failure: '디스크가 찼습니다.',
  });
  const later = new Date(Date.now() + 1000);
  await db('backup_runs').insert({ kind: 'log', host: 'b', started_at: at, ended_at: later }); // hides nothing of a
  await db('restore_drills').insert({
    host: 'b',
    started_at: at,
    ended_at: at,
    rpo_seconds: 212,
    rto_seconds: 640,
    order_count: 1000,
  });
  await db('check_runs').insert({
    asked_by: 'schedule',
    started_at: at,
    ended_at: at,
    rule_count: 31,
    finding_count: 2,
  });
  const { text } = await (await office.as('admin')).get('/admin/health');
  for (const words of [
    /4\.2 GB/,
    /a의 5분 백업이 실패했습니다: 디스크가 찼습니다\./,
    /잃는 시간 212초/,
    /어긋남 2건/,
  ])
    assert.match(text, words);
  const metrics = await readMetrics();
  assert.equal(seriesOf(metrics, 'moa_check_findings'), 2);
  assert.equal(seriesOf(metrics, 'moa_last_run_failed', 'what="backup"'), 1);
  assert.equal(seriesOf(metrics, 'moa_last_success_timestamp_seconds', 'full_backup'), at.getTime() / 1000);
  assert.equal((await (await office.as('office')).get('/admin/health')).status, 403);
});

test('every problem and every job has its words, and every runbook that is named is there', async () => {
  const { readFileSync } = await import('node:fs');
  const rules = readFileSync(new URL('../../src/operations/problems.rules.ts', import.meta.url), 'utf8');
  const named = new Set([...rules.matchAll(/'([a-z-]+\.md)'/g)].map((match) => match[1]!));
  assert.ok(named.size > 5);
  const missing = [...named].filter(
    (name) => !existsSync(new URL(`../../docs/runbooks/${name}`, import.meta.url)),
  );
  assert.deepEqual(missing, []);
  const untitled = modules
    .flatMap(({ jobs = [] }) => jobs)
    .filter(({ title }) => !/[가-힣]/.test(title ?? ''));
  assert.deepEqual(
    untitled.map(({ name }) => name),
    [],
  );
});
