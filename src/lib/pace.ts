import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/** How long after the last page background work still holds back. */
const quietAfterMs = 3000;
/** A process says at most so often that pages are asked for. */
const sayEveryMs = 1000;

/** Keeps work nobody waits for out of the way of pages: processors and database are shared. */
export interface Pace {
  /** True while people are asking for pages: do one thing at a time then. */
  isAskedForPages(): Promise<boolean>;
  /** Call between two steps with what the last one took, in milliseconds: rests as long while pages are asked for. */
  rest(workedMs: number): Promise<void>;
}

/** For a process without Redis; whoever started it keeps the pace. */
export const unhurried: Pace = { isAskedForPages: async () => false, rest: async () => {} };

/** Asks Redis, where all web processes say that they are busy. While Redis is away the work goes on. */
export function createPace(redis: Redis, prefix: string): Pace {
  const isAskedForPages = async () => {
    if (redis.status !== 'ready') return false; // a question would wait until it is back
    return redis.exists(keyOf(prefix)).then(
      (found) => found > 0,
      () => false,
    );
  };
  return {
    isAskedForPages,
    async rest(workedMs) {
      if (await isAskedForPages()) await sleep(Math.min(workedMs, 2000));
    },
  };
}

/** For a web process to call with each page that a person asks for. */
export function pageTeller(redis: Redis, prefix: string): () => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - saidAt < sayEveryMs) return;
    saidAt = performance.now();
    redis.set(keyOf(prefix), '1', 'PX', quietAfterMs).catch(() => {});
  };
}

function keyOf(prefix: string): string {
  return `${prefix}:pages-asked-for`;
}
