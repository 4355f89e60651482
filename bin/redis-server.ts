import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from './failure.ts';
import { findRedis } from './installed-programs.ts';
import type { ServerKind } from './server-process.ts';

export function redisServer(care: 'durable' | 'throw-away'): ServerKind {
  return {
    name: 'redis',
    title: 'Redis',
    prepare: async (folder) => {
      mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
    },
    command: (folder, socket) => ({
      program: program(),
      args: [
        ...['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'],
        ...['--dir', join(folder, 'data'), '--save', '', '--appendonly', care === 'durable' ? 'yes' : 'no'],
        ...['--maxmemory-policy', 'noeviction'], // a job or a session thrown out is lost
      ],
    }),
    answers,
  };
}

export function redisUrl(socket: string): string {
  return `unix://${pathToFileURL(socket).pathname}?db=0`;
}

function program(): string {
  const found = findRedis();
  if (!found) throw new Failure('Redis 7 이상이 필요합니다.');
  return found;
}

/** While it reads its file back it answers -LOADING. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => socket.write('PING\r\n'));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (reply) => end(reply.toString().startsWith('+PONG')));
  });
}
