import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { QueueEvents } from 'bullmq';
import type { RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type Namespace, Server, type Socket } from 'socket.io';
import type { Ctx } from '#lib/ctx.ts';
import { openQueue, type Progress, queueName, queuePrefix } from '#lib/queue.ts';
import { isSameOrigin } from '#lib/web/csrf.ts';

export interface LiveParts {
  /** Session and identity: what a page request goes through before its route. */
  handshake: readonly RequestHandler[];
  redis: Redis;
  /** A connection of its own: the event stream blocks it. */
  blocking: Redis;
  redisPrefix: string;
  log: Logger;
}

/** What a page hears about the import it watches. */
export interface LiveProgress extends Progress {
  importId: number;
}

/**
 * Tells pages how jobs come along. Only numbers travel here: what a job found out is read from the database
 * by the page that is loaded when it has finished.
 */
export async function startLive(server: HttpServer, parts: LiveParts): Promise<{ close(): Promise<void> }> {
  const { handshake, redis, blocking, redisPrefix, log } = parts;
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    allowRequest: (req, done) => done(null, isSameOrigin(req)),
  });
  for (const middleware of handshake) io.engine.use(middleware);

  const queue = openQueue(redis, redisPrefix);
  const events = new QueueEvents(queueName, { connection: blocking, prefix: queuePrefix(redisPrefix) });
  events.on('error', (error) => log.error({ err: error }, 'queue events'));
  const watched = watchJobs(queue);

  events.on('active', ({ jobId }) => void tell(jobId, 'progress', { done: 0, total: 0, stage: '' }));
  events.on('progress', ({ jobId, data }) => void tell(jobId, 'progress', data as unknown as Progress));
  events.on('completed', ({ jobId }) => void tell(jobId, 'finished', {}));
  events.on('failed', ({ jobId }) => void tell(jobId, 'finished', {}));

  async function tell(jobId: string, event: 'progress' | 'finished', data: object): Promise<void> {
    try {
      const importId = await watched.importOf(jobId);
      if (importId !== undefined) io.local.to(roomOf(importId)).emit(event, { importId, ...data });
      if (event === 'finished') watched.forget(jobId);
    } catch (error) {
      log.warn({ err: error, jobId }, 'progress was not passed on');
    }
  }

  acceptWatchers(io.of('/'), watched, log);
  await events.waitUntilReady();
  return {
    async close() {
      await events.close();
      await queue.close();
      io.engine.close();
      io.removeAllListeners();
    },
  };
}

const roomOf = (importId: number) => `import:${importId}`;

function acceptWatchers(namespace: Namespace, watched: ReturnType<typeof watchJobs>, log: Logger): void {
  namespace.use((socket, next) => next(actorOf(socket)?.id ? undefined : new Error('sign-in needed')));
  namespace.on('connection', (socket) => {
    socket.on('watch', async (request: unknown) => {
      try {
        const importId = Number((request as { importId?: unknown } | null)?.importId);
        if (!Number.isSafeInteger(importId) || !actorOf(socket)?.permissions.has('imports.view')) return;
        await socket.join(roomOf(importId));
        const progress = await watched.progressOf(importId);
        if (progress) socket.emit('progress', { importId, ...progress });
      } catch (error) {
        log.warn({ err: error }, 'a page could not watch');
      }
    });
  });
}

function actorOf(socket: Socket): Ctx['actor'] | undefined {
  return (socket.request as IncomingMessage & { ctx?: Ctx }).ctx?.actor;
}

/** Knows which import a job belongs to. */
function watchJobs(queue: ReturnType<typeof openQueue>) {
  const imports = new Map<string, number | undefined>();
  return {
    async importOf(jobId: string): Promise<number | undefined> {
      if (!imports.has(jobId)) imports.set(jobId, importIdOf((await queue.getJob(jobId))?.data));
      return imports.get(jobId);
    },
    forget: (jobId: string) => void imports.delete(jobId),
    /** How far the import's job is now, for a page that comes late. */
    async progressOf(importId: number): Promise<Progress | undefined> {
      const running = await queue.getJobs(['active']);
      const job = running.find((candidate) => importIdOf(candidate?.data) === importId);
      return typeof job?.progress === 'object' ? (job.progress as unknown as Progress) : undefined;
    },
  };
}

function importIdOf(data: { importId?: unknown } | undefined): number | undefined {
  const id = Number(data?.importId);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
