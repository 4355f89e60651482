import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/**
 * How long one answer may take while another server becomes the primary. Measured: 4.5 s after a death, 6 s after a
 * zone was cut off. Whoever waits for a page longer than this is told instead.
 */
export const redisPatienceMs = 9000;
/** Away for so long it is no change of servers any more: nobody waits for it then. */
const longAwayMs = 8000;

/**
 * The longest a blocking command of ours waits, in seconds: a connection that hears nothing for twice as long is dead,
 * and has to be noticed before its jobs are missed.
 */
export const longestBlockSeconds = 2;

/**
 * A connection for short commands. The url is `redis://host:port/db`, `unix:///path/to.sock?db=0`, or what the settings
 * of Sentinel are read into.
 */
export function openRedis(url: string, options: RedisOptions = {}): Redis {
  return new SteadyRedis({
    ...readRedisUrl(url),
    ...(isSentinel(url)
      ? { connectTimeout: 1000, socketTimeout: 1500, failoverDetector: true }
      : { connectTimeout: 2000, socketTimeout: 3000 }),
    commandTimeout: redisPatienceMs,
    maxRetriesPerRequest: 40, // with the pauses between them a little longer than a command has
    ...options,
  });
}

/** A connection for blocking commands (queues): it waits for Redis as long as it takes. */
export function openBlockingRedis(url: string): Redis {
  return new SteadyRedis({
    ...readRedisUrl(url),
    connectTimeout: isSentinel(url) ? 1000 : 2000,
    socketTimeout: 2 * longestBlockSeconds * 1000,
    maxRetriesPerRequest: null,
  });
}

/** Says once that Redis is away, and once that it is back, however often a connection is tried meanwhile. */
export function tellOutages(redis: Redis, log: Logger, what: string): void {
  let since: number | undefined;
  redis.on('error', (error) => {
    if (since === undefined) log.error({ err: error, connection: what }, 'redis is away');
    since ??= performance.now();
  });
  redis.on('ready', () => {
    if (since === undefined) return;
    log.warn({ connection: what, awayMs: Math.round(performance.now() - since) }, 'redis is back');
    since = undefined;
  });
}

export function isSentinel(url: string): boolean {
  return url.startsWith('sentinel:');
}

/** True when Redis has been away for longer than a change of servers takes. */
export function isLongAway(redis: Redis): boolean {
  return redis instanceof SteadyRedis && redis.awayMs() > longAwayMs;
}

/** What a server answers that can do nothing for the moment. */
const refusals = /^(NOREPLICAS|READONLY|LOADING|MASTERDOWN|MISCONF|OOM|UNBLOCKED|EXECABORT) /;

/** True for what a command meets when Redis cannot be reached, or can do nothing for the moment. */
export function isRedisAway(error: unknown): boolean {
  const { name, message = '' } = (error ?? {}) as Error;
  if (name === 'MaxRetriesPerRequestError' || refusals.test(message)) return true;
  return [
    'Connection is closed.',
    'Command timed out',
    'Command aborted due to connection close',
    "Stream isn't writeable and enableOfflineQueue options is false",
  ].includes(message);
}

/** Settings that all connections to the server, or to whichever it is by now, have in common. */
export function readRedisUrl(url: string): RedisOptions {
  const common: RedisOptions = {
    keepAlive: 1000,
    retryStrategy: pause,
    sentinelRetryStrategy: pause,
    sentinelReconnectStrategy: () => 5000,
    sentinelCommandTimeout: 1000,
    reconnectOnError: changesServers(),
  };
  const { protocol, hostname, port, pathname, username, password, searchParams } = new URL(url);
  const db = Number(searchParams.get('db') ?? (protocol === 'unix:' ? 0 : pathname.slice(1) || 0));
  const auth = {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  if (protocol === 'unix:')
    return {
      ...common,
      path: decodeURIComponent(pathname),
      db,
      password: searchParams.get('password') ?? undefined,
    };
  if (protocol === 'sentinel:')
    return {
      ...common,
      ...auth,
      name: hostname,
      sentinels: searchParams.getAll('sentinel').map(readAddress),
      sentinelPassword: searchParams.get('sentinelPassword') ?? undefined,
      db,
    };
  return {
    ...common,
    ...auth,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    db,
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

function readAddress(text: string): { host: string; port: number } {
  const { hostname, port } = new URL(`tcp://${text}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 26379) };
}

const pause = (attempt: number) => Math.min(attempt * 50, 250);

/**
 * A server that has become a replica, or has just become the primary and has none yet, is asked anew for where the
 * primary is, and the command is sent again. One that stays so is not waited for for ever.
 */
function changesServers(): (error: Error) => false | 2 {
  let [first, last] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return ({ message }) => {
    if (!/^(NOREPLICAS|READONLY|UNBLOCKED|MASTERDOWN) /.test(message)) return false;
    const now = performance.now();
    if (now - last > 30_000) first = now;
    last = now;
    return now - first < redisPatienceMs ? 2 : false;
  };
}

const closed = 'Connection is closed.';

/** What waits is not thrown away with a connection that comes back. */
function keepWaiting(redis: Redis, isLeaving: () => boolean): void {
  const inner = redis as unknown as { flushQueue(error: Error, options?: object): void };
  const flush = inner.flushQueue.bind(redis);
  inner.flushQueue = (error, which) => {
    if (isLeaving() || error.message !== closed) flush(error, which);
  };
}

/** ioredis prints a stack whenever a sentinel that it listens to cannot be reached; the others are enough. */
function quietSentinels(redis: Redis): void {
  const { connector } = redis as unknown as { connector: { connectToSentinel?(...to: unknown[]): Redis } };
  const connect = connector.connectToSentinel?.bind(connector);
  if (connect) connector.connectToSentinel = (...to) => connect(...to).on('error', () => {});
}

/**
 * ioredis gives up for good, and all that waits with it, when it hears of a new primary while it is on its way to the
 * old one. This one keeps what waits and connects again, until it is told to leave.
 */
class SteadyRedis extends (Redis as new (options: RedisOptions) => Redis) {
  private leaving = false;
  private awaySince: number | undefined;

  constructor(options: RedisOptions) {
    super(options);
    this.on('ready', () => {
      this.awaySince = undefined;
    });
    this.on('close', () => {
      this.awaySince ??= performance.now();
    });
    this.on('end', () => this.comeBack());
    keepWaiting(this, () => this.leaving);
    quietSentinels(this);
  }

  /** Milliseconds since it was last connected; 0 while it is. */
  awayMs(): number {
    return this.awaySince === undefined ? 0 : performance.now() - this.awaySince;
  }

  override sendCommand(...command: Parameters<Redis['sendCommand']>): unknown {
    if (command[0].name === 'quit') this.leaving = true; // BullMQ says it to its own when a worker is closed
    this.comeBack();
    return super.sendCommand(...command);
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.leaving = true;
    super.disconnect(reconnect);
  }

  override duplicate(override: Partial<RedisOptions> = {}): never {
    return new SteadyRedis({ ...this.options, ...override }) as never; // its type is made for all replies there are
  }

  private comeBack(): void {
    if (this.leaving || this.status !== 'end') return;
    this.connect().catch(() => {}); // it says 'end' again
  }
}
