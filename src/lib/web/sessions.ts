import { RedisStore } from 'connect-redis';
import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Redis } from 'ioredis';
import type { Config } from '#lib/config.ts';
import type { Replicated } from '#lib/replicated.ts';
import { derivedKeys } from '#lib/secrets.ts';
import { cookieName } from '#lib/web/cookies.ts';
import { sessionError } from '#lib/web/redis-outage.ts';

declare module 'express-session' {
  interface SessionData {
    /** Whose session it is; nobody's before the sign-in. */
    ownerId?: number;
    /** How long it lasts without a request, in milliseconds. */
    idleMs?: number;
    /** When it ends however busy it is, in milliseconds. */
    endsAt?: number;
  }
}

const minute = 60_000;
/** Visitors who never come back must not fill Redis. A sign-in page that stays open longer needs no session: `csrf.ts`. */
const strangersMs = 60 * minute;

export interface SessionParts {
  config: Config;
  redis: Redis;
  replicated: Replicated;
}

/**
 * Sessions live in Redis until nobody has asked for anything for a while. The cookie ends with the browser: who wants
 * more is remembered, which the store knows nothing of.
 */
export function sessions({ config, redis, replicated }: SessionParts): RequestHandler {
  const begin = session({
    name: cookieName(config, name),
    secret: derivedKeys(config, 'session cookies').map((key) => key.toString('hex')),
    store: new SessionStore(redis, config.redisPrefix, replicated),
    resave: false,
    saveUninitialized: false,
    cookie: cookieOf(config),
  });
  return (req, res, next) =>
    begin(req, res, (error?: unknown) => {
      if (req.session && isPassive(req)) passive.add(req.session);
      next(sessionError(error, req));
    });
}

const name = 'sid';
const cookieOf = ({ cookieSecure }: Config) =>
  ({ httpOnly: true, sameSite: 'lax', secure: cookieSecure, path: '/' }) as const;

/** The browser forgets its session. */
export function clearSessionCookie(req: Request, res: Response): void {
  const { config } = req.ctx;
  res.clearCookie(cookieName(config, name), cookieOf(config));
}

/** The store behind the session of a request. */
export function storeOf(req: Request): SessionStore {
  return req.sessionStore as unknown as SessionStore;
}

/** A page that asks by itself, without anybody having done anything, says so: it keeps no session alive. */
export function isPassive(req: Pick<Request, 'headers'>): boolean {
  return req.headers['x-moa-passive'] !== undefined;
}

/** What a session that has an owner looks like in a list. */
export interface ListedSession {
  sid: string;
  data: session.SessionData;
  seenAt: number;
}

const loaded = new WeakSet<object>();
const passive = new WeakSet<object>();

/**
 * A session that was loaded is saved only while it exists. Otherwise a slow request that ends after the
 * sign-out would write its session back, and the old cookie would be signed in again.
 */
export class SessionStore extends RedisStore {
  private readonly redis: Redis;
  private readonly redisPrefix: string;
  private readonly replicated: Replicated;

  constructor(redis: Redis, redisPrefix: string, replicated: Replicated) {
    super({ client: asNodeRedis(redis), prefix: `${redisPrefix}:session:` });
    this.redis = redis;
    this.redisPrefix = redisPrefix;
    this.replicated = replicated;
  }

  override createSession(req: Request, data: session.SessionData): session.Session & session.SessionData {
    const made = super.createSession(req, data);
    loaded.add(made);
    return made;
  }

  override async set(
    sid: string,
    data: session.SessionData,
    done?: (error?: unknown) => void,
  ): Promise<void> {
    try {
      const [key, text, ms] = [this.prefix + sid, JSON.stringify(data), lifeOf(data)];
      if (ms <= 0) await this.end([sid]);
      else if (passive.has(data)) await this.redis.set(key, text, 'KEEPTTL', 'XX');
      else if (loaded.has(data)) await this.redis.set(key, text, 'PX', ms, 'XX');
      else await this.redis.set(key, text, 'PX', ms);
      if (ms > 0 && !passive.has(data)) await this.see(sid, data);
      done?.();
    } catch (error) {
      done?.(error);
    }
  }

  override async touch(
    sid: string,
    data: session.SessionData,
    done?: (error?: unknown) => void,
  ): Promise<void> {
    try {
      if (!passive.has(data)) {
        await this.redis.pexpire(this.prefix + sid, Math.max(lifeOf(data), 1));
        await this.see(sid, data);
      }
      done?.();
    } catch (error) {
      done?.(error);
    }
  }

  override async destroy(sid: string, done?: (error?: unknown) => void): Promise<void> {
    try {
      await this.end([sid]);
      done?.();
    } catch (error) {
      done?.(error);
    }
  }

  /** Ends sessions for good, and says so to those who hold sockets open for them. */
  async end(sids: readonly string[]): Promise<void> {
    if (sids.length === 0) return;
    await this.redis.del(sids.map((sid) => this.prefix + sid));
    for (const sid of sids) await this.redis.publish(endedChannel(this.redisPrefix), sid);
  }

