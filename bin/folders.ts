import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from './failure.ts';

export const projectFolder = dirname(import.meta.dirname);

/** `.local` in the project, or where MOA_DATA points; made when missing. */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  return realpathSync(privateFolder(resolve(projectFolder, env.MOA_DATA || '.local')));
}

/** Makes a folder that only its owner may enter; one that is there keeps its rights. */
export function privateFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Failure(
      `데이터 폴더 ${path}에 쓸 수 없습니다. 이 폴더를 만든 사용자로 실행하거나 MOA_DATA에 다른 폴더를 지정하세요. (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  return path;
}

/** A socket's path holds at most 103 bytes on macOS and 107 on Linux, and its name needs some. */
const longestSocketFolder = 103 - '/server.sock'.length;

/**
 * Where the socket of a server with this folder lives: in the folder itself, or when that path is too long in
 * a short one that belongs to us alone. It is under /tmp whatever TMPDIR says: cron and a terminal must meet.
 */
export function socketFolder(serverFolder: string): string {
  if (Buffer.byteLength(serverFolder) <= longestSocketFolder) return serverFolder;

  const name = createHash('sha256').update(serverFolder).digest('hex').slice(0, 12);
  const short = privateFolder(join('/tmp', `moa-${process.getuid?.()}-${name}`));
  const { uid, mode } = lstatSync(short);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
    throw new Failure(`${short} 폴더를 다른 사용자도 열 수 있습니다. 이 폴더를 지우고 다시 실행하세요.`);
  }
  return short;
}
