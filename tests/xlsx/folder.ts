import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test's own, gone with it. */
export async function openFolder(): Promise<{ file(name: string): string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'moa-xlsx-'));
  return {
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
