import type { Redis } from 'ioredis';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createAttempts } from '#lib/attempts.ts';
import { openClock } from '#lib/clock.ts';
import type { Config } from '#lib/config.ts';
import type { Actor, Ctx, JobSender } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { SettingError } from '#lib/errors.ts';
import { createJobSender } from '#lib/job-sender.ts';
import { demandKnownSecret } from '#lib/kept-keys.ts';
import { createLog } from '#lib/log.ts';
import { createPace } from '#lib/pace.ts';
import { isSentinel, openRedis, tellOutages } from '#lib/redis.ts';
import { openReplicated, type Replicated } from '#lib/replicated.ts';
import { createVault, type Vault } from '#lib/secrets.ts';

/** The open connections of one process: web, worker, command line and tests stand on the same ones. */
export interface Runtime {
  config: Config;
  db: Knex;
  redis: Redis;
  /** For what must not be lost with the Redis that took it. */
  replicated: Replicated;
  jobs: JobSender;
  vault: Vault;
  log: Logger;
  ctxFor(actor: Actor, requestId?: string): Ctx;
  close(): Promise<void>;
}

/** Throws `SettingError` when a server named in the settings does not answer. */
export async function openRuntime(config: Config, name: string): Promise<Runtime> {
  const log = createLog(config.logLevel, name);
  const vault = createVault(config.secret, config.oldSecrets);
  const db = openDb(config.databaseUrl);
  const redis = openRedis(config.redisUrl, { lazyConnect: true });
  tellOutages(redis, log, 'usual');
  const replicated = openReplicated(config.redisUrl, redis);
  const jobs = createJobSender(redis, config.redisPrefix, log);
  const pace = createPace(redis, config.redisPrefix);
  const attempts = createAttempts(redis, config.redisPrefix, config.secret);

  const close = async () => {
    await jobs.close();
    replicated.close();
    redis.disconnect();
    await db.destroy();
  };
  try {
    await answers(db, redis, config.redisUrl);
    await demandKnownSecret(db, vault);
  } catch (error) {
    await close();
    throw error;
  }
  const clock = await openClock(db, redis, log);

  const ctxFor = (actor: Actor, requestId?: string): Ctx => ({
    db,
    actor,
    now: () => clock.now(),
    log: requestId ? log.child({ requestId }) : log,
    vault,
    jobs,
    below: { redis, queue: jobs.queue },
    attempts,
    pace,
    config,
    requestId,
  });
  return {
    config,
    db,
    redis,
    replicated,
    jobs,
    vault,
    log,
    ctxFor,
    async close() {
      clock.close();
      await close();
    },
  };
}

async function answers(db: Knex, redis: Redis, url: string): Promise<void> {
  await db.raw('select 1').catch((error: Error) => {
    throw new SettingError(`DATABASE_URL의 데이터베이스에 연결하지 못했습니다. (${reason(error)})`);
  });
  await redis.ping().catch((error: Error) => {
    const setting = isSentinel(url) ? 'REDIS_SENTINELS' : 'REDIS_URL';
    throw new SettingError(`${setting}의 Redis에 연결하지 못했습니다. (${reason(error)})`);
  });
}

/** The code of a driver's error; its text may hold the address with the password. */
function reason(error: Error & { code?: string }): string {
  return error.code ?? error.name;
}
