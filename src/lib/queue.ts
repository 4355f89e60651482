import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { watchJobClocks } from '#lib/job-clocks.ts';
import { createJobTurns } from '#lib/job-turns.ts';
import type { AppModule, JobData, JobDefinition } from '#lib/module.ts';
import { longestBlockSeconds } from '#lib/redis.ts';
import { safeError } from '#lib/safe-errors.ts';
import type { Change } from '#lib/slot.ts';

export const queueName = 'jobs';

/** What a running job tells those who watch. */
export interface Progress {
  done: number;
  total: number;
  stage: string;
}

/** BullMQ keeps its keys apart from sessions of the same install. */
export function queuePrefix(redisPrefix: string): string {
  return `${redisPrefix}:queue`;
}

const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: { count: 200, age: 24 * 3600 },
  removeOnFail: { count: 500, age: 7 * 24 * 3600 },
};

export function openQueue(redis: Redis, redisPrefix: string): Queue<JobData> {
  const queue = new Queue<JobData>(queueName, {
    connection: redis,
    prefix: queuePrefix(redisPrefix),
    defaultJobOptions: jobOptions,
  });
  queue.on('error', () => {}); // the owner of the connection logs its errors already
  return queue;
}

/** What happens in the queue. The connection, from `openBlockingRedis`, is used up by it. */
export function openQueueEvents(blocking: Redis, redisPrefix: string): QueueEvents {
  return new QueueEvents(queueName, {
    connection: blocking,
    prefix: queuePrefix(redisPrefix),
    blockingTimeout: longestBlockSeconds * 1000,
  });
}

/** BullMQ waits up to ten seconds at a time; a connection that has died would be noticed no sooner. */
class BriefWorker<Data> extends Worker<Data> {
  override get maximumBlockTimeout(): number {
    return longestBlockSeconds;
  }
}

/** Hears how jobs go. */
export interface JobObserver {
  worked(job: string, stage: string, rows: number): void;
  ended(job: string, outcome: 'done' | 'refused' | 'failed', seconds: number): void;
  stalled(): void;
}

export interface WorkerParts {
  /** A connection for blocking commands: `openBlockingRedis`. */
  redis: Redis;
  redisPrefix: string;
  modules: readonly AppModule[];
  ctxFor: (requestId: string) => Ctx;
  log: Logger;
  observer?: JobObserver;
  /** Runs nothing before it is told to. */
  standby?: boolean;
}

export interface RunningJobs {
  /** Takes up the work, or lays it down for the worker of another release. */
  follow: Change;
  /** Waits so long for what runs; what is not done by then is taken up by the next worker. */
  close(patienceMs?: number): Promise<void>;
}

/**
 * Runs the jobs of all modules. A worker that dies loses its lock after 15 s; the next look, at most 5 s later,
 * gives its job to another.
 */
export async function startJobs(parts: WorkerParts): Promise<RunningJobs> {
  const { redis, redisPrefix, modules, log, standby = false } = parts;
  const definitions = new Map(modules.flatMap((module) => module.jobs ?? []).map((job) => [job.name, job]));
  const repeating = [...definitions.values()];
  if (!standby) await scheduleRepeats(parts, repeating);

  const turns = createJobTurns(!standby);
  const run = (job: Job<JobData>, token?: string) => {
    const definition = definitions.get(job.name);
    return turns.take(job, token, definition && (() => runJob(parts, definition, job)));
  };
  const worker = new BriefWorker<JobData>(queueName, run, {
    autorun: !standby,
    connection: redis,
    prefix: queuePrefix(redisPrefix),
    concurrency: 3, // two may be waiting for large downloads: see downloads/making.ts
    lockDuration: 15_000,
    stalledInterval: 5_000,
    maxStalledCount: 10,
    drainDelay: longestBlockSeconds,
    runRetryDelay: 1000,
  });
  // A Redis that came back may have come back empty, or without the last of what it was told.
  const setClocks = () =>
    void scheduleRepeats(parts, repeating).catch((error) => log.error({ err: error }, 'no clock was set'));
  worker.on('error', (error) => log.error({ err: error }, 'worker'));
  worker.on('stalled', (jobId) => {
    parts.observer?.stalled();
    log.warn({ jobId }, 'job was left by its worker and runs again');
  });
  worker.on('failed', (job, error) =>
    log.error({ jobId: job?.id, job: job?.name, attempt: job?.attemptsMade, err: error }, 'job failed'),
  );
  await worker.waitUntilReady();
  if (!standby) redis.on('ready', setClocks);
  let isLive = !standby;
  const clocks = watchJobClocks(openQueue(redis, redisPrefix), () => {
    if (isLive) setClocks();
  });
  return {
    async follow(live) {
      isLive = live;
      redis.off('ready', setClocks);
      if (live) redis.on('ready', setClocks);
      if (!live) {
        await worker.pause(true);
        return { done: turns.lay() };
      }
      turns.begin();
      await worker.resume();
      await scheduleRepeats(parts, repeating); // the clocks are those of the release that runs them
      return undefined;
    },
    async close(patienceMs = 10_000) {
      redis.off('ready', setClocks);
      await clocks.close();
      await closeWorker(worker, patienceMs);
    },
  };
}

