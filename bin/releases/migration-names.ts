import { globSync } from 'node:fs';
import { basename } from 'node:path';

/** The newest migration a release comes with: it knows all that are older. */
export function newestMigrationIn(tree: string): string {
  return (
    globSync('migrations/*.ts', { cwd: tree })
      .map((path) => basename(path, '.ts'))
      .sort()
      .at(-1) ?? ''
  );
}
