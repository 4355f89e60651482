import { readFileSync } from 'node:fs';

let words: ReadonlySet<string> | undefined;

/** What common.txt lists: words that lists of leaked passwords are made of, Korean and English; read once. */
export function commonWords(): ReadonlySet<string> {
  words ??= new Set(
    readFileSync(new URL('./common.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter(Boolean),
  );
  return words;
}
