import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type Namespace, Server, type Socket } from 'socket.io';
import type { Ctx } from '#lib/ctx.ts';
import type { Watchable } from '#lib/module.ts';
import { openQueue, openQueueEvents, type Progress } from '#lib/queue.ts';
import { isSameOrigin } from '#lib/web/csrf.ts';
import { endSocketsWithSessions } from '#lib/web/socket-ends.ts';

export interface LiveParts {
  /** Session and identity: what a page request goes through before its route. */
  handshake: readonly RequestHandler[];
  redis: Redis;
  /** A connection of its own: the event stream blocks it. */
  blocking: Redis;
  redisPrefix: string;
  /** Whether whoever opened a socket is still signed in. */
  isSignedIn: (handshake: IncomingMessage) => Promise<boolean>;
  watchables: readonly Watchable[];
  /** The context of a person with what they may do at this moment. */
  ctxNow: (actor: Ctx['actor']) => Promise<Ctx>;
  log: Logger;
  observer?: LiveObserver;
}

/** Hears how the sockets of pages do. */
export interface LiveObserver {
  opened(): void;
  closed(reason: string): void;
  /** A page is back after so long without its socket. */
  reconnected(seconds: number): void;
  /** So long after it happened something was told to those who watch. */
  told(seconds: number): void;
}

/** What a page hears about the import or the download it watches. */
export type LiveProgress = Progress & Partial<Record<'importId' | 'downloadId', number>>;

export interface Live {
  /** Lets all sockets go, and whoever still comes, so that they connect again: to another release. */
  letGo(now: boolean): void;
  close(): Promise<void>;
}

/** What a job is about. A job that names an `ownerId` is told of to that person alone. */
interface Subject {
  key: string;
  id: number;
  owner: number;
}

/**
 * Tells pages how jobs come along. Only numbers travel here: what a job found out is read from the database
 * by the page that is loaded when it has finished.
 */
export async function startLive(server: HttpServer, parts: LiveParts): Promise<Live> {
  const { handshake, redis, blocking, redisPrefix, log } = parts;
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    allowRequest: (req, done) => done(null, isSameOrigin(req)),
  });
  for (const middleware of handshake) io.engine.use(middleware);

  const queue = openQueue(redis, redisPrefix);
  const events = openQueueEvents(blocking, redisPrefix);
  events.on('error', (error) => log.error({ err: error }, 'queue events'));
  const watched = watchJobs(queue, parts.watchables);
  const mayHear = watchRights(parts);

  const begun = { done: 0, total: 0, stage: '' };
  events.on('active', ({ jobId }, id) => void tell(jobId, 'progress', begun, id));
  events.on('progress', ({ jobId, data }, id) => void tell(jobId, 'progress', data as object, id));
  events.on('completed', ({ jobId }, id) => void tell(jobId, 'finished', {}, id));
  events.on('failed', ({ jobId }, id) => void tell(jobId, 'finished', {}, id));

  /** The id that Redis gave the event says when it happened. */
  async function tell(
    jobId: string,
    event: 'progress' | 'finished',
    data: object,
    id: string,
  ): Promise<void> {
    try {
      const subject = await watched.subjectOf(jobId);
      const watchers = subject
        ? [...io.of('/').sockets.values()].filter((one) => one.rooms.has(roomOf(subject)))
        : [];
      for (const socket of watchers) {
        if (await mayHear(socket, subject!)) socket.emit(event, { [subject!.key]: subject!.id, ...data });
      }
      if (watchers.length > 0) parts.observer?.told(Math.max(Date.now() - Number.parseInt(id, 10), 0) / 1000);
      if (event === 'finished') watched.forget(jobId);
    } catch (error) {
      log.warn({ err: error, jobId }, 'progress was not passed on');
    }
  }

  acceptWatchers(io.of('/'), watched, mayHear, log);
  if (parts.observer) observeSockets(io.of('/'), parts.observer);
  const ends = await endSocketsWithSessions(io, parts);
  await events.waitUntilReady();
  let lettingGo: NodeJS.Timeout | undefined;
  return {
    letGo(now) {
      clearInterval(lettingGo);
      if (!now) return;
      closeSockets(io);
      lettingGo = setInterval(() => closeSockets(io), 1000);
      lettingGo.unref();
    },
    async close() {
      clearInterval(lettingGo);
      ends.close();
      await events.close();
      await queue.close();
      io.engine.close();
      io.removeAllListeners();
    },
  };
}

