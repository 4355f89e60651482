import { setPriority } from 'node:os';
import { type Config, readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { runProcess } from '#lib/process.ts';
import { startJobs } from '#lib/queue.ts';
import { openBlockingRedis, tellOutages } from '#lib/redis.ts';
import { openRuntime } from '#lib/runtime.ts';
import { watchSlot } from '#lib/slot.ts';
import { watchProcess } from '#operations';
import { modules } from './modules.ts';

/** Runs background jobs until closed. */
export async function startWorker(config: Config): Promise<{ close(): Promise<void> }> {
  const runtime = await openRuntime(config, 'worker');
  const { log } = runtime;
  const redis = openBlockingRedis(config.redisUrl);
  tellOutages(redis, log, 'jobs');
  const watching = await watchProcess(runtime, 'worker');
  const jobs = await startJobs({
    redis,
    redisPrefix: config.redisPrefix,
    modules,
    ctxFor: (requestId) => runtime.ctxFor(systemActor, requestId),
    log,
    observer: watching.jobs,
    standby: config.slot !== undefined,
  });
  const slot = config.slot && watchSlot(config.slot, log);
  await slot?.follow(jobs.follow);
  log.info('worker is ready');

  return {
    async close() {
      slot?.close();
      await jobs.close();
      redis.disconnect();
      await watching.close();
      await runtime.close();
    },
  };
}

/** Pages go before jobs: whoever waits for a page waits for it alone. Processes that a job starts are nice as well. */
const niceness = 10;

if (import.meta.main) {
  setPriority(niceness);
  void runProcess(() => startWorker(readConfig(process.env)));
}
