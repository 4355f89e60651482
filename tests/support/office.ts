import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import type { Queue } from 'bullmq';
import { permissionsByRole, permissionsOf } from '#accounts';
import { type Config, readConfig } from '#lib/config.ts';
import { type Actor, type Ctx, systemActor } from '#lib/ctx.ts';
import type { AppModule, JobData, JobDefinition, Role } from '#lib/module.ts';
import { openQueue, startJobs } from '#lib/queue.ts';
import { openBlockingRedis } from '#lib/redis.ts';
import { openRuntime, type Runtime } from '#lib/runtime.ts';
import { unmasked } from '#lib/sight.ts';
import { readImport } from '../../src/channels/reading.ts';
import { readerHere } from '../../src/channels/reading-kept-file.ts';
import { startWeb } from '../../src/main.ts';
import { modules as allModules } from '../../src/modules.ts';
import { type Client, createClient } from './client.ts';
import { openTestDatabase } from './database.ts';
import { testServers } from './servers.ts';

/** The known people; all have the same password. */
export const cast = {
  admin: { id: 1, login: 'daepyo', name: '이대표' },
  office: { id: 2, login: 'hana', name: '김하나' },
  delivery: { id: 3, login: 'bak', name: '박기사조' },
  crew: { id: 4, login: 'choi', name: '최기사' },
  store: { id: 5, login: 'gangnam', name: '강남점 정매니저' },
} as const satisfies Record<Role, { id: number; login: string; name: string }>;
export const castPassword = '젖은 우산 셋을 말린다';

export interface Office extends AsyncDisposable {
  url: string;
  config: Config;
  runtime: Runtime;
  /** A client that has signed in with this role and, unless `masked`, has people shown as most work needs them. */
  as(role: Role, how?: { masked: boolean }): Promise<Client>;
  /** A client that has not signed in. */
  stranger(): Client;
  /** The context of a person with this role, before anybody changed it; without one the system's. */
  ctx(role?: Role): Ctx;
  /** Runs a worker until nothing waits. Throws when a job failed for good. */
  runJobs(): Promise<void>;
}

/** The whole application on a free port, with a database and Redis keys of its own and a person of each role. */
export async function openOffice({
  modules = allModules,
  settings = {},
}: {
  modules?: readonly AppModule[];
  /** Settings beside those every office has. */
  settings?: Record<string, string>;
} = {}): Promise<Office> {
  const stack = new AsyncDisposableStack();
  const { redisUrl } = await testServers();
  const database = stack.use(await openTestDatabase());
  const config = readConfig({
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: `test-${randomBytes(6).toString('hex')}`,
    MOA_SECRET: randomBytes(24).toString('hex'),
    PORT: '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ...settings,
  });
  const runtime = await openRuntime(config, 'test');
  stack.defer(() => closeAndForget(runtime));
  await hire(runtime);
  const web = await startWeb(config, modules);
  stack.defer(() => web.close());

  const permissions = permissionsByRole(modules);
  return {
    url: web.url,
    config,
    runtime,
    async as(role, { masked } = { masked: false }) {
      const client = createClient(web.url);
      const { status } = await client.post('/sign-in', { login: cast[role].login, password: castPassword });
      if (status !== 303) throw new Error(`${role} could not sign in: ${status}`);
      if (!masked && permissions[role].has('personal.reveal'))
        await client.post('/personal/reveal', { reason: '시험' });
      return client;
    },
    stranger: () => createClient(web.url),
    ctx: (role) => ({
      ...unmasked(runtime.ctxFor(role ? actorFrom(role, permissions[role]) : systemActor)),
      permissions: permissionsOf(modules),
    }),
    runJobs: () => runJobs(runtime, modules),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The staff of a store see nothing until somebody says whose they are. */
function actorFrom(role: Role, permissions: ReadonlySet<string>): Actor {
  return { ...cast[role], permissions, scope: role === 'store' ? new Set() : 'all' };
}

/** Cheap to check: hundreds sign in. */
let castHash: Promise<string> | undefined;

async function hire({ db }: Runtime): Promise<void> {
  castHash ??= argon2.hash(castPassword.normalize('NFC'), { memoryCost: 64, timeCost: 2 });
  const password_hash = await castHash;
  const users = Object.entries(cast).map(([role, person]) => ({ ...person, role, password_hash }));
  await db('users').insert(users);
}

async function runJobs({ config, log, ctxFor }: Runtime, modules: readonly AppModule[]): Promise<void> {
  const redis = openBlockingRedis(config.redisUrl);
  const queue = openQueue(redis, config.redisPrefix);
  const jobs = await startJobs({
    redis,
    redisPrefix: config.redisPrefix,
    modules: modules.map((module) => ({
      ...module,
      jobs: module.jobs?.map((job) => ({ ...readingHere(job), repeat: undefined })),
    })),
    ctxFor: (requestId) => ctxFor(systemActor, requestId),
    log,
  });
  try {
    await untilIdle(queue);
    const [failed] = await queue.getFailed(0, 0);
    if (failed) throw new Error(`job ${failed.name} failed: ${failed.failedReason}`);
  } finally {
    await jobs.close();
    await queue.close();
    redis.disconnect();
  }
}

/** A process for each of hundreds of harmless files would take half of the time of all tests. */
function readingHere(job: JobDefinition): JobDefinition {
  if (job.name !== 'imports.read') return job;
  return {
    ...job,
    run: (ctx, data, progress) => readImport(ctx, Number(data.importId), progress, readerHere(ctx)),
  };
}

async function untilIdle(queue: Queue<JobData>): Promise<void> {
  for (;;) {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    if (Object.values(counts).every((count) => count === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function closeAndForget(runtime: Runtime): Promise<void> {
  const { redis, config } = runtime;
  const keys = await redis.keys(`${config.redisPrefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  await runtime.close();
}