/** A client connects again when the line has gone; when the server says good-bye it stays away. */
function closeSockets(io: Server): void {
  const { clients } = io.engine as unknown as { clients: Record<string, { close(discard: boolean): void }> };
  for (const client of Object.values(clients)) client.close(true);
}

const roomOf = ({ key, id, owner }: Subject) => `${key}:${id}:${owner}`;

type MayHear = (socket: Socket, subject: Pick<Subject, 'key' | 'id'>) => Promise<boolean>;

const askedAnewMs = 1000;

/** Asks whether somebody may still hear of what they watch: what is taken from them ends within a second. */
function watchRights({ watchables, ctxNow }: Pick<LiveParts, 'watchables' | 'ctxNow'>): MayHear {
  const answers = new WeakMap<Socket, Map<string, { at: number; may: Promise<boolean> }>>();
  const ask = async (socket: Socket, { key, id }: Pick<Subject, 'key' | 'id'>) => {
    const [actor, watchable] = [actorOf(socket), watchables.find((one) => one.key === key)];
    return actor?.id && watchable ? watchable.mayWatch(await ctxNow(actor), id) : false;
  };
  return (socket, subject) => {
    const known = answers.get(socket) ?? new Map();
    answers.set(socket, known);
    const name = `${subject.key}:${subject.id}`;
    const before = known.get(name);
    if (before && Date.now() - before.at < askedAnewMs) return before.may;
    const may = ask(socket, subject);
    known.set(name, { at: Date.now(), may });
    return may;
  };
}

function acceptWatchers(
  namespace: Namespace,
  watched: ReturnType<typeof watchJobs>,
  mayHear: MayHear,
  log: Logger,
): void {
  namespace.use((socket, next) => next(actorOf(socket)?.id ? undefined : new Error('sign-in needed')));
  namespace.on('connection', (socket) => {
    socket.on('watch', async (request: unknown) => {
      try {
        const [wish, actor] = [watched.subjectIn(request), actorOf(socket)];
        if (!wish || !actor?.id || !(await mayHear(socket, wish))) return;
        const open = [0, actor.id].map((owner) => ({ ...wish, owner }));
        await socket.join(open.map(roomOf));
        const progress = await watched.progressOf(open);
        if (progress) socket.emit('progress', { [wish.key]: wish.id, ...progress });
      } catch (error) {
        log.warn({ err: error }, 'a page could not watch');
      }
    });
  });
}

/** A page that was without its socket says for how long when it is back. What it says is a number or nothing. */
function observeSockets(namespace: Namespace, observer: LiveObserver): void {
  namespace.on('connection', (socket) => {
    observer.opened();
    socket.once('disconnect', (reason) => observer.closed(reason));
    socket.once('back', (ms: unknown) => {
      if (typeof ms === 'number' && ms >= 0 && ms < 3_600_000) observer.reconnected(ms / 1000);
    });
  });
}

function actorOf(socket: Socket): Ctx['actor'] | undefined {
  return (socket.request as IncomingMessage & { ctx?: Ctx }).ctx?.actor;
}

/** Knows what a job is about. */
function watchJobs(queue: ReturnType<typeof openQueue>, watchables: readonly Watchable[]) {
  const keys = watchables.map(({ key }) => key);
  const subjectIn = (data: unknown) => subjectNamed(data, keys);
  const known = new Map<string, Subject | undefined>();
  return {
    subjectIn,
    async subjectOf(jobId: string): Promise<Subject | undefined> {
      if (!known.has(jobId)) known.set(jobId, subjectIn((await queue.getJob(jobId))?.data));
      return known.get(jobId);
    },
    forget: (jobId: string) => void known.delete(jobId),
    /** How far a job about one of these is now, for a page that comes late. */
    async progressOf(open: readonly Subject[]): Promise<Progress | undefined> {
      const rooms = open.map(roomOf);
      const running = await queue.getJobs(['active']);
      const job = running.find((candidate) => {
        const subject = subjectIn(candidate?.data);
        return subject && rooms.includes(roomOf(subject));
      });
      return typeof job?.progress === 'object' ? (job.progress as unknown as Progress) : undefined;
    },
  };
}

/** What a job's data, or a page's wish, names by one of the keys; owner 0 is everybody. */
function subjectNamed(data: unknown, keys: readonly string[]): Subject | undefined {
  const values = (data ?? {}) as Record<string, unknown>;
  const key = keys.find((name) => values[name] !== undefined);
  const id = key && Number(values[key]);
  if (!key || !id || !Number.isSafeInteger(id) || id < 0) return undefined;
  return { key, id, owner: Number(values.ownerId ?? 0) };
}
