import { Redis, type RedisOptions } from 'ioredis';

/** `redis://host:port/db` or `unix:///path/to.sock?db=0`. */
export function openRedis(url: string, options: RedisOptions = {}): Redis {
  const parsed = new URL(url);
  if (parsed.protocol !== 'unix:') return new Redis(url, options);
  return new Redis({
    path: decodeURIComponent(parsed.pathname),
    db: Number(parsed.searchParams.get('db') ?? 0),
    ...options,
  });
}

/** A connection for blocking commands (queues): it waits as long as it takes. */
export function openBlockingRedis(url: string): Redis {
  return openRedis(url, { maxRetriesPerRequest: null });
}
