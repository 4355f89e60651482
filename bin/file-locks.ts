import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';

export interface FileLock {
  release(): void;
}

const statements = {
  exclusive: 'BEGIN EXCLUSIVE',
  shared: 'BEGIN; SELECT count(*) FROM sqlite_schema',
};

/**
 * Locks a file among processes, or gives undefined when others are in the way. The kernel frees the lock when
 * its holder dies, even by kill -9, so there is no stale lock to clear away. Node has no flock of its own;
 * SQLite's locking of an empty database is used for it.
 */
export function tryLock(path: string, kind: keyof typeof statements): FileLock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec(statements[kind]);
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}

const busy = 5;

export async function waitForLock(path: string, kind: keyof typeof statements): Promise<FileLock> {
  for (const giveUpAt = Date.now() + 180_000; Date.now() < giveUpAt; await sleep(20)) {
    const lock = tryLock(path, kind);
    if (lock) return lock;
  }
  throw new Failure(`다른 Moa 프로세스가 3분 넘게 준비 중입니다. 끝난 뒤 다시 실행하세요. (${path})`);
}
