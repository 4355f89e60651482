import { Redis } from 'ioredis';
import { isSentinel, readRedisUrl } from '#lib/redis.ts';

/** The sentinels of the settings, and how many of them answer and see enough others to change the primary. */
export interface Sentinels {
  wanted: number;
  usable: number;
}

const patienceMs = 1000;

/** None are wanted where there is one Redis alone. */
export async function countSentinels(url: string): Promise<Sentinels> {
  if (!isSentinel(url)) return { wanted: 0, usable: 0 };
  const { sentinels = [], name, sentinelPassword } = readRedisUrl(url);
  const answers = await Promise.all(
    sentinels.map(async ({ host, port }) => {
      const sentinel = new Redis({
        ...{ host, port, password: sentinelPassword ?? undefined, lazyConnect: true },
        ...{ connectTimeout: patienceMs, commandTimeout: 2 * patienceMs, retryStrategy: () => null },
      });
      sentinel.on('error', () => {});
      try {
        return /^OK/.test(String(await sentinel.call('sentinel', 'ckquorum', name as string)));
      } catch {
        return false; // away, or says NOQUORUM
      } finally {
        sentinel.disconnect();
      }
    }),
  );
  return { wanted: sentinels.length, usable: answers.filter(Boolean).length };
}
