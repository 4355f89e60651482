import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { JobSender } from '#lib/ctx.ts';
import type { JobData } from '#lib/module.ts';
import { openQueue } from '#lib/queue.ts';
import { isLongAway, isRedisAway } from '#lib/redis.ts';

/** So long somebody waits whose work is handed over while Redis changes servers. */
const patienceMs = 2000;
const againMs = 1000;
const mostKept = 1000;

interface SentJob {
  name: string;
  data: JobData;
  id?: string;
}

/**
 * Hands work to the worker. What is to be done stands in the database before, and jobs that come round find there what
 * nobody does: so an act is done even when its job cannot be handed over, and this process tries again as long as it
 * lives. The connection stays open for its owner to close.
 */
export function createJobSender(
  redis: Redis,
  redisPrefix: string,
  log: Logger,
): JobSender & { queue: Queue<JobData>; close(): Promise<void> } {
  const queue = openQueue(redis, redisPrefix);
  const late: SentJob[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closing = false;

  async function send(job: SentJob): Promise<void> {
    await queue.add(job.name, job.data, job.id ? { deduplication: { id: job.id } } : {});
  }

  /** Sends it, or keeps it for later when Redis is away. */
  async function sendOrKeep(job: SentJob): Promise<void> {
    try {
      await send(job);
    } catch (error) {
      if (!isRedisAway(error)) throw error;
      log.warn({ job: job.name, err: error }, 'a job waits for Redis');
      keep(job);
    }
  }

  function keep(job: SentJob): void {
    if (closing) return;
    if (late.length < mostKept) late.push(job);
    timer ??= setTimeout(sendLate, againMs).unref();
  }

  function sendLate(): void {
    timer = undefined;
    for (const job of late.splice(0)) {
      if (isLongAway(redis)) keep(job);
      else sendOrKeep(job).catch((error) => log.error({ job: job.name, err: error }, 'a job was not sent'));
    }
  }

  return {
    queue,
    async add(name, data, id) {
      const job = { name, data, id };
      if (isLongAway(redis)) return keep(job);
      const sent = sendOrKeep(job);
      await Promise.race([sent, sleep(patienceMs, undefined, { ref: false })]);
      sent.catch((error) => log.error({ job: name, err: error }, 'a job was not sent'));
    },
    close() {
      closing = true;
      clearTimeout(timer);
      return queue.close();
    },
  };
}
