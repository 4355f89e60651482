import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openFolder } from './folder.ts';
import type { Maker } from './hostile-files.ts';

const reader = fileURLToPath(new URL('read-alone.ts', import.meta.url));

export interface Outcome {
  rows: number;
  refusal?: { name: string; message: string };
  megabytes: number;
}

/** Reads a file in a process of its own with a small heap, as imports are read. */
export async function readAlone(make: Maker): Promise<Outcome> {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await make(path);
  const args = ['--max-old-space-size=320', reader, path];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return JSON.parse(stdout) as Outcome;
}
