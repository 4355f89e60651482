import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { openDb } from '#lib/db.ts';
import { openRedis } from '#lib/redis.ts';
import { joinServers, privateMariadb, privateRedis } from '../../bin/private-servers.ts';
import { isAlive, startCommand, temporaryFolder } from './processes.ts';

const script = join(import.meta.dirname, 'user-of-servers.ts');

function startUser(folder: string, server: 'mariadb' | 'redis', prefix: string[] = []) {
  const [program, ...args] = [...prefix, process.execPath, script, folder, server];
  return startCommand(program!, args);
}

function serverPid(folder: string, server: 'mariadb' | 'redis'): number {
  return Number(readFileSync(join(folder, server, 'server.pid'), 'utf8'));
}

test('processes that start at once share one server, and the last to leave ends it', async () => {
  using folder = temporaryFolder();
  const [first, second] = [startUser(folder.path, 'redis'), startUser(folder.path, 'redis')];
  await Promise.all([first.says('joined'), second.says('joined')]);
  const pid = serverPid(folder.path, 'redis');

  first.child.kill('SIGTERM');
  assert.equal((await first.ended).code, 0);
  assert.equal(serverPid(folder.path, 'redis'), pid);
  assert.ok(privateRedis(folder.path).isRunning());

  second.child.kill('SIGTERM');
  assert.equal((await second.ended).code, 0);
  assert.ok(!privateRedis(folder.path).isRunning());
});

test('a server left by a killed process is adopted, keeps its data, and ends with its new user', async () => {
  using folder = temporaryFolder();
  const killed = startUser(folder.path, 'mariadb');
  await killed.says('joined');
  const pid = serverPid(folder.path, 'mariadb');
  killed.child.kill('SIGKILL');
  await killed.ended;

  const mariadb = privateMariadb(folder.path);
  assert.ok(mariadb.isRunning());
  const adopted = await mariadb.join();
  assert.equal(serverPid(folder.path, 'mariadb'), pid);
  const db = openDb(mariadb.url);
  const [[row]] = await db.raw(
    'select @@character_set_database as charset, @@collation_database as collation',
  );
  assert.deepEqual({ ...row }, { charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' });
  await db.destroy();

  await adopted.leave();
  assert.ok(!mariadb.isRunning());
});

test('a server that died is started again', async () => {
  using folder = temporaryFolder();
  await using servers = await joinServers([privateRedis(folder.path)], folder.path);
  assert.deepEqual(await servers.revive(), []);

  const dead = serverPid(folder.path, 'redis');
  process.kill(dead, 'SIGKILL');
  while (isAlive(dead)) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await servers.revive(), ['Redis']);
  assert.notEqual(serverPid(folder.path, 'redis'), dead);
});

test('the folder may have a long path in Hangul: the sockets then stand in a short folder of ours alone', async () => {
  using folder = temporaryFolder();
  const long = join(folder.path, '모아 자료'.repeat(4), '본점의 아주 긴 폴더 이름'.repeat(2));
  mkdirSync(long, { recursive: true });
  const [mariadb, redis] = [privateMariadb(long), privateRedis(long)];
  const socket = new URL(mariadb.url).searchParams.get('socketPath')!;
  assert.ok(Buffer.byteLength(socket) <= 103);
  {
    await using _servers = await joinServers([mariadb, redis], long);
    const db = openDb(mariadb.url);
    assert.equal((await db.raw('select 1 as one'))[0][0].one, 1);
    await db.destroy();
    const kv = openRedis(redis.url);
    assert.equal(await kv.ping(), 'PONG');
    kv.disconnect();
    assert.equal(lstatSync(dirname(socket)).mode & 0o777, 0o700);
  }
  rmSync(dirname(socket), { recursive: true });
  rmSync(dirname(new URL(redis.url).pathname), { recursive: true });
});

test('a Redis socket in a folder with spaces and Hangul is reached by its url', async () => {
  using folder = temporaryFolder('모아 #1 ');
  const redis = privateRedis(folder.path);
  await using _servers = await joinServers([redis], folder.path);
  const kv = openRedis(redis.url);
  assert.equal(await kv.ping(), 'PONG');
  kv.disconnect();
});

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const cannotBeNobody =
  spawnSync(asNobody[0]!, [...asNobody.slice(1), process.execPath, '--check', script]).status !== 0 &&
  'needs root, setpriv, and a project folder that others may read';

test('an ordinary user runs the servers too', { skip: cannotBeNobody }, async () => {
  using folder = temporaryFolder();
  chownSync(folder.path, 65534, 65534);
  chmodSync(folder.path, 0o700);
  const users = [startUser(folder.path, 'mariadb', asNobody), startUser(folder.path, 'redis', asNobody)];
  for (const user of users) await user.says('joined');
  assert.equal(lstatSync(join(folder.path, 'mariadb/server.sock')).uid, 65534);

  for (const user of users) {
    user.child.kill('SIGTERM');
    assert.equal((await user.ended).code, 0);
  }
});

test('a folder of somebody else is refused with a sentence', { skip: cannotBeNobody }, async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await startUser(folder.path, 'redis', asNobody).ended;
  assert.equal(code, 1);
  assert.match(stderr, /에 쓸 수 없습니다\. 이 폴더를 만든 사용자로 실행하거나 MOA_DATA에/);
});
