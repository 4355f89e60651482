import { RedisStore } from 'connect-redis';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import type { Redis } from 'ioredis';
import type { Config } from '#lib/config.ts';
import { deriveKey } from '#lib/secrets.ts';

const idleMs = 60 * 60 * 1000;

/** Sessions live in Redis for an hour after the last request. */
export function sessions(config: Config, redis: Redis): RequestHandler {
  return session({
    name: 'moa.sid',
    secret: deriveKey(config.secret, 'session cookies').toString('hex'),
    store: new SessionStore({ client: asNodeRedis(redis), prefix: `${config.redisPrefix}:session:` }),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { httpOnly: true, sameSite: 'lax', secure: config.cookieSecure, maxAge: idleMs, path: '/' },
  });
}

const loaded = new WeakSet<object>();

/**
 * A session that was loaded is saved only while it exists. Otherwise a slow request that ends after the
 * sign-out would write its session back, and the old cookie would be signed in again.
 */
class SessionStore extends RedisStore {
  override createSession(req: Request, data: session.SessionData): session.Session & session.SessionData {
    const made = super.createSession(req, data);
    loaded.add(made);
    return made;
  }

  override async set(
    sid: string,
    data: session.SessionData,
    done?: (error?: unknown) => void,
  ): Promise<unknown> {
    if (!loaded.has(data)) return super.set(sid, data, done);
    try {
      const seconds = Math.ceil((data.cookie.originalMaxAge ?? idleMs) / 1000);
      const client = this.client as unknown as AsNodeRedis;
      await client.replace(this.prefix + sid, JSON.stringify(data), seconds);
      done?.();
    } catch (error) {
      done?.(error);
    }
  }
}

type AsNodeRedis = ReturnType<typeof asNodeRedis>;

/** connect-redis speaks the dialect of node-redis. */
function asNodeRedis(redis: Redis) {
  return {
    get: (key: string) => redis.get(key),
    set: (key: string, value: string, options: { expiration: { type: 'EX'; value: number } }) =>
      redis.set(key, value, 'EX', options.expiration.value),
    replace: (key: string, value: string, seconds: number) => redis.set(key, value, 'EX', seconds, 'XX'),
    expire: (key: string, seconds: number) => redis.expire(key, seconds),
    del: (keys: string[]) => redis.del(keys),
  };
}