async function runJob(
  { ctxFor, log, observer }: WorkerParts,
  definition: JobDefinition,
  job: Job<JobData>,
): Promise<void> {
  const ctx = ctxFor(`job-${job.id}`);
  const progress = throttledProgress(job, log);
  const watched = observer && watchRun(observer, job.name);
  const report: typeof progress.report = (done, total, stage) => {
    watched?.report(done, stage);
    progress.report(done, total, stage);
  };
  try {
    await definition.run(ctx, job.data, report);
    watched?.ended('done');
  } catch (error) {
    watched?.ended(error instanceof Refusal ? 'refused' : 'failed');
    if (error instanceof Refusal) throw new UnrecoverableError(error.message);
    throw withoutPeople(error);
  } finally {
    await progress.flush();
  }
}

/** The queue keeps message and stack of what failed for a week: nobody's name or number lies there. */
function withoutPeople(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack } = safeError(error);
  return Object.defineProperties(error, { message: { value: message }, stack: { value: stack } });
}

/** A job tells how far it is; what it has worked through since it told last is what it has done. */
function watchRun(observer: JobObserver, name: string) {
  const began = performance.now();
  let last = { stage: '', done: 0 };
  return {
    report(done: number, stage: string) {
      const before = last.stage === stage ? last.done : 0;
      if (done > before) observer.worked(name, stage, done - before);
      last = { stage, done };
    },
    ended(outcome: 'done' | 'refused' | 'failed') {
      observer.ended(name, outcome, (performance.now() - began) / 1000);
    },
  };
}

/** At most four reports a second; the last one always arrives. */
function throttledProgress(job: Job<JobData>, log: Logger) {
  let latest: Progress | undefined;
  let sentAt = 0;
  let sending: Promise<void> = Promise.resolve();

  const send = () => {
    if (!latest) return;
    const progress = latest;
    latest = undefined;
    sentAt = Date.now();
    sending = sending
      .then(() => job.updateProgress(progress))
      .catch((error) => log.warn({ jobId: job.id, err: error }, 'progress was not sent'));
  };
  return {
    report(done: number, total: number, stage: string) {
      latest = { done, total, stage };
      if (Date.now() - sentAt >= 250) send();
    },
    async flush() {
      send();
      await sending;
    },
  };
}

/** Sets the clock of the jobs that come round, and stops the clock of those that no longer do. */
async function scheduleRepeats({ redis, redisPrefix }: WorkerParts, jobs: JobDefinition[]): Promise<void> {
  const queue = openQueue(redis, redisPrefix);
  try {
    const repeating = jobs.filter((job) => job.repeat);
    for (const job of repeating) {
      const clock = { pattern: job.repeat as string, tz: 'Asia/Seoul' };
      await queue.upsertJobScheduler(job.name, clock, { name: job.name, data: {} });
    }
    for (const scheduler of await queue.getJobSchedulers()) {
      if (!repeating.some((job) => job.name === scheduler.key)) await queue.removeJobScheduler(scheduler.key);
    }
  } finally {
    await queue.close();
  }
}

/** A close that has begun cannot be made to hurry; without its connections a job that goes on loses its lock. */
async function closeWorker(worker: Worker<JobData>, patienceMs: number): Promise<void> {
  const inTime = await Promise.race([worker.close().then(() => true), sleep(patienceMs, false)]);
  if (!inTime) worker.disconnect().catch(() => {});
}
