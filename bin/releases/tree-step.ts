import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { closeReleaseCheck, openReleaseCheck, permissionsOf } from '#accounts';
import { type Config, readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { pendingMigrations } from '#lib/migrate.ts';
import { openRedis } from '#lib/redis.ts';
import { openRuntime } from '#lib/runtime.ts';
import { publishedFolders } from '#lib/web/assets.ts';
import { listBeats } from '#operations';
import { modules } from '../../src/modules.ts';
import { prepare } from '../../src/prepare.ts';
import { exitCodeOf, Failure } from '../failure.ts';
import { projectFolder } from '../folders.ts';
import { type LivingRelease, refusals } from './contracting.rules.ts';
import { walk } from './smoke-walk.ts';

/**
 * The steps of a release that its own code knows best; `bin/release`, which may be older, calls them as a process:
 * the arguments are a contract between releases. Input and result are JSON.
 */
const steps: Record<string, (config: () => Config, argument: string) => Promise<unknown>> = {
  /** Refuses migrations that take something from the releases named in the argument. */
  async guard(config, argument) {
    const here = JSON.parse(argument) as LivingRelease[];
    const names = await namesOfPending(config());
    const living = names.length > 0 ? [...here, ...(await livingElsewhere(config()))] : here;
    const pending = names.map((name) => ({ name, source: readMigration(name) }));
    const sentences = refusals(pending, living);
    if (sentences.length > 0)
      throw new Failure(
        [
          '데이터베이스를 바꾸지 않았습니다. 지금은 실행할 수 없는 마이그레이션이 있습니다.',
          ...sentences,
        ].join('\n  '),
      );
    return names;
  },
  async prepare(config) {
    await prepare(config());
    return namesOfPending(config());
  },
  async statics() {
    return publishedFolders();
  },
  async smoke(config, argument) {
    return smoke(config(), JSON.parse(argument) as string[]);
  },
};

async function namesOfPending(config: Config): Promise<string[]> {
  const db = openDb(config.databaseUrl, { max: 1 });
  try {
    return await pendingMigrations(db);
  } finally {
    await db.destroy();
  }
}

/** Releases that have said within a minute that they live on other hosts of this installation. */
async function livingElsewhere(config: Config): Promise<LivingRelease[]> {
  const redis = openRedis(config.redisUrl);
  try {
    const { beats, now } = await listBeats(redis, config);
    return beats
      .filter(({ host, seenAt }) => host !== hostname() && now - seenAt < 60_000)
      .map(({ host, version, newestMigration }) => ({
        title: `${host}의 ${version}`,
        newest: newestMigration ?? '',
      }));
  } finally {
    redis.disconnect();
  }
}

function readMigration(name: string): string {
  return readFileSync(join(projectFolder, 'migrations', name), 'utf8');
}

async function smoke(config: Config, sockets: readonly string[]): Promise<unknown> {
  const runtime = await openRuntime(config, 'release-check');
  const ctx = runtime.ctxFor(systemActor);
  try {
    const walker = await openReleaseCheck(ctx, permissionsOf(modules));
    const walked: { print: boolean }[] = [];
    for (const socket of sockets) walked.push(await walk(socket, walker, config));
    return { walked: walked.length, print: walked.every(({ print }) => print) };
  } finally {
    await closeReleaseCheck(ctx).finally(() => runtime.close());
  }
}

if (import.meta.main) {
  const [name = '', argument = ''] = process.argv.slice(2);
  process.exit(
    await exitCodeOf(async () => {
      const step = steps[name];
      if (!step) throw new Failure(`이 릴리스는 ‘${name}’ 단계를 모릅니다.`);
      const result = await step(() => readConfig(process.env), argument);
      process.stdout.write(`${JSON.stringify(result)}\n`);
      return 0;
    }),
  );
}
