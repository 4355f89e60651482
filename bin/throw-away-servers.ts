import { mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tryLock, waitForLock } from './file-locks.ts';
import { mariadbServer, mariadbUrl } from './mariadb-server.ts';
import { redisServer, redisUrl } from './redis-server.ts';
import { serverProcess } from './server-process.ts';

export interface ThrowAwayServers extends Disposable {
  /** Names the server without a database. */
  databaseUrl: string;
  redisUrl: string;
}

/** Empty servers for one run of the tests; disposing kills them and removes all they wrote. */
export async function startThrowAwayServers(base = roomiestFolder()): Promise<ThrowAwayServers> {
  sweepLeftovers(base);
  const folder = mkdtempSync(join(base, prefix));
  const owner = await waitForLock(join(folder, 'owner.lock'), 'exclusive');
  const [mariadb, redis] = serversIn(folder);
  const dispose = () => {
    owner.release();
    discard(folder);
  };

  try {
    await Promise.all([mariadb.start(), redis.start()]);
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    databaseUrl: mariadbUrl(mariadb.socket),
    redisUrl: redisUrl(redis.socket),
    [Symbol.dispose]: dispose,
  };
}

const prefix = 'moa-throw-away-';
const gibibyte = 2 ** 30;

/** Memory when there is room: a container's /dev/shm often holds no more than 64 MB. */
function roomiestFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= 2 * gibibyte ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

function serversIn(folder: string) {
  return [
    serverProcess(mariadbServer('throw-away'), join(folder, 'mariadb')),
    serverProcess(redisServer('throw-away'), join(folder, 'redis')),
  ] as const;
}

/** Runs that were killed could not clean up; their lock is free. A minute is left to those just beginning. */
function sweepLeftovers(base: string): void {
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(base, name);
    const { uid, mtimeMs } = statSync(folder);
    if (uid !== process.getuid?.() || Date.now() - mtimeMs < 60_000) continue;
    const lock = tryLock(join(folder, 'owner.lock'), 'exclusive');
    if (!lock) continue;
    lock.release();
    discard(folder);
  }
}

function discard(folder: string): void {
  for (const server of serversIn(folder)) {
    server.kill();
    rmSync(dirname(server.socket), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
  // A server on its way out may still put a file down.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
