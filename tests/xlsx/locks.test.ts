import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { FileLocked, FileRefused, isLocked, unlock, WrongPassword } from '#lib/xlsx/index.ts';
import { smartStoreLines, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import { openFolder } from './folder.ts';
import { rowsOf, writeWorkbook } from './workbooks.ts';

const password = '비밀 1234';

async function lockedFile(path: string, locking: 'agile' | 'standard' = 'agile'): Promise<void> {
  await writeSmartStoreFile(path, smartStoreLines({ orders: 30 }), { password, locking });
}

for (const locking of ['agile', 'standard'] as const) {
  test(`a file locked the ${locking} way opens with its password and no other`, async () => {
    await using folder = await openFolder();
    const [locked, open] = [folder.file('locked.xlsx'), folder.file('open.xlsx')];
    await lockedFile(locked, locking);
    await writeSmartStoreFile(open, smartStoreLines({ orders: 30 }));

    assert.equal(await isLocked(locked), true);
    assert.equal(await isLocked(open), false);
    await assert.rejects(rowsOf(locked), FileLocked);
    for (const wrong of ['1234', '', '비밀 12345'])
      await assert.rejects(unlock(locked, wrong), WrongPassword);
    assert.deepEqual(await rowsOf(await unlock(locked, password)), await rowsOf(open));
  });
}

test('a wrong password is told apart from a file that cannot be read', () => {
  const wrong = new WrongPassword();
  assert.match(wrong.message, /비밀번호가 맞지 않습니다/);
  assert.ok(!(wrong instanceof FileRefused));
});

test('a locked file that was cut short or damaged is refused, never half read', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await lockedFile(path);
  const whole = await readFile(path);
  for (const length of [600, 2000, 6000, whole.length - 3000]) {
    await writeFile(path, whole);
    await truncate(path, length);
    await assert.rejects(async () => rowsOf(await unlock(path, password)), FileRefused, `${length} bytes`);
  }

  const damaged = Buffer.from(whole);
  damaged.fill(0x5a, 9000, 9064); // the lock itself has no checksum: the parts inside do
  await writeFile(path, damaged);
  await assert.rejects(async () => rowsOf(await unlock(path, password)), FileRefused);
});

test('a lock that asks for millions of rounds is refused at once', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await lockedFile(path);
  const bytes = await readFile(path);
  const at = bytes.indexOf('spinCount="100000"');
  assert.ok(at > 0);
  bytes.write('spinCount="999999"', at);
  const began = performance.now();
  await assert.rejects(unlock(bytes, password), /지나치게 오래/);
  assert.ok(performance.now() - began < 1000);
});

test('a lock that describes itself in an odd way is refused', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await lockedFile(path);
  const whole = await readFile(path);
  const oddities = [
    ['spinCount="100000"', "spinCount='10000' "],
    ['spinCount="100000"', 'spinCount="&#57;0"'],
    ['keyBits="256"', 'keyBits="999"'],
    ['blockSize="16"', 'blockSize="99"'],
    ['hashAlgorithm="SHA512"', 'hashAlgorithm="SHAKE1"'],
  ] as const;
  for (const [from, to] of oddities) {
    const bytes = Buffer.from(whole);
    const at = bytes.indexOf(from);
    assert.ok(at > 0, from);
    bytes.write(to, at);
    await assert.rejects(unlock(bytes, password), FileRefused, to);
  }
});

test('an open file needs no password', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await writeWorkbook(path, { rows: '<row><c><v>1</v></c></row>' });
  await assert.rejects(unlock(path, password), FileRefused);
});
