import type { Ctx } from '#lib/ctx.ts';
import { readHealth } from './health.ts';

const goodForMs = 15_000;

interface Known {
  count: number;
  askedAt: number;
}

/** What each process has seen last. */
const known = new WeakMap<object, Known>();

/** How many problems there are, for the menu. No page waits for it: it tells what was seen some seconds ago. */
export async function countProblems(ctx: Ctx): Promise<number> {
  if (!ctx.below) return 0;
  const seen: Known = known.get(ctx.below.redis) ?? { count: 0, askedAt: Number.NEGATIVE_INFINITY };
  known.set(ctx.below.redis, seen);
  const now = performance.now();
  if (now - seen.askedAt > goodForMs) {
    seen.askedAt = now;
    readHealth(ctx).then(
      ({ problems }) => {
        seen.count = problems.length;
      },
      (error) => ctx.log.warn({ err: error }, 'problems were not counted'),
    );
  }
  return seen.count;
}
