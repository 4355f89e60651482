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
 * comes in while it is busy goes together, and nobody waits longer for having come behind others. Without Sentinel there is no other server to promise anything.
 */
export function openReplicated(url: string, usual: Redis, patienceMs = redisPatienceMs): Replicated {
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

  let waiting: Waiting[] = [];
  let busy = false;
  /** While servers change all is written again, in the order in which it came, to whichever is the primary by then. */
  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const again = (await unkept(redis, batch)).filter((one) => {
        const isLate = performance.now() >= one.giveUpAt;
        if (isLate) one.tell(false);
        return !isLate;
      });
      waiting.unshift(...again);
      if (again.length > 0) await sleep(100);
    }
    busy = false;
  }

  return {
    write: (...commands) =>
      new Promise((tell) => {
        waiting.push({ commands, tell, giveUpAt: performance.now() + patienceMs });
        void work();
      }),
    close: () => redis.disconnect(),
  };
}

interface Waiting {
  commands: Command[];
  tell: (isKept: boolean) => void;
  giveUpAt: number;
}

const oneReplica = ['wait', 1, 200] as const;

/** Writes them all and tells those whose writes a replica has; gives back the others. */
async function unkept(redis: Redis, batch: readonly Waiting[]): Promise<Waiting[]> {
  const pipeline = redis.pipeline();
  for (const [name, ...args] of [...batch.flatMap(({ commands }) => commands), oneReplica])
    pipeline.call(name, ...args);
  const replies = (await pipeline.exec().catch(() => null)) ?? [];
  const [error, replicas] = replies.at(-1) ?? [];
  if (error || !(Number(replicas) >= 1)) return [...batch];
  let at = 0;
  return batch.filter(({ commands, tell }) => {
    const own = replies.slice(at, at + commands.length);
    at += commands.length;
    const isKept = own.every(([refused]) => !refused);
    if (isKept) tell(true);
    return !isKept;
  });
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