  /** The same, and true when they cannot come back with another server; else nobody can promise that. */
  async endForSure(sids: readonly string[]): Promise<boolean> {
    if (sids.length === 0) return true;
    await this.end(sids);
    return await this.replicated.write(['del', ...sids.map((sid) => this.prefix + sid)]);
  }

  /** Saves a session that was just begun; true when it cannot be lost with a server. */
  async keepForSure(req: Request): Promise<boolean> {
    const { session, sessionID } = req;
    await new Promise<void>((resolve, reject) =>
      session.save((error: unknown) => (error ? reject(error) : resolve())),
    );
    const text = JSON.stringify(session);
    return await this.replicated.write(['set', this.prefix + sessionID, text, 'PX', lifeOf(session)]);
  }

  /** Milliseconds until the session would end by itself; undefined when it has. */
  async millisecondsLeft(sid: string): Promise<number | undefined> {
    const left = await this.redis.pttl(this.prefix + sid);
    return left > 0 ? left : undefined;
  }

  /** The living sessions of a person. What has ended since is forgotten here. */
  async listOf(ownerId: number): Promise<ListedSession[]> {
    const key = this.ownedKey(ownerId);
    const sids = await this.redis.zrange(key, '0', '-1');
    if (sids.length === 0) return [];
    const texts = await this.redis.mget(sids.map((sid) => this.prefix + sid));
    const seen = await this.redis.zmscore(key, ...sids);
    const listed: ListedSession[] = [];
    for (const [at, sid] of sids.entries()) {
      const data = texts[at] ? (JSON.parse(texts[at]) as session.SessionData) : undefined;
      if (data?.ownerId === ownerId) listed.push({ sid, data, seenAt: Number(seen[at] ?? 0) });
      else await this.redis.zrem(key, sid);
    }
    return listed;
  }

  /** Says under a name which session was begun for it; of several at once the first stays, and all are told it. */
  async shareSession(name: string, sid: string, seconds: number): Promise<string> {
    const key = `${this.redisPrefix}:shared:${name}`;
    if (await this.redis.set(key, sid, 'EX', seconds, 'NX')) return sid;
    return (await this.redis.get(key)) ?? sid;
  }

  /** The session begun for that name, waiting a little for it. */
  async awaitSession(name: string, patienceMs: number): Promise<string | undefined> {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const sid = await this.redis.get(`${this.redisPrefix}:shared:${name}`);
      if (sid || performance.now() >= giveUpAt) return sid ?? undefined;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Puts the request into another session; false when that has ended. */
  async enter(req: Request, sid: string): Promise<boolean> {
    const text = await this.redis.get(this.prefix + sid);
    if (!text) return false;
    req.sessionID = sid;
    this.createSession(req, JSON.parse(text) as session.SessionData);
    return true;
  }

  /**
   * Goes on under another id with all that the session knows. The old one is good until the answer is sent: other tabs
   * ask with it meanwhile.
   */
  async moveOn(req: Request): Promise<void> {
    const before = req.sessionID;
    const { cookie: _, ...known } = req.session;
    (this as unknown as { generate(req: Request): void }).generate(req); // express-session gives it to each store
    Object.assign(req.session, known);
    await new Promise<void>((resolve, reject) =>
      req.session.save((error: unknown) => (error ? reject(error) : resolve())),
    );
    req.res?.once('close', () => {
      this.end([before]).catch((error) => req.log.error({ err: error }, 'a session was not ended'));
    });
  }

  /** Keeps a text beside the sessions for a while. */
  async keepText(name: string, text: string, seconds: number): Promise<void> {
    await this.redis.set(`${this.redisPrefix}:kept:${name}`, text, 'EX', seconds);
  }

  async keptText(name: string): Promise<string | undefined> {
    return (await this.redis.get(`${this.redisPrefix}:kept:${name}`)) ?? undefined;
  }

  async forgetText(name: string): Promise<void> {
    await this.redis.del(`${this.redisPrefix}:kept:${name}`);
  }

  private async see(sid: string, { ownerId }: session.SessionData): Promise<void> {
    if (ownerId === undefined) return;
    const key = this.ownedKey(ownerId);
    await this.redis.zadd(key, Date.now(), sid);
    await this.redis.expire(key, longestSeconds);
  }

  private ownedKey(ownerId: number): string {
    return `${this.redisPrefix}:sessions-of:${ownerId}`;
  }
}

/** No session lasts longer: see the limits of roles. */
const longestSeconds = 8 * 24 * 3600;

/** Where the ends of sessions are said. */
export function endedChannel(redisPrefix: string): string {
  return `${redisPrefix}:session-ended`;
}

function lifeOf({ ownerId, idleMs, endsAt }: session.SessionData): number {
  if (ownerId === undefined) return strangersMs;
  return Math.min(idleMs ?? 60 * minute, (endsAt ?? Number.POSITIVE_INFINITY) - Date.now());
}

/** connect-redis speaks the dialect of node-redis; all else is asked of ioredis itself. */
function asNodeRedis(redis: Redis) {
  return {
    get: (key: string) => redis.get(key),
    set: (key: string, value: string) => redis.set(key, value),
    expire: (key: string, seconds: number) => redis.expire(key, seconds),
    del: (keys: string[]) => redis.del(keys),
  };
}
