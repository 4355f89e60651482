import type { Redis } from 'ioredis';
import type { Config } from '#lib/config.ts';

export type JobOutcome = 'done' | 'refused' | 'failed';

/** How the last run of a job ended, however many others have come since. */
export interface LastRun {
  at: number;
  seconds: number;
  outcome: JobOutcome;
  /** When it last ended well. */
  doneAt: number | undefined;
}

const keyOf = ({ redisPrefix }: Pick<Config, 'redisPrefix'>) => `${redisPrefix}:job-runs`;

export async function keepRun(
  redis: Redis,
  config: Pick<Config, 'redisPrefix'>,
  job: string,
  run: Omit<LastRun, 'doneAt'>,
): Promise<void> {
  const told = { [`${job} last`]: JSON.stringify(run) };
  if (run.outcome === 'done') told[`${job} done`] = String(run.at);
  await redis.hset(keyOf(config), told);
}

export async function lastRuns(
  redis: Redis,
  config: Pick<Config, 'redisPrefix'>,
): Promise<Map<string, LastRun>> {
  const kept = await redis.hgetall(keyOf(config));
  const runs = new Map<string, LastRun>();
  for (const [key, text] of Object.entries(kept)) {
    const [job, what] = key.split(' ') as [string, string];
    if (what !== 'last') continue;
    const doneAt = kept[`${job} done`];
    runs.set(job, { ...(JSON.parse(text) as LastRun), doneAt: doneAt ? Number(doneAt) : undefined });
  }
  return runs;
}
