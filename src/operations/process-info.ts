import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Which of our processes this is. */
export interface ProcessInfo {
  kind: 'web' | 'worker';
  version: string;
  host: string;
  pid: number;
  startedAt: Date;
}

/** `now` is when it started. */
export function processInfo(kind: ProcessInfo['kind'], now: Date): ProcessInfo {
  return { kind, version: releaseVersion(), host: hostname(), pid: process.pid, startedAt: now };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The version of the package; a release writes its own name into the file RELEASE beside it. */
function releaseVersion(): string {
  return (
    readIfThere('RELEASE')?.trim() ||
    (JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version as string)
  );
}

function readIfThere(name: string): string | undefined {
  try {
    return readFileSync(`${root}${name}`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
