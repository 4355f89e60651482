import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createHasher } from '../../src/accounts/passwords/hashing.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moa-hasher-'));
});
after(() => rm(folder, { recursive: true }));

const stumbling = (patience: number) =>
  createHasher(new URL('./stumbling-hasher.ts', import.meta.url), patience);

test('the process that hashes passwords may end or hang: whoever waits is answered by the next one', async () => {
  const hasher = stumbling(3000);
  for (const what of ['end', 'hang']) {
    const text = `${what} ${join(folder, what)}`;
    const [stumbled, beside] = await Promise.all([hasher.compute({ text }), hasher.compute({ text: 'x' })]);
    assert.deepEqual([stumbled, beside], [text, 'x']);
  }
});

test('one that hangs again and again keeps nobody waiting for ever', async () => {
  await assert.rejects(stumbling(300).compute({ text: 'hang' }), /has ended/);
});
