import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Drill } from './lab/drill.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the drills that take seconds hold what they promise, however busy the machine', async (t) => {
  const names = await quickDrills();
  assert.ok(names.length >= 2, 'no quick drill was found');
  for (const name of names) {
    await t.test(name, async (one) => {
      const { code, last, written } = await run(name);
      if (last.skipped) return one.skip(last.skipped);
      assert.equal(code, 0, written);
      assert.equal(last.ok, true);
    });
  }
});

async function quickDrills(): Promise<string[]> {
  const files = globSync('*.drill.ts', { cwd: import.meta.dirname }).sort();
  const quick: string[] = [];
  for (const file of files) {
    const { default: drill } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as {
      default: Drill;
    };
    if (drill.quick) quick.push(basename(file, '.drill.ts'));
  }
  return quick;
}

interface Told {
  ok?: boolean;
  skipped?: string;
}

function run(name: string): Promise<{ code: number; last: Told; written: string }> {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'bin/drills'), [name, '--quick', '--slack=4'], { cwd: root });
    let written = '';
    for (const output of [child.stdout, child.stderr])
      output.setEncoding('utf8').on('data', (text: string) => {
        written += text;
      });
    child.once('close', (code) => {
      const told = written.split('\n').findLast((line) => line.startsWith('{"drill":'));
      resolve({ code: code ?? 1, last: JSON.parse(told ?? '{}') as Told, written });
    });
  });
}
