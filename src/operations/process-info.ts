import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Which of our processes this is. */
export interface ProcessInfo {
  kind: 'web' | 'worker';
  version: string;
  /** The newest migration it comes with: a release guards what older ones still use. */
  newestMigration: string;
  host: string;
  pid: number;
  startedAt: Date;
}

/** `now` is when it started. */
export function processInfo(kind: ProcessInfo['kind'], now: Date): ProcessInfo {
  return {
    kind,
    version: releaseVersion(),
    newestMigration: newestMigration(),
    host: hostname(),
    pid: process.pid,
    startedAt: now,
  };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The version of the package; a release writes its own name into the file RELEASE beside it. */
function releaseVersion(): string {
  return (
    readIfThere('RELEASE')?.trim() ||
    (JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version as string)
  );
}

function newestMigration(): string {
  const files = readdirSync(`${root}migrations`).filter((file) => file.endsWith('.ts'));
  return (files.sort().at(-1) ?? '').replace(/\.ts$/, '');
}

function readIfThere(name: string): string | undefined {
  try {
    return readFileSync(`${root}${name}`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
