import type { Job } from 'bullmq';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { JobData, JobDefinition } from '#lib/module.ts';
import { below } from './health.ts';

/** Lets jobs that failed run again from the start; those that have not failed any more are left alone. */
export function retryJobs(ctx: Ctx, ids: readonly string[]): Promise<number> {
  return eachFailed(ctx, ids, 'jobs.retried', (job) => job.retry('failed', { resetAttemptsMade: true }));
}

/** Throws jobs away that failed. What they were about stays as it is. */
export function discardJobs(ctx: Ctx, ids: readonly string[]): Promise<number> {
  return eachFailed(ctx, ids, 'jobs.discarded', (job) => job.remove());
}

/** A job that comes round, once more and now; one that waits or runs already is enough. */
export async function runNow(
  ctx: Ctx,
  definitions: readonly JobDefinition[],
  name: string,
): Promise<JobDefinition> {
  const definition = definitions.find((one) => one.name === name && one.repeat !== undefined);
  if (!definition) throw new NotFound('없는 정기 작업입니다.');
  await transaction(ctx, (tx) => record(tx, 'jobs.run_now', 'job', 0, { job: name }));
  await ctx.jobs.add(name, {}, `run-now:${name}`);
  return definition;
}

async function eachFailed(
  ctx: Ctx,
  ids: readonly string[],
  event: string,
  act: (job: Job<JobData>) => Promise<unknown>,
): Promise<number> {
  const done: { id: string; job: string }[] = [];
  for (const id of ids) {
    const job = (await below(ctx).queue.getJob(id)) as Job<JobData> | undefined;
    if (!job || !(await job.isFailed())) continue;
    await act(job).then(
      () => done.push({ id, job: job.name }),
      (error) => ctx.log.warn({ err: error, jobId: id }, 'somebody else was faster with a failed job'),
    );
  }
  if (done.length > 0) await transaction(ctx, (tx) => record(tx, event, 'job', 0, { jobs: done }));
  return done.length;
}
