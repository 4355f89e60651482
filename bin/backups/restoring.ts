import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../failure.ts';
import { findMariadb } from '../installed-programs.ts';
import { mariadbAnswers } from '../mariadb-server.ts';
import { type ServerKind, type ServerProcess, serverProcess } from '../server-process.ts';
import type { Choice } from './choosing.rules.ts';
import { accessFile } from './full.ts';
import { programPath } from './programs.ts';
import { endOf, openFrom, settled } from './sealing.ts';
import { openServer } from './server.ts';

/** A server that runs on what was restored. */
export interface Restored {
  server: ServerProcess;
  /** With all rights, under a name that only this restore knows. */
  url: string;
  /** Seconds by step. */
  took: Record<string, number>;
}

const restorer = 'moa_restore';

/**
 * Unpacks a full back-up below `folder`, makes it whole, starts a server on it that listens to nobody else, and repeats
 * the logs up to the chosen moment.
 */
export async function restore(
  { full, logs, until }: Choice,
  { series, identity, folder, exact }: { series: string; identity: string; folder: string; exact: boolean },
  tell: (step: string) => void,
): Promise<Restored> {
  const took: Record<string, number> = {};
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    tell(step);
    const startedAt = performance.now();
    const done = await work();
    took[step] = Math.round((performance.now() - startedAt) / 100) / 10;
    return done;
  };
  const data = join(folder, 'data');
  if (existsSync(data) && readdirSync(data).length > 0)
    throw new Failure(`되살릴 폴더가 비어 있지 않습니다: ${data}`);
  mkdirSync(data, { recursive: true, mode: 0o700 });

  await timed('unpack', () => unpack(join(series, 'full', full.file), identity, data, full));
  await timed('prepare', () => prepareCopy(data));
  const password = randomBytes(18).toString('base64url');
  writeFileSync(join(folder, 'init.sql'), initOf(password), { mode: 0o600 });
  const server = serverProcess(restoredServer(folder), folder);
  await timed('start', () => server.start());
  const url = `mysql://${restorer}:${password}@localhost/${full.database}?socketPath=${encodeURIComponent(server.socket)}`;
  try {
    await timed('replay', async () => {
      if (!full.log || logs.length === 0) return;
      const work = join(folder, 'replayed');
      mkdirSync(work, { mode: 0o700 });
      const files: string[] = [];
      for (const log of logs) {
        const path = join(work, log.name);
        await openFrom(
          join(series, 'logs', log.file),
          identity,
          createWriteStream(path, { mode: 0o600 }),
          log,
        );
        files.push(path);
      }
      const access = join(folder, 'access.cnf');
      writeFileSync(access, accessFile({ user: restorer, password, socketPath: server.socket }), {
        mode: 0o600,
      });
      await replay(files, full.log.position, exact ? until : undefined, access);
      await rm(work, { recursive: true });
    });
  } catch (error) {
    server.kill();
    throw error;
  }
  return { server, url, took };
}

async function unpack(
  path: string,
  identity: string,
  data: string,
  expected: { sha256: string; bytes: number },
): Promise<void> {
  const child = spawn(programPath('mbstream'), ['-x', '-C', data], { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = endOf('mbstream', child);
  await settled([openFrom(path, identity, child.stdin as Writable, expected), ended]);
}

/** Repeats what was written while the copy was made, so that all of it is of one moment. */
async function prepareCopy(data: string): Promise<void> {
  const child = spawn(
    programPath('mariabackup'),
    ['--no-defaults', '--prepare', `--target-dir=${data}`, '--use-memory=512M'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await endOf('mariabackup --prepare', child);
}

/** Runs as the server itself: nobody's password is needed to open what one may restore. */
function initOf(password: string): string {
  return [
    `CREATE OR REPLACE USER '${restorer}'@'localhost' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${restorer}'@'localhost' WITH GRANT OPTION;`,
  ].join('\n');
}

export function restoredServer(folder: string): ServerKind {
  return {
    name: 'restored',
    title: 'MariaDB',
    prepare: async () => {},
    command: (_own: string, socket: string) => ({
      program: serverProgram(),
      args: [
        '--no-defaults', // must stand first
        ...(process.getuid?.() === 0 ? ['--user=root'] : []),
        `--datadir=${join(folder, 'data')}`,
        `--socket=${socket}`,
        `--pid-file=${join(folder, 'mariadbd.pid')}`,
        `--tmpdir=${folder}`,
        `--init-file=${join(folder, 'init.sql')}`,
        '--skip-networking',
        '--skip-name-resolve',
        '--skip-log-bin',
        '--skip-slave-start',
        '--innodb-use-native-aio=0',
        '--innodb-flush-log-at-trx-commit=0', // what is lost here is restored again
        '--innodb-buffer-pool-size=1G',
        '--max-allowed-packet=1G',
        '--character-set-server=utf8mb4',
        '--collation-server=utf8mb4_unicode_ci',
      ],
    }),
    answers: mariadbAnswers,
  };
}

function serverProgram(): string {
  const found = findMariadb();
  if (!found) throw new Failure('MariaDB 10.11 이상이 필요합니다.');
  return found.server;
}

async function replay(
  files: readonly string[],
  position: number,
  until: Date | undefined,
  access: string,
): Promise<void> {
  const reader = spawn(
    programPath('mariadb-binlog'),
    [
      '--no-defaults',
      `--start-position=${position}`,
      ...(until ? [`--stop-datetime=${localTime(until)}`] : []),
      ...files,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const client = spawn(programPath('mariadb'), [`--defaults-file=${access}`, '--binary-mode'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ends = [endOf('mariadb-binlog', reader), endOf('mariadb', client)];
  await settled([pipeline(reader.stdout as Readable, client.stdin as Writable), ...ends]);
}

/** As mariadb-binlog reads it: in the zone of the process, which is Korean. */
function localTime(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Before the data is handed on: the name under which it was restored must not stay behind. */
export async function dropRestorer(url: string): Promise<void> {
  await using server = await openServer(url);
  await server.query(`DROP USER '${restorer}'@'localhost'`);
}
