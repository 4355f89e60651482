import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const list = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

interface Line {
  number: string;
  state: string;
  why: string;
}

const lines: Line[] = [...list.matchAll(/^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \|(.*)\|$/gm)].map(
  ([, number, state, why]) => ({ number: number!, state: state!.trim(), why: why!.trim() }),
);

/** The requirements of levels 1 and 2 in ASVS 5.0.0, counted off its table: section, then numbers. */
const demanded: Record<string, readonly number[]> = {
  '1.1': upTo(2),
  '1.2': upTo(9),
  '1.3': upTo(11),
  '1.4': upTo(3),
  '1.5': upTo(2),
  '2.1': upTo(3),
  '2.2': upTo(3),
  '2.3': upTo(4),
  '2.4': upTo(1),
  '3.2': upTo(2),
  '3.3': upTo(4),
  '3.4': upTo(6),
  '3.5': upTo(5),
  '3.7': upTo(2),
  '6.1': upTo(3),
  '6.2': upTo(12),
  '6.3': upTo(4),
  '6.4': upTo(4),
  '6.5': upTo(5),
  '6.6': upTo(3),
  '6.8': upTo(4),
  '7.1': upTo(3),
  '7.2': upTo(4),
  '7.3': upTo(2),
  '7.4': upTo(5),
  '7.5': upTo(2),
  '7.6': upTo(2),
  '8.1': upTo(2),
  '8.2': upTo(3),
  '8.3': upTo(1),
  '8.4': upTo(1),
  '9.1': upTo(3),
  '9.2': upTo(4),
  '10.1': upTo(2),
  '10.2': upTo(2),
  '10.3': upTo(4),
  '10.4': upTo(11),
  '10.5': upTo(5),
  '10.6': upTo(2),
  '10.7': upTo(3),
};

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

test('the list of ASVS leaves no requirement out, and says each once', () => {
  const wanted = Object.entries(demanded).flatMap(([section, numbers]) =>
    numbers.map((number) => `${section}.${number}`),
  );
  assert.deepEqual(
    lines.map(({ number }) => number),
    wanted,
  );
});

test('what is said to hold names a test, what does not hold says why', () => {
  for (const { number, state, why } of lines) {
    assert.match(state, /^(holds|by design|accepted|open|none here)$/, number);
    if (state === 'holds') assert.match(why, /“.+”|the same/, number);
    else if (state !== 'none here')
      assert.ok(why.length > 10 || why === 'above' || /`\w+`/.test(why), number);
  }
});

test('every test that the list names is there', () => {
  const named = [...list.replace(/\n/g, ' ').matchAll(/([\w-]+(?:\/[\w-]+)?): “([^”]+)”/g)];
  assert.ok(named.length > 80, `${named.length}`);
  for (const [, file, name] of named) {
    if (name === '…') continue;
    const path = new URL(`../${file}.test.ts`, import.meta.url);
    assert.ok(existsSync(path), `${file}: “${name}”`);
    assert.ok(readFileSync(path, 'utf8').includes(name!), `${file} has no test “${name}”`);
  }
});
