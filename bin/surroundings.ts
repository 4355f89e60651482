import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '#lib/config.ts';
import { isGiven } from '#lib/secret-files.ts';
import { dataFolder, privateFolder, projectFolder } from './folders.ts';
import { type PrivateServer, privateMariadb, privateRedis } from './private-servers.ts';

/** All that the web, the worker and the command line stand on. */
export interface Surroundings {
  dataFolder: string;
  /** Our own servers, for the settings that name no other. */
  servers: readonly PrivateServer[];
  config: Config;
  /** The same settings for child processes. */
  env: NodeJS.ProcessEnv;
}

/** Reads `.env` and the environment, which wins, and fills in what a private installation gives itself. */
export function readSurroundings(given: { PORT?: string } = {}): Surroundings {
  const dotEnv = join(projectFolder, '.env');
  if (existsSync(dotEnv)) process.loadEnvFile(dotEnv);

  const folder = dataFolder(process.env);
  const mariadb = isGiven(process.env, 'DATABASE_URL') ? undefined : privateMariadb(folder);
  const hasRedis = isGiven(process.env, 'REDIS_URL') || isGiven(process.env, 'REDIS_SENTINELS');
  const redis = hasRedis ? undefined : privateRedis(folder);
  const env = {
    ...process.env,
    ...(mariadb && { DATABASE_URL: mariadb.url }),
    ...(redis && { REDIS_URL: redis.url }),
    ...(!isGiven(process.env, 'MOA_SECRET') && { MOA_SECRET: ownSecret(folder) }),
    ...given,
  };
  return {
    dataFolder: folder,
    servers: [mariadb, redis].filter((server) => server !== undefined),
    config: readConfig(env),
    env,
  };
}

/** Made once; what is encrypted in the database can be read only with the same one. */
function ownSecret(folder: string): string {
  const path = join(privateFolder(folder), 'secret');
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600 });
    try {
      linkSync(draft, path); // unlike a rename it never replaces the secret another process just made
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(path, 'utf8').trim();
}
