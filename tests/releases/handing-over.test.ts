import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Ctx } from '#lib/ctx.ts';
import { createLog } from '#lib/log.ts';
import type { JobDefinition } from '#lib/module.ts';
import { openQueue, startJobs } from '#lib/queue.ts';
import { openBlockingRedis } from '#lib/redis.ts';
import { testServers } from '../support/servers.ts';

/** Two workers of one queue, as two releases beside each other have them; they note what they ran. */
async function openWorkers(jobsOf: (worker: 'old' | 'new') => JobDefinition[]) {
  const { redisUrl } = await testServers();
  const redisPrefix = `test-${randomBytes(6).toString('hex')}`;
  const stack = new AsyncDisposableStack();
  const open = async (worker: 'old' | 'new') => {
    const redis = openBlockingRedis(redisUrl);
    stack.defer(() => redis.disconnect());
    const jobs = await startJobs({
      redis,
      redisPrefix,
      modules: [{ name: 'test', permissions: [], jobs: jobsOf(worker) }],
      ctxFor: () => ({}) as Ctx,
      log: createLog('silent', 'test'),
      standby: true,
    });
    stack.defer(() => jobs.close());
    return jobs;
  };
  const redis = openBlockingRedis(redisUrl);
  const queue = openQueue(redis, redisPrefix);
  stack.defer(async () => {
    await queue.close();
    const keys = await redis.keys(`${redisPrefix}:*`);
    if (keys.length > 0) await redis.del(keys);
    redis.disconnect();
  });
  return {
    old: await open('old'),
    new: await open('new'),
    queue,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = Date.now() + 15_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < giveUpAt, 'it did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a job that had begun is finished where it began, all others are run by who has taken over, each once', async () => {
  const ran: string[] = [];
  const goOn = Promise.withResolvers<void>();
  await using workers = await openWorkers((worker) => [
    { name: 'short', run: async (_ctx, { n }) => void ran.push(`${worker} ${n}`) },
    {
      name: 'long',
      run: async () => {
        ran.push(`${worker} begins`);
        await goOn.promise;
        ran.push(`${worker} ends`);
      },
    },
  ]);
  await workers.queue.add('long', {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(ran.length, 0, 'who stands by runs nothing');

  await workers.old.follow(true);
  await until(() => ran.includes('old begins'));
  const rest = await workers.old.follow(false);
  await workers.new.follow(true);
  for (let n = 0; n < 20; n++) await workers.queue.add('short', { n });
  await until(() => ran.filter((one) => one.startsWith('new ')).length === 20);
  goOn.resolve();
  await rest?.done;
  assert.equal(ran.filter((one) => one === 'old ends').length, 1);
  assert.equal(new Set(ran).size, 22);

  await workers.new.follow(false);
  await workers.old.follow(true);
  await workers.queue.add('short', { n: 99 });
  await until(() => ran.includes('old 99'));
  assert.equal(await workers.queue.getFailedCount(), 0);
});

test('a job only the newer release knows waits for it', async () => {
  const ran: string[] = [];
  await using workers = await openWorkers((worker) =>
    worker === 'new' ? [{ name: 'novel', run: async () => void ran.push(worker) }] : [],
  );
  await workers.old.follow(true);
  await workers.queue.add('novel', {});
  await until(async () => (await workers.queue.getDelayedCount()) === 1);
  await workers.old.follow(false);
  await workers.new.follow(true);
  await until(() => ran.length > 0);
  assert.deepEqual([ran, await workers.queue.getFailedCount()], [['new'], 0]);
});
