import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';

test('the page of a user has words for everything that is kept about one', async () => {
  const kept = new Set<string>();
  for await (const file of glob('src/**/*.ts')) {
    const text = await readFile(file, 'utf8');
    for (const [call] of text.matchAll(/\brecord\([^;]*/g))
      for (const [, name] of call.matchAll(/'(user\.[a-z_]+)'/g)) kept.add(name!);
  }
  assert.ok(kept.size > 20);
  const history = await readFile('src/accounts/user-history.ts', 'utf8');
  assert.deepEqual(
    [...kept].filter((name) => !history.includes(`'${name}':`)),
    [],
  );
});
