import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock, waitForLock } from './file-locks.ts';
import { createDatabase, mariadbServer, mariadbUrl } from './mariadb-server.ts';
import { redisServer, redisUrl } from './redis-server.ts';
import { type ServerProcess, serverProcess } from './server-process.ts';
import { ensureInstalled, type Need, serverNeeds } from './system-packages.ts';

/** A server in the data folder that several processes use together. */
export interface PrivateServer {
  title: string;
  url: string;
  need: Need;
  isRunning(): boolean;
  /** Starts the server unless it runs, and counts this process among its users. */
  join(): Promise<SharedServer>;
}

export interface SharedServer {
  title: string;
  /** Starts the server again if it has died; true when it had to. */
  revive(): Promise<boolean>;
  /** The last user to leave ends the server; one that was killed counts no more. */
  leave(): Promise<void>;
}

export interface SharedServers extends AsyncDisposable {
  /** Starts again those that have died, and gives their names. */
  revive(): Promise<string[]>;
}

export function privateMariadb(dataFolder: string): PrivateServer {
  const server = serverProcess(mariadbServer('durable'), join(dataFolder, 'mariadb'));
  return {
    title: server.kind.title,
    url: mariadbUrl(server.socket, 'moa'),
    need: serverNeeds.mariadb,
    isRunning: () => server.pid() !== undefined,
    join: () =>
      share(server, async () => {
        if (!existsSync(join(server.folder, 'data', 'moa'))) await createDatabase(server.socket, 'moa');
      }),
  };
}

export function privateRedis(dataFolder: string): PrivateServer {
  const server = serverProcess(redisServer('durable'), join(dataFolder, 'redis'));
  return {
    title: server.kind.title,
    url: redisUrl(server.socket),
    need: serverNeeds.redis,
    isRunning: () => server.pid() !== undefined,
    join: () => share(server, async () => {}),
  };
}

/** Joins all of them, or none. Their programs are installed when they are missing. */
export async function joinServers(
  servers: readonly PrivateServer[],
  dataFolder: string,
): Promise<SharedServers> {
  const idle = servers.filter((server) => !server.isRunning());
  await ensureInstalled(
    idle.map((server) => server.need),
    dataFolder,
  );

  const attempts = await Promise.allSettled(servers.map((server) => server.join()));
  const joined = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const leaveAll = async () => {
    await Promise.all(joined.map((server) => server.leave()));
  };
  const failed = attempts.find((attempt) => attempt.status === 'rejected');
  if (failed) {
    await leaveAll();
    throw failed.reason;
  }
  return {
    async revive() {
      const revived: string[] = [];
      for (const server of joined) if (await server.revive()) revived.push(server.title);
      return revived;
    },
    [Symbol.asyncDispose]: leaveAll,
  };
}

/**
 * Two locks in the server's folder: `gate` is held while it is being started or stopped, `users` is shared by
 * all who use it. Whoever can have `users` alone is the last one.
 */
async function share(server: ServerProcess, afterStart: () => Promise<void>): Promise<SharedServer> {
  const gate = join(server.folder, 'gate.lock');
  const users = join(server.folder, 'users.lock');

  const start = async () => {
    const started = await server.start();
    await afterStart();
    return started;
  };
  const membership = await behind(gate, async () => {
    await start();
    return waitForLock(users, 'shared');
  });

  return {
    title: server.kind.title,
    revive: () => behind(gate, async () => server.pid() === undefined && (await start())),
    leave: () =>
      behind(gate, async () => {
        membership.release();
        const alone = tryLock(users, 'exclusive');
        if (!alone) return;
        await server.stop();
        alone.release();
      }),
  };
}

async function behind<T>(gate: string, work: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(gate, 'exclusive');
  try {
    return await work();
  } finally {
    lock.release();
  }
}
