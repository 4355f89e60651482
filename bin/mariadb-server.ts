import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import * as mariadb from 'mariadb';
import { Failure } from './failure.ts';
import { findMariadb, type MariadbPrograms } from './installed-programs.ts';
import type { ServerKind } from './server-process.ts';

/** Loses nothing that was committed. */
const durable = [
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-buffer-pool-size=512M',
  '--innodb-log-file-size=128M',
];

/** Gone with the tests anyway. */
const throwAway = [
  '--innodb-file-per-table=0', // tables by the thousand come and go
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=256M',
  '--innodb-log-file-size=64M',
];

export function mariadbServer(care: 'durable' | 'throw-away'): ServerKind {
  return {
    name: 'mariadb',
    title: 'MariaDB',
    prepare: createDataFolder,
    command: (folder, socket) => ({
      program: programs().server,
      args: [
        '--no-defaults', // must stand first
        ...asRoot(),
        `--datadir=${join(folder, 'data')}`,
        `--socket=${socket}`,
        `--pid-file=${join(folder, 'mariadbd.pid')}`,
        `--tmpdir=${folder}`, // a server that starts removes the temporary tables of all others in the same folder
        '--skip-networking',
        '--skip-name-resolve',
        '--skip-log-bin',
        '--performance-schema=0',
        '--innodb-use-native-aio=0', // containers often have none to give
        '--character-set-server=utf8mb4',
        '--collation-server=utf8mb4_unicode_ci',
        '--max-allowed-packet=64M',
        '--max-connections=400',
        ...(care === 'durable' ? durable : throwAway),
      ],
    }),
    answers: mariadbAnswers,
  };
}

/** The url of a private server; without a database for tests, which make their own. */
export function mariadbUrl(socket: string, database = ''): string {
  return `mysql://root@localhost/${database}?socketPath=${encodeURIComponent(socket)}`;
}

export async function createDatabase(socketPath: string, name: string): Promise<void> {
  const connection = await mariadb.createConnection({ socketPath, user: 'root' });
  try {
    await connection.query(
      `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    );
  } finally {
    await connection.end();
  }
}

/** Made beside and renamed: a folder that is there is whole. */
async function createDataFolder(folder: string): Promise<void> {
  const data = join(folder, 'data');
  if (existsSync(data)) return;

  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('unfinished-'))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  const unfinished = mkdtempSync(join(folder, 'unfinished-'));
  const args = [
    '--no-defaults',
    ...asRoot(),
    `--datadir=./${basename(unfinished)}`, // the script stumbles over spaces in the whole path
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  const env = { ...process.env, TMPDIR: folder }; // servers that start clear away what others keep in the same one
  await promisify(execFile)(programs().installDb, args, { cwd: folder, env }).catch(
    (error: { stdout?: string; stderr?: string; message: string }) => {
      throw new Failure(
        `MariaDB 데이터 폴더를 만들지 못했습니다.\n${error.stdout ?? ''}${error.stderr ?? error.message}`,
      );
    },
  );
  renameSync(unfinished, data);
}

/** mariadbd refuses to run as root unless told so by name. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function programs(): MariadbPrograms {
  const found = findMariadb();
  if (!found) throw new Failure('MariaDB 10.11 이상이 필요합니다.');
  return found;
}

/** The server greets whoever connects: protocol version 10, after the packet's four bytes of header. */
export function mariadbAnswers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (greeting) => end(greeting[4] === 10));
  });
}
