import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppModule } from '#lib/module.ts';
import { accounts } from '../../src/accounts/module.ts';
import { operations } from '../../src/operations/module.ts';
import { openOffice } from '../support/office.ts';

test('a job that failed tells why without values, runs again when somebody says so, and is recorded', async () => {
  let broken = true;
  const runs: number[] = [];
  const module: AppModule = {
    name: 'breaking',
    permissions: [],
    jobs: [
      {
        name: 'break',
        title: '깨지는 일',
        run: async (_ctx, data) => {
          runs.push(Number(data.importId));
          if (broken) throw new Error(`Duplicate entry '01012345678' for key 'phone'`);
        },
      },
      { name: 'nightly', title: '밤마다 하는 일', repeat: '20 4 * * *', run: async () => void runs.push(0) },
    ],
  };
  await using office = await openOffice({ modules: [accounts, module, operations([module])] });
  const admin = await office.as('admin');
  const { queue } = office.ctx().below!;
  await queue.add('break', { importId: 7 }, { attempts: 1 });
  await queue.add('break', { importId: 8 }, { attempts: 1 });
  await assert.rejects(office.runJobs());

  const page = (await admin.get('/admin/jobs')).text;
  assert.match(page, /깨지는 일/);
  assert.match(
    page,
    /Duplicate entry &#39;…&#39; for key &#39;phone&#39;|Duplicate entry '…' for key 'phone'/,
  );
  assert.doesNotMatch(page, /01012345678/);
  const { redis, config } = office.runtime;
  const kept = await redis.hmget(`${config.redisPrefix}:queue:jobs:1`, 'failedReason', 'stacktrace');
  assert.match(kept.join(), /Duplicate entry '…'[\s\S]*jobs\.test/);
  assert.doesNotMatch(kept.join(), /01012345678/, 'not in the queue either');
  assert.match(page, /href="\/imports\/7">가져오기 7/);
  assert.match((await admin.get('/admin/health')).text, /끝내지 못한 작업이 2개/);
  assert.match((await admin.get('/admin/jobs?q=8')).text, /총 1건/);

  broken = false;
  assert.equal((await admin.post('/admin/jobs/retry', { ids: '1' })).status, 303);
  assert.equal((await admin.post('/admin/jobs/discard', { ids: ['2', '1', '99'] })).status, 303);
  await office.runJobs();
  assert.deepEqual(runs, [7, 8, 7]);
  assert.match((await admin.get('/admin/jobs')).text, /실패한 작업이 없습니다/);
  assert.match((await admin.get('/admin/jobs?state=completed')).text, /깨지는 일/);
  const names = await office.runtime.db('events').where('name', 'like', 'jobs.%').orderBy('id').pluck('name');
  assert.deepEqual(names, ['jobs.retried', 'jobs.discarded']);

  assert.match((await admin.get('/admin/jobs?state=schedule')).text, /밤마다 하는 일[\s\S]*매일 04:20/);
  assert.equal((await admin.post('/admin/jobs/run', { name: 'nightly' })).status, 303);
  assert.equal((await admin.post('/admin/jobs/run', { name: 'break' })).status, 404, 'only what comes round');
  await office.runJobs();
  assert.deepEqual(runs, [7, 8, 7, 0]);
  assert.equal((await admin.post('/admin/jobs/retry', {})).status, 409);
  const clerk = await office.as('office');
  assert.equal((await clerk.get('/admin/jobs')).status, 403);
  assert.equal((await clerk.post('/admin/jobs/retry', { ids: '1' })).status, 403);
});
