import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLog } from '#lib/log.ts';
import { watchSlot } from '#lib/slot.ts';

const folder = mkdtempSync(join(tmpdir(), 'moa-slot-'));
after(() => rmSync(folder, { recursive: true }));

function sendTo(slot: string): void {
  symlinkSync(slot, join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'live'));
}

async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 5000;
  while (!isSo()) {
    assert.ok(Date.now() < giveUpAt, 'it did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a process follows the link, and says so to whoever asks', async () => {
  const slot = watchSlot({ name: 'blue', instance: 'worker-1', folder }, createLog('silent', 'test'));
  const state = () => JSON.parse(readFileSync(join(folder, 'blue/worker-1.json'), 'utf8'));
  const heard: boolean[] = [];
  const rest = Promise.withResolvers<void>();
  let first = true;
  await slot.follow(async (live) => {
    heard.push(live);
    if (live || first) {
      first = false;
      return undefined;
    }
    return { done: rest.promise };
  });
  assert.deepEqual(heard, [false], 'without a link nobody is live');
  assert.deepEqual([state().state, state().pid], ['standby', process.pid]);

  sendTo('blue');
  await until(() => state().state === 'live');
  sendTo('green');
  await until(() => state().state === 'yielding');
  rest.resolve();
  await until(() => state().state === 'standby');
  assert.deepEqual(heard, [false, true, false]);

  slot.close();
  assert.ok(!existsSync(join(folder, 'blue/worker-1.json')), 'who has ended says nothing any more');
});

test('while nobody can say which slot is live, all stays as it is', async () => {
  sendTo('green');
  const heard: boolean[] = [];
  const slot = watchSlot({ name: 'green', instance: 'web-1', folder }, createLog('silent', 'test'));
  await slot.follow(async (live) => {
    heard.push(live);
    return undefined;
  });
  rmSync(join(folder, 'live'));
  writeFileSync(join(folder, 'live'), 'no link');
  await new Promise((resolve) => setTimeout(resolve, 500)); // twice as long as it takes to look
  slot.close();
  assert.deepEqual(heard, [true]);
});

test('a change that fails is tried again', async () => {
  rmSync(join(folder, 'live'), { force: true });
  const slot = watchSlot({ name: 'blue', instance: 'web-2', folder }, createLog('silent', 'test'));
  const heard: boolean[] = [];
  await slot.follow(async (live) => {
    heard.push(live);
    if (heard.length === 2) throw new Error('Redis went away');
    return undefined;
  });
  sendTo('blue');
  await until(() => heard.length === 3);
  slot.close();
  assert.deepEqual(heard, [false, true, true]);
});
