import type { Ctx } from '#lib/ctx.ts';
import { outsides } from '#lib/outside.ts';
import { isSentinel } from '#lib/redis.ts';
import { countSentinels } from '#lib/sentinels.ts';
import { type DatabaseState, readDatabase } from './database-state.ts';
import { listBeats } from './heartbeats.ts';
import { readLastRuns } from './last-runs.ts';
import { type Facts, findProblems, type Problem } from './problems.rules.ts';
import { disksOf, judgeProcesses } from './processes.rules.ts';
import { readQueue } from './queue-state.ts';
import { readRedis } from './redis-state.ts';

export interface Health extends Facts {
  problems: Problem[];
}

/** Asks everybody at once; who does not answer in time is told as such. */
export async function readHealth(ctx: Ctx): Promise<Health> {
  const facts = await readFacts(ctx);
  return { ...facts, problems: findProblems(facts) };
}

export async function readFacts(ctx: Ctx): Promise<Facts> {
  const { redis, queue } = below(ctx);
  const now = ctx.now().getTime();
  const [beats, database, redisState, sentinels, queueState, runs] = await Promise.all([
    orUndefined(ctx, 'processes', listBeats(redis, ctx.config)),
    orUndefined<DatabaseState>(ctx, 'database', readDatabase(ctx.db)),
    orUndefined(ctx, 'redis', readRedis(redis)),
    orUndefined(ctx, 'sentinels', countSentinels(ctx.config.redisUrl)),
    orUndefined(ctx, 'queue', readQueue(queue, now)),
    orUndefined(ctx, 'runs', readLastRuns(ctx)),
  ]);
  const processes = beats && judgeProcesses(beats.beats, beats.now);
  return {
    now,
    processes,
    disks: disksOf(processes ?? []),
    database,
    redis: redisState,
    sentinels,
    queue: queueState,
    runs,
    down: outsides().filter((one) => one.isDown()),
    wants: {
      replicas: isSentinel(ctx.config.redisUrl) ? 2 : 0,
      backups: ctx.config.slot !== undefined, // whoever releases by slots is in earnest
    },
  };
}

/** The servers behind a ctx; one that has none of them belongs to a process that looks after nothing. */
export function below(ctx: Pick<Ctx, 'below'>): NonNullable<Ctx['below']> {
  if (!ctx.below) throw new Error('this context knows nothing of the servers below');
  return ctx.below;
}

const patienceMs = 3000;

/** What it answers, if it does in time. */
export async function orUndefined<T>(
  ctx: Pick<Ctx, 'log'>,
  what: string,
  answer: Promise<T>,
): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), patienceMs);
  try {
    return await Promise.race([answer, late.promise]);
  } catch (error) {
    ctx.log.warn({ err: error, what }, 'a state could not be read');
    return undefined;
  } finally {
    clearTimeout(timer);
    answer.catch(() => {}); // it may fail when nobody waits for it any more
  }
}
