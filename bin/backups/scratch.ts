import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FileLock, tryLock } from '../file-locks.ts';
import { redisServer } from '../redis-server.ts';
import { serverProcess } from '../server-process.ts';
import { restoredServer } from './restoring.ts';

const lockName = 'drill.lock';
let held: FileLock | undefined;

/** Until this process is gone nobody takes the folder for a leftover. */
export function holdScratch(folder: string): void {
  held = tryLock(join(folder, lockName), 'exclusive');
}

/** Ends the servers of a restore, whoever started them, and removes its folder unless it `isKept`. */
export function endRestore(folder: string, isKept: boolean): void {
  serverProcess(restoredServer(folder), folder).kill();
  serverProcess(redisServer('throw-away'), join(folder, 'redis')).kill();
  held?.release();
  held = undefined;
  if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** What was restored by processes that were killed, and lies there still. */
export function removeLeftovers(scratch: string): void {
  for (const name of readdirSync(scratch).filter((one) => one.startsWith('moa-restore-'))) {
    const folder = join(scratch, name);
    try {
      const lock = tryLock(join(folder, lockName), 'exclusive');
      lock?.release();
      if (lock) endRestore(folder, false);
    } catch {
      // somebody else's, who will remove it
    }
  }
}
