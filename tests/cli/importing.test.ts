import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { type FileOptions, type SmartStoreLine, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import { someLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import * as hostile from '../xlsx/hostile-files.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

async function aFile(
  desk: Desk,
  lines: readonly SmartStoreLine[],
  options: FileOptions = {},
): Promise<string> {
  const path = desk.file('주문.xlsx');
  await writeSmartStoreFile(path, lines, options);
  return path;
}

const smartstore = ['--channel', 'smartstore'];

test('import says what a file would change, writes it with --apply, and finds it the same after that', async () => {
  await using desk = await openDesk();
  const lines = someLines(30);
  const path = await aFile(desk, lines);
  const counts = { changed: 0, same: 0, conflict: 0, rejected: 0, rejections: [] };
  const orders = new Set(lines.map((line) => line.주문번호)).size;

  const proposed = await desk.moa(['import', path, ...smartstore]);
  assert.equal(proposed.code, 0);
  const { importId, ...first } = resultOf(proposed);
  assert.deepEqual(first, { orders, lines: lines.length, new: lines.length, ...counts, applied: false });
  assert.equal(typeof importId, 'number');
  assert.deepEqual(Object.keys(resultOf(proposed)), [
    'importId',
    'orders',
    'lines',
    'new',
    'changed',
    'same',
    'conflict',
    'rejected',
    'applied',
    'rejections',
  ]);
  assert.equal((await desk.db('order_lines')).length, 0);

  const applied = resultOf(await desk.moa(['import', '--apply', ...smartstore, path]));
  assert.deepEqual([applied.new, applied.applied], [lines.length, true]);
  assert.equal((await desk.db('order_lines')).length, lines.length);

  const again = resultOf(await desk.moa(['import', path, ...smartstore, '--apply']));
  assert.deepEqual([again.new, again.changed, again.same], [0, 0, lines.length]);
  await assertInvariants(desk.db);
});

test('a row that cannot be taken is told with its row, column, value and reason; the rest goes on', async () => {
  await using desk = await openDesk();
  const lines = someLines(20);
  const path = await aFile(desk, lines, {
    tweak: (cells, index) => (index === 2 ? { ...cells, 주문상태: '배송보류중' } : cells),
  });
  const said = await desk.moa(['import', path, ...smartstore, '--apply']);
  assert.equal(said.code, 0);
  const { rejected, applied, new: fresh, rejections } = resultOf(said);
  assert.deepEqual([rejected, applied, fresh], [1, true, lines.length - 1]);
  const [rejection, ...others] = rejections as Record<string, unknown>[];
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(rejection!), ['row', 'column', 'value', 'reason']);
  assert.deepEqual([rejection!.row, rejection!.column, rejection!.value], [5, '주문상태', '배송보류중']);
  assert.match(String(rejection!.reason), /[가-힣]/);
});

test('a locked file opens with its password and with no other', async () => {
  await using desk = await openDesk();
  const path = await aFile(desk, someLines(10), { password: '2026' });

  const without = await desk.moa(['import', path, ...smartstore]);
  assert.deepEqual([without.code, without.out], [1, '']);
  assert.match(without.err, /비밀번호가 걸린 파일입니다/);
  const wrong = await desk.moa(['import', path, ...smartstore, '--password', '2025']);
  assert.deepEqual([wrong.code, wrong.out], [1, '']);
  assert.match(wrong.err, /파일 비밀번호가 맞지 않습니다/);
  const right = await desk.moa(['import', path, ...smartstore, '--password', '2026', '--apply']);
  assert.deepEqual([right.code, resultOf(right).applied], [0, true]);
});

test('a file that is none is refused in Korean, with nothing on stdout', async () => {
  await using desk = await openDesk();
  const path = desk.file('이상한.xlsx');
  const makers: [RegExp, hostile.Maker][] = [
    [/그림 파일입니다/, hostile.picture],
    [/손상/, hostile.cutZip],
    [/비어 있습니다/, hostile.emptyFile],
    [/50MB/, hostile.tooLargeFile],
    [/DOCTYPE/, hostile.entitiesInSheet],
    [/상품주문번호/, (at) => writeSmartStoreFile(at, someLines(3), { without: ['상품주문번호'] })],
  ];
  for (const [reason, make] of makers) {
    await make(path);
    const { code, out, err } = await desk.moa(['import', path, ...smartstore, '--apply']);
    assert.match(err, reason);
    assert.deepEqual([code, out], [1, ''], err);
  }
});

test('a call that is wrong is put right in a sentence', async () => {
  await using desk = await openDesk();
  const path = await aFile(desk, someLines(1));
  await mkdir(desk.file('폴더'));
  const calls: [RegExp, string[]][] = [
    [/가져올 파일을 하나 적어 주세요/, smartstore],
    [/가져올 파일을 하나 적어 주세요/, [path, path, ...smartstore]],
    [/--channel 로 채널을 적어 주세요/, [path]],
    [/‘gmarket’ 채널이 없습니다/, [path, '--channel', 'gmarket']],
    [/‘없는 파일.xlsx’ 파일을 찾을 수 없습니다/, ['없는 파일.xlsx', ...smartstore]],
    [/폴더’은\(는\) 파일이 아닙니다/, [desk.file('폴더'), ...smartstore]],
    [/쓰는 법/, [path, ...smartstore, '--aply']],
    [/쓰는 법/, [path, '--channel']],
  ];
  for (const [reason, argv] of calls) {
    const { code, out, err } = await desk.moa(['import', ...argv]);
    assert.match(err, reason, argv.join(' '));
    assert.doesNotMatch(err, /Error|Unknown|argument/, argv.join(' '));
    assert.deepEqual([code, out], [1, ''], argv.join(' '));
  }
  assert.equal((await desk.db('imports')).length, 0);
});
