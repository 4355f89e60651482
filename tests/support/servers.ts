import { startThrowAwayServers } from '../../bin/throw-away-servers.ts';

export interface TestServers {
  /** Names the server without a database. */
  databaseUrl: string;
  redisUrl: string;
}

let started: Promise<TestServers> | undefined;

/** The servers of this run; a test file that is run by itself starts its own and ends them with its process. */
export function testServers(): Promise<TestServers> {
  started ??= findServers();
  return started;
}

async function findServers(): Promise<TestServers> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl };
  const servers = await startThrowAwayServers();
  process.once('exit', () => servers[Symbol.dispose]());
  return { databaseUrl: databaseUrl ?? servers.databaseUrl, redisUrl: redisUrl ?? servers.redisUrl };
}
