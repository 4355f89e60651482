import type { IncomingMessage } from 'node:http';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Server, Socket } from 'socket.io';
import { tellOutages } from '#lib/redis.ts';
import { endedChannel } from '#lib/web/sessions.ts';

export interface SocketEnds {
  redis: Redis;
  redisPrefix: string;
  /** Whether whoever opened the socket is still signed in. */
  isSignedIn: (handshake: IncomingMessage) => Promise<boolean>;
  log: Logger;
}

const lookEvery = 3000;

/**
 * A socket ends with the session it was opened in: at once when the session is ended, within seconds when it runs out
 * or its user may no longer come in. What it hears keeps no session alive.
 */
export async function endSocketsWithSessions(
  io: Server,
  { redis, redisPrefix, isSignedIn, log }: SocketEnds,
): Promise<{ close(): void }> {
  const hearing = redis.duplicate();
  tellOutages(hearing, log, 'ends of sessions');
  hearing.on('message', (_channel, sid) => {
    for (const socket of io.of('/').sockets.values()) if (sessionOf(socket) === sid) socket.disconnect(true);
  });
  await hearing.subscribe(endedChannel(redisPrefix));

  let looking = false;
  const timer = setInterval(() => {
    if (looking || io.of('/').sockets.size === 0) return;
    looking = true;
    look()
      .catch((error) => log.warn({ err: error }, 'sockets were not looked after'))
      .finally(() => {
        looking = false;
      });
  }, lookEvery);
  timer.unref();

  async function look(): Promise<void> {
    for (const socket of [...io.of('/').sockets.values()]) {
      if (!(await isSignedIn(socket.request))) socket.disconnect(true);
    }
  }
  return {
    close() {
      clearInterval(timer);
      hearing.disconnect();
    },
  };
}

function sessionOf(socket: Socket): string | undefined {
  return (socket.request as IncomingMessage & { sessionID?: string }).sessionID;
}
