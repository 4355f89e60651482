import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import type { AppModule, JobDefinition } from '#lib/module.ts';
import { openQueue, startJobs } from '#lib/queue.ts';
import { openBlockingRedis, openRedis } from '#lib/redis.ts';
import { openOffice } from '../support/office.ts';

const withJobs = (...jobs: JobDefinition[]): AppModule[] => [{ name: 'working', permissions: [], jobs }];

test('a job runs with the context of the system and its own id, also in what it records', async () => {
  const seen: unknown[] = [];
  const job: JobDefinition = {
    name: 'look',
    run: async (ctx, data) => {
      seen.push(ctx.actor.name, data.importId, ctx.requestId);
    },
  };
  await using office = await openOffice({ modules: withJobs(job) });
  await office.runtime.jobs.add('look', { importId: 7 });
  await office.runJobs();
  assert.deepEqual(seen, ['모아', 7, 'job-1']);
});

test('a job with the id of one that waits or runs is not added, and is added once that has ended', async () => {
  let runs = 0;
  const job: JobDefinition = {
    name: 'count',
    run: async (ctx) => {
      runs++;
      await ctx.jobs.add('count', {}, 'import:7');
    },
  };
  await using office = await openOffice({ modules: withJobs(job) });
  const { jobs } = office.runtime;
  await Promise.all([jobs.add('count', {}, 'import:7'), jobs.add('count', {}, 'import:7')]);
  await office.runJobs();
  assert.equal(runs, 1);
  await jobs.add('count', {}, 'import:7');
  await office.runJobs();
  assert.equal(runs, 2);
});

test('a job that fails runs again; one that is refused does not', async () => {
  const runs = { failing: 0, refused: 0 };
  const failing: JobDefinition = {
    name: 'failing',
    run: async () => {
      if (++runs.failing < 2) throw new Error('the database went away');
    },
  };
  const refused: JobDefinition = {
    name: 'refused',
    run: async () => {
      runs.refused++;
      throw new Refusal('파일이 없습니다.');
    },
  };
  await using office = await openOffice({ modules: withJobs(failing, refused) });
  await office.runtime.jobs.add('failing', {});
  await office.runJobs();
  assert.equal(runs.failing, 2);
  await office.runtime.jobs.add('refused', {});
  await assert.rejects(office.runJobs(), /파일이 없습니다\./);
  assert.equal(runs.refused, 1);
});

test('progress is reported at most every quarter second, and the last report always', async () => {
  const job: JobDefinition = {
    name: 'steps',
    run: async (_ctx, _data, progress) => {
      for (let done = 1; done <= 10_000; done++) progress(done, 10_000, '읽는 중');
    },
  };
  await using office = await openOffice({ modules: withJobs(job) });
  const { redis, config, jobs } = office.runtime;
  await jobs.add('steps', {});
  await office.runJobs();
  const queue = openQueue(redis, config.redisPrefix);
  const [finished] = await queue.getCompleted();
  assert.deepEqual(finished?.progress, { done: 10_000, total: 10_000, stage: '읽는 중' });
  await queue.close();
});

test('a job that comes round has one clock, however many workers set it, and none when it is gone', async () => {
  const nightly: JobDefinition = { name: 'nightly', repeat: '0 4 * * *', run: async () => {} };
  await using office = await openOffice({ modules: [] });
  const { redis, config, log, ctxFor } = office.runtime;
  const queue = openQueue(redis, config.redisPrefix);
  const clocks = async (modules: AppModule[]) => {
    const blocking = openBlockingRedis(config.redisUrl);
    const worker = await startJobs({
      redis: blocking,
      redisPrefix: config.redisPrefix,
      modules,
      ctxFor: (id) => ctxFor(office.ctx().actor, id),
      log,
    });
    const schedulers = await queue.getJobSchedulers();
    await worker.close();
    blocking.disconnect();
    return schedulers.map(({ key, tz, next }) => [key, tz, new Date(next as number).getHours()]);
  };
  assert.deepEqual(await clocks(withJobs(nightly)), [['nightly', 'Asia/Seoul', 4]]);
  assert.deepEqual(await clocks(withJobs(nightly)), [['nightly', 'Asia/Seoul', 4]]);
  assert.deepEqual(await clocks(withJobs()), []);
  await queue.close();
});

test('a worker that is to end waits for its job, but not for ever, and the job is left for another', async () => {
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const run = async () => {
    begun.resolve();
    await goOn.promise;
  };
  await using office = await openOffice({ modules: [] });
  const { config, log, ctxFor, jobs } = office.runtime;
  const redis = openBlockingRedis(config.redisUrl);
  const worker = await startJobs({
    redis,
    redisPrefix: config.redisPrefix,
    modules: withJobs({ name: 'long', run }),
    ctxFor: (id) => ctxFor(office.ctx().actor, id),
    log,
  });
  await jobs.add('long', {});
  await begun.promise;
  const asked = performance.now();
  await worker.close(100);
  redis.disconnect();
  assert.ok(performance.now() - asked < 3000);
  goOn.resolve();
  const queue = openQueue(office.runtime.redis, config.redisPrefix);
  assert.equal(await queue.getActiveCount(), 1);
  await queue.close();
});

test('a connection that is told to quit does not come back', async () => {
  await using office = await openOffice({ modules: [] });
  const redis = openRedis(office.config.redisUrl);
  const id = String(await redis.client('ID'));
  await redis.quit();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(redis.status, 'end');
  assert.doesNotMatch(String(await office.runtime.redis.client('LIST')), new RegExp(`^id=${id} `, 'm'));
});
