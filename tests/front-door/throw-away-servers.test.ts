import assert from 'node:assert/strict';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openDb } from '#lib/db.ts';
import { openRedis } from '#lib/redis.ts';
import { startThrowAwayServers } from '../../bin/throw-away-servers.ts';
import { startCommand, temporaryFolder } from './processes.ts';

test('throw-away servers answer, and nothing is left of them', async () => {
  using base = temporaryFolder();
  {
    using servers = await startThrowAwayServers(base.path);
    const db = openDb(servers.databaseUrl);
    assert.equal((await db.raw('select 1 as one'))[0][0].one, 1);
    await db.destroy();
    const kv = openRedis(servers.redisUrl);
    assert.equal(await kv.ping(), 'PONG');
    kv.disconnect();
  }
  assert.deepEqual(readdirSync(base.path), []);
});

test('what a killed run left behind is cleared away by the next one', async () => {
  using base = temporaryFolder();
  const code = `
    import { startThrowAwayServers } from ${JSON.stringify(import.meta.resolve('../../bin/throw-away-servers.ts'))};
    globalThis.servers = await startThrowAwayServers(${JSON.stringify(base.path)});
    setInterval(() => {}, 60_000);
    console.log('started');`;
  const killed = startCommand(process.execPath, ['--input-type=module', '-e', code]);
  await killed.says('started');
  const left = readdirSync(base.path);

  using _other = await startThrowAwayServers(base.path);
  assert.ok(readdirSync(base.path).includes(left[0]!), 'servers in use are left alone');

  killed.child.kill('SIGKILL');
  await killed.ended;
  utimesSync(join(base.path, left[0]!), 0, 0);
  using _next = await startThrowAwayServers(base.path);
  assert.ok(!readdirSync(base.path).includes(left[0]!));
});
