import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { CannotBeDone } from './drill.ts';
import type { Lab } from './lab.ts';

/** A disk of its own that can be filled to the last byte. */
export interface SmallDisk {
  path: string;
  fill(): void;
  makeRoom(): void;
  /** Bytes. */
  free(): number;
  /** What a part of the installation writes to its log goes to this disk too. */
  takeLogOf(name: string): void;
}

/** For a drill with `ownNetwork`: there it is root in a world of its own, whose mounts end with it. */
export function openSmallDisk(lab: Lab, megabytes: number): SmallDisk {
  const path = join(lab.folder, 'disk');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'moa-drill', path]);
  } catch {
    throw new CannotBeDone('작은 디스크를 붙일 권한이 없습니다. 리눅스에서 root로 실행하세요.');
  }
  const logs: string[] = [];
  lab.defer(() => {
    for (const name of logs) saveLog(join(path, `${name}.log`), lab.logOf(name));
    execFileSync('umount', ['-l', path]);
  });
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (const size of [1 << 20, 1 << 12])
          for (let isRoom = true; isRoom; ) {
            try {
              isRoom = writeSync(file, Buffer.alloc(size, 7)) === size;
            } catch (error) {
              if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
              isRoom = false;
            }
          }
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    free() {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    },
    takeLogOf(name) {
      symlinkSync(join(path, `${name}.log`), lab.logOf(name));
      logs.push(name);
    },
  };
}

/** To be read when the disk is gone. */
function saveLog(from: string, to: string): void {
  rmSync(to);
  if (existsSync(from)) copyFileSync(from, to);
}
