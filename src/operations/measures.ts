import type { Ctx } from '#lib/ctx.ts';
import type { Metrics } from '#lib/metrics.ts';
import { readFacts } from './health.ts';
import { measureDatabase } from './measures/database.ts';
import { measureOutside } from './measures/outside.ts';
import { measureProcesses } from './measures/processes.ts';
import { measureRedis } from './measures/redis.ts';
import { measureRuns } from './measures/runs.ts';
import { measureShop, readShop } from './measures/shop.ts';
import { measureQueue } from './measures/work.ts';

/** Gauges of what many processes share; each tells what it sees, so alerts take the greatest. */
export function measureShared(ctx: Ctx, metrics: Metrics): { refresh(): Promise<void> } {
  const { registry } = metrics;
  const database = measureDatabase(registry);
  const redis = measureRedis(registry);
  const queue = measureQueue(registry);
  const processes = measureProcesses(registry);
  const runs = measureRuns(registry);
  const shop = measureShop(registry);
  measureOutside(registry);

  return {
    async refresh() {
      const [facts, seen] = await Promise.all([readFacts(ctx), readShop(ctx)]);
      database(facts.database);
      redis(facts.redis, facts.sentinels);
      queue(facts.queue);
      processes(facts);
      runs(facts.runs, facts.wants);
      shop(seen);
    },
  };
}
