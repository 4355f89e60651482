import { globSync } from 'node:fs';
import { basename } from 'node:path';

/** The migrations a release comes with. */
export function migrationsIn(tree: string): string[] {
  return globSync('migrations/*.ts', { cwd: tree }).map((path) => basename(path, '.ts'));
}
