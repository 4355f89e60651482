import { createServer, type Server } from 'node:http';
import type { Request, Response } from 'express';
import { actorOf, isStillSignedIn } from '#accounts';
import { type Config, readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { startLive } from '#lib/live.ts';
import { runProcess } from '#lib/process.ts';
import { openBlockingRedis, tellOutages } from '#lib/redis.ts';
import { openRuntime } from '#lib/runtime.ts';
import { watchSlot } from '#lib/slot.ts';
import { openTroubles } from '#lib/troubles.ts';
import { drain, listen } from '#lib/web/listening.ts';
import { securityHeaders } from '#lib/web/security.ts';
import { watchProcess } from '#operations';
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
  tellOutages(blocking, runtime.log, 'events');
  const watching = await watchProcess(runtime, 'web');
  const { app, handshake } = createApp(runtime, modules, watching.metrics);
  const troubles = openTroubles(runtime.db);
  app.set('troubles', troubles);
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
    observer: watching.sockets,
  });
  secureRefusals(server, config);

  const url = await listen(server, config);
  const slot = config.slot && watchSlot(config.slot, log);
  await slot?.follow(async (isLive) => {
    live.letGo(!isLive);
    return undefined;
  });
  log.info({ url }, 'web is ready');

  return {
    url,
    async close() {
      slot?.close();
      troubles.close();
      const drained = drain(server, config);
      await live.close();
      await drained;
      blocking.disconnect();
      await watching.close();
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
