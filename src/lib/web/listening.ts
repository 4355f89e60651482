import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect, Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SettingError } from '#lib/errors.ts';

export interface Listening {
  host: string;
  port: number;
  /** A unix socket, instead of host and port: for a proxy on the same machine. */
  socketPath?: string;
}

/** Begins to take requests; gives the address, for people and logs. */
export async function listen(server: Server, { host, port, socketPath }: Listening): Promise<string> {
  if (socketPath) await clearAway(socketPath);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (socketPath) server.listen(socketPath, resolve);
    else server.listen(port, host, resolve);
  });
  if (socketPath) {
    chmodSync(socketPath, 0o660); // the proxy is let in by its group
    return `unix:${socketPath}`;
  }
  const { address, port: taken } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${taken}`;
}

/** Who was killed leaves its socket behind. One that somebody answers on is not ours to take. */
async function clearAway(path: string): Promise<void> {
  const isTaken = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(true)).once('error', () => resolve(false));
    probe.once('close', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
  if (isTaken) throw new SettingError(`LISTEN ${path}에서 다른 프로세스가 이미 듣고 있습니다.`);
  rmSync(path, { force: true });
}

/** A proxy gives up a connection it has not used for two seconds: deploy/nginx says so. */
const proxyForgetsMs = 2500;

/**
 * Takes no new connections, lets what is under way finish, and ends. A proxy may send a request on a connection at the
 * moment we close it: so those behind one are left open until it has forgotten them.
 */
export async function drain(server: Server, { socketPath }: Listening, patienceMs = 15_000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const patience = setTimeout(() => server.closeAllConnections(), patienceMs);
  if (socketPath) {
    server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
    NetServer.prototype.close.call(server); // the one of HTTP would close at once what is idle
    await sleep(Math.min(proxyForgetsMs, patienceMs));
    server.closeIdleConnections();
    const sweeping = setInterval(() => server.closeIdleConnections(), 100);
    await closed;
    clearInterval(sweeping);
  } else {
    server.close();
    await closed;
  }
  clearTimeout(patience);
}
