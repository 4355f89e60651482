import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isRedisAway, isSentinel, openRedis, redisPatienceMs } from '#lib/redis.ts';

type Command = [name: string, ...args: (string | number)[]];

/** Writes that must not be lost with the server that took them. */
export interface Replicated {
  /** True when a replica has it too; false when nobody can promise that. */
  write(...commands: Command[]): Promise<boolean>;
  close(): void;
}

/**
 * On a connection of its own, for `WAIT` counts what was written on the same one and keeps it busy meanwhile. What
 * comes in while it is busy goes together. Without Sentinel there is no other server to promise anything.
 */
export function openReplicated(url: string, usual: Redis): Replicated {
  if (!isSentinel(url)) return { write: (...commands) => writeOn(usual, commands), close: () => {} };

  // A command that met a broken connection is not sent again by itself: WAIT alone, on the next server, would be
  // answered with replicas that know nothing of what was written before.
  const redis = openRedis(url, {
    lazyConnect: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: null,
  });
  redis.on('error', () => {}); // the usual connection meets the same and says so

  let waiting: { commands: Command[]; tell: (isKept: boolean) => void }[] = [];
  let busy = false;
  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const isKept = await keep(
        redis,
        batch.flatMap(({ commands }) => commands),
      );
      for (const { tell } of batch) tell(isKept);
    }
    busy = false;
  }

  return {
    write: (...commands) =>
      new Promise((tell) => {
        waiting.push({ commands, tell });
        void work();
      }),
    close: () => redis.disconnect(),
  };
}

const oneReplica = ['wait', 1, 200] as const;

/** While servers change it is written again, to whichever is the primary by then. */
async function keep(redis: Redis, commands: readonly Command[]): Promise<boolean> {
  const giveUpAt = performance.now() + redisPatienceMs;
  for (;;) {
    const replies = await sendTogether(redis, [...commands, [...oneReplica]]);
    if (replies && Number(replies.at(-1)) >= 1) return true;
    if (performance.now() > giveUpAt) return false;
    await sleep(100);
  }
}

/** Undefined when one of them met an error. */
async function sendTogether(redis: Redis, commands: readonly Command[]): Promise<unknown[] | undefined> {
  const pipeline = redis.pipeline();
  for (const [name, ...args] of commands) pipeline.call(name, ...args);
  const replies = await pipeline.exec().catch(() => null);
  if (!replies || replies.some(([error]) => error)) return undefined;
  return replies.map(([, reply]) => reply);
}

async function writeOn(redis: Redis, commands: readonly Command[]): Promise<boolean> {
  try {
    for (const [name, ...args] of commands) await redis.call(name, ...args);
    return true;
  } catch (error) {
    if (isRedisAway(error)) return false;
    throw error;
  }
}
