import { createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { deriveKey } from '#lib/secrets.ts';

/** How often something may be tried in vain before one has to wait, and how the wait grows. */
export interface AttemptRule {
  name: string;
  /** Attempts before the first wait. */
  free: number;
  /** Seconds of the first wait; each further attempt doubles it. */
  firstWait: number;
  longestWait: number;
  /** Seconds until all is forgotten, counted from the first attempt. */
  memory: number;
}

export interface Attempts {
  /** Milliseconds until `key` may try again; 0 for now. Counts nothing. */
  waitFor(rule: AttemptRule, key: string): Promise<number>;
  /**
   * Counts an attempt before it is made. `wait` is 0 when it may be made; of many at one moment no more pass than
   * are free, and then one a wait. What was not allowed is not counted.
   */
  take(rule: AttemptRule, key: string): Promise<{ wait: number; count: number }>;
  /** Counts an attempt that has failed already. */
  add(rule: AttemptRule, key: string): Promise<{ wait: number; count: number }>;
  /** Shuts `key` out for so many seconds and begins to count anew. */
  shut(rule: AttemptRule, key: string, seconds: number): Promise<void>;
  forget(rule: AttemptRule, key: string): Promise<void>;
}

/** Seconds to wait after so many attempts. */
export function waitAfter(rule: AttemptRule, count: number): number {
  if (count <= rule.free) return 0;
  return Math.min(rule.firstWait * 2 ** Math.min(count - rule.free - 1, 30), rule.longestWait);
}

/**
 * Counts in Redis, so that all web processes count together. While Redis does not answer each process counts by
 * itself: guessing stays slow, and nobody is shut out by it. Keys are hashed: what was typed is no business of Redis.
 */
export function createAttempts(redis: Redis, prefix: string, secret: string): Attempts {
  const hashKey = deriveKey(secret, 'attempts');
  const limiters = new Map<string, Limiters>();
  const limitersOf = (rule: AttemptRule): Limiters => {
    const known = limiters.get(rule.name) ?? openLimiters(redis, `${prefix}:attempts`, rule);
    limiters.set(rule.name, known);
    return known;
  };
  const hashed = (key: string) => createHmac('sha256', hashKey).update(key).digest('base64url').slice(0, 22);

  return {
    async waitFor(rule, key) {
      return (await limitersOf(rule).gate.get(hashed(key)))?.msBeforeNext ?? 0;
    },

    async take(rule, key) {
      const { counter, gate } = limitersOf(rule);
      const id = hashed(key);
      const wait = (await gate.get(id))?.msBeforeNext ?? 0;
      if (wait > 0) return { wait, count: 0 };
      const { consumedPoints: count } = await counter.consume(id);
      const next = waitAfter(rule, count);
      if (next === 0) return { wait: 0, count };

      const refused = await gate.consume(id, 1, { customDuration: next }).then(() => undefined, refusalOf);
      if (!refused) return { wait: 0, count };
      await counter.reward(id);
      return { wait: refused.msBeforeNext, count: 0 };
    },

    async add(rule, key) {
      const { counter, gate } = limitersOf(rule);
      const id = hashed(key);
      const { consumedPoints: count } = await counter.consume(id);
      const next = waitAfter(rule, count);
      if (next > 0) await gate.block(id, next);
      return { wait: next * 1000, count };
    },

    async shut(rule, key, seconds) {
      const { counter, gate } = limitersOf(rule);
      const id = hashed(key);
      await Promise.all([gate.block(id, seconds), counter.delete(id)]);
    },

    async forget(rule, key) {
      const { counter, gate } = limitersOf(rule);
      const id = hashed(key);
      await Promise.all([counter.delete(id), gate.delete(id)]);
    },
  };
}

/** For processes in which nobody signs in. */
export const noAttempts: Attempts = (() => {
  const refuse = () => Promise.reject(new Error('nobody signs in here'));
  return { waitFor: refuse, take: refuse, add: refuse, shut: refuse, forget: refuse };
})();

interface Limiters {
  counter: RateLimiterRedis;
  /** Holds one point for as long as one has to wait. */
  gate: RateLimiterRedis;
}

function openLimiters(redis: Redis, prefix: string, rule: AttemptRule): Limiters {
  const open = (part: string, points: number, duration: number) => {
    const options = { keyPrefix: `${prefix}:${rule.name}:${part}`, points, duration };
    return new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
  };
  return {
    counter: open('count', Number.MAX_SAFE_INTEGER, rule.memory),
    gate: open('wait', 1, rule.longestWait),
  };
}

function refusalOf(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}
