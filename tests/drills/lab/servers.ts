import { join } from 'node:path';
import { createDatabase, mariadbServer, mariadbUrl } from '../../../bin/mariadb-server.ts';
import { redisServer, redisUrl } from '../../../bin/redis-server.ts';
import { type ServerProcess, serverProcess } from '../../../bin/server-process.ts';
import type { Lab } from './lab.ts';

/** One MariaDB on a unix socket, which every zone reaches; its database `moa` is empty. */
export async function startMariadb(lab: Lab, name = 'mariadb'): Promise<ServerProcess & { url: string }> {
  const server = serverProcess(mariadbServer('throw-away'), join(lab.folder, name));
  lab.defer(() => server.kill());
  process.on('exit', () => server.kill());
  await server.start();
  await createDatabase(server.socket, 'moa');
  return { ...server, url: mariadbUrl(server.socket, 'moa') };
}

/** One Redis on a unix socket. */
export async function startRedis(lab: Lab, name = 'redis'): Promise<ServerProcess & { url: string }> {
  const server = serverProcess(redisServer('durable'), join(lab.folder, name));
  lab.defer(() => server.kill());
  process.on('exit', () => server.kill());
  await server.start();
  return { ...server, url: redisUrl(server.socket) };
}
