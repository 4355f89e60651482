import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { tryLock } from '../../bin/file-locks.ts';
import { startCommand, temporaryFolder } from './processes.ts';

test('an exclusive lock keeps all others out until it is released', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.lock');
  const lock = tryLock(path, 'exclusive');
  assert.ok(lock);
  assert.equal(tryLock(path, 'exclusive'), undefined);
  assert.equal(tryLock(path, 'shared'), undefined);

  lock.release();
  const next = tryLock(path, 'exclusive');
  assert.ok(next);
  next.release();
});

test('a shared lock is held by many, and nobody has it alone before the others have left', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.lock');
  const [first, second] = [tryLock(path, 'shared'), tryLock(path, 'shared')];
  assert.ok(first && second);
  assert.equal(tryLock(path, 'exclusive'), undefined);

  first.release();
  assert.equal(tryLock(path, 'exclusive'), undefined);
  second.release();
  const alone = tryLock(path, 'exclusive');
  assert.ok(alone);
  alone.release();
});

test('the lock of a process killed with -9 is free', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.lock');
  const code = `
    import { tryLock } from ${JSON.stringify(import.meta.resolve('../../bin/file-locks.ts'))};
    globalThis.lock = tryLock(${JSON.stringify(path)}, 'exclusive');
    setInterval(() => {}, 60_000);
    console.log('locked');`;
  const holder = startCommand(process.execPath, ['--input-type=module', '-e', code]);
  await holder.says('locked');
  assert.equal(tryLock(path, 'exclusive'), undefined);

  holder.child.kill('SIGKILL');
  await holder.ended;
  const lock = tryLock(path, 'exclusive');
  assert.ok(lock);
  lock.release();
});
