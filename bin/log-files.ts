import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from './folders.ts';

const fullAt = 20 * 2 ** 20;

/** A file to append to; the last one is kept as `.1` when it has grown large. */
export function openLog(dataFolder: string, name: string): { path: string; fd: number; close(): void } {
  const path = join(privateFolder(join(dataFolder, 'logs')), `${name}.log`);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > fullAt) renameSync(path, `${path}.1`);
  const fd = openSync(path, 'a', 0o600);
  return { path, fd, close: () => closeSync(fd) };
}

/** The end of a log, set off to stand below a message. */
export function lastLines(path: string, count = 15): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count);
  return lines.map((line) => `  | ${line}`).join('\n');
}
