import { makeFirstAdminLink } from '#accounts';
import type { Config } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { markInstallation } from '#lib/kept-keys.ts';
import { migrate } from '#lib/migrate.ts';
import { openRuntime } from '#lib/runtime.ts';
import { seedRegions } from '#regions';

/** The path with which an installation nobody can sign in to gets its first administrator; undefined for others. */
export async function firstAdminPath(config: Config): Promise<string | undefined> {
  const runtime = await openRuntime(config, 'prepare');
  try {
    return (await makeFirstAdminLink(runtime.ctxFor(systemActor)))?.path;
  } finally {
    await runtime.close();
  }
}

/** Brings the database to where this release needs it: schema, then the postal code table. Safe to repeat. */
export async function prepare(config: Config): Promise<void> {
  await migrate(config.databaseUrl);
  const runtime = await openRuntime(config, 'prepare');
  try {
    const ctx = runtime.ctxFor(systemActor);
    await markInstallation(ctx);
    await seedRegions(ctx);
  } finally {
    await runtime.close();
  }
}
