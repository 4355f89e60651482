import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import { actorOf, isStillSignedIn } from '#accounts';
import { type Config, readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { startLive } from '#lib/live.ts';
import { runProcess } from '#lib/process.ts';
import { openBlockingRedis } from '#lib/redis.ts';
import { openRuntime } from '#lib/runtime.ts';
import { securityHeaders } from '#lib/web/security.ts';
import { createApp } from './app.ts';
import { modules as allModules } from './modules.ts';

export interface RunningWeb {
  url: string;
  close(): Promise<void>;
}

/** Serves pages and the live channel until closed. */
export async function startWeb(config: Config, modules = allModules): Promise<RunningWeb> {
  const runtime = await openRuntime(config, 'web');
  const blocking = openBlockingRedis(config.redisUrl);
  blocking.on('error', (error) => runtime.log.error({ err: error }, 'redis'));
  const { app, handshake } = createApp(runtime, modules);
  const server = createServer(app);
  const { redis, log } = runtime;
  const live = await startLive(server, {
    handshake,
    redis,
    blocking,
    redisPrefix: config.redisPrefix,
    isSignedIn: isStillSignedIn,
    watchables: modules.flatMap((module) => module.watchables ?? []),
    ctxNow: async ({ id, name }) =>
      runtime.ctxFor(await actorOf(runtime.ctxFor(systemActor), { id: Number(id), name }, modules)),
    log,
  });
  secureRefusals(server, config);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  log.info({ url }, 'web is ready');

  return {
    url,
    async close() {
      await live.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        setTimeout(() => server.closeAllConnections(), 5000).unref();
      });
      blocking.disconnect();
      await runtime.close();
    },
  };
}

/** What the live channel refuses, and what asks for another channel, passes no step of the application. */
function secureRefusals(server: Server, { cookieSecure }: Config): void {
  const headers = securityHeaders({ https: cookieSecure });
  server.prependListener('request', (req, res) => {
    if (req.url?.startsWith('/socket.io')) headers(req as Request, res as Response, () => {});
  });
  server.on('upgrade', (req, socket) => {
    if (req.url?.startsWith('/socket.io')) return;
    socket.on('error', () => {}); // it would stay open for ever otherwise, and keep this process from ending
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', () => socket.destroy());
  });
}

if (import.meta.main) void runProcess(() => startWeb(readConfig(process.env)));
