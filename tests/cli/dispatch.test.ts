import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#lib/ctx.ts';
import { openRuntime } from '#lib/runtime.ts';
import { type LineRow, markDispatched } from '#orders';
import { writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import { someLines } from '../support/imports.ts';
import { sheetOf } from '../support/sheets.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const smartstore = ['--channel', 'smartstore'];

/** An import, of which two lines go with our own people and two with a courier. */
async function sendFourLines(desk: Desk): Promise<LineRow[]> {
  const path = desk.file('주문.xlsx');
  await writeSmartStoreFile(path, someLines(60, '2026-11-10 12:00:00'));
  await desk.moa(['import', path, ...smartstore, '--apply']);
  const waiting: LineRow[] = await desk
    .db('order_lines')
    .where({ status: 'acknowledged' })
    .orderBy('line_no');
  const [direct, courier] = [waiting.slice(0, 2), waiting.slice(2, 4)];

  const runtime = await openRuntime(desk.config, 'test');
  try {
    const ctx = runtime.ctxFor(systemActor);
    const ids = (lines: LineRow[]) => lines.map((line) => line.id);
    await markDispatched(ctx, ids(direct), { method: 'direct', courier: '', trackingNo: '' });
    await markDispatched(ctx, ids(courier), {
      method: 'courier',
      courier: 'CJ대한통운',
      trackingNo: '012345678901',
    });
  } finally {
    await runtime.close();
  }
  return [...direct, ...courier];
}

test('export dispatch writes the mall’s file: one row a line, four columns, all of it text', async () => {
  await using desk = await openDesk();
  const [one, two, three, four] = await sendFourLines(desk);
  const out = desk.file('발송처리.xlsx');
  const said = await desk.moa(['export', 'dispatch', ...smartstore, '--out', out]);
  assert.deepEqual([said.code, said.err], [0, '']);
  assert.deepEqual(resultOf(said), { file: out, rows: 4 });

  const { name, rows, formats } = await sheetOf(out);
  assert.equal(name, '발송처리');
  const parcel = ['택배,등기,소포', 'CJ대한통운', '012345678901'];
  assert.deepEqual(rows, [
    ['상품주문번호', '배송방법', '택배사', '송장번호'],
    [one!.line_no, '직접전달', '', ''],
    [two!.line_no, '직접전달', '', ''],
    [three!.line_no, ...parcel],
    [four!.line_no, ...parcel],
  ]);
  assert.deepEqual(formats, ['@']);
});

test('a lost file can be made again: lines stay in it until the mall shows them on their way', async () => {
  await using desk = await openDesk();
  await sendFourLines(desk);
  const call = ['export', 'dispatch', ...smartstore, '--out', desk.file('발송처리.xlsx')];
  const first = resultOf(await desk.moa(call));
  const second = resultOf(await desk.moa(call));
  assert.deepEqual([first.rows, second.rows], [4, 4]);

  const path = desk.file('나중.xlsx');
  await writeSmartStoreFile(path, someLines(60, '2026-12-30 09:00:00'));
  await desk.moa(['import', path, ...smartstore, '--apply']);
  assert.equal(resultOf(await desk.moa(call)).rows, 0);
});

test('an export that cannot be made is said in Korean and leaves no file', async () => {
  await using desk = await openDesk();
  const out = desk.file('발송처리.xlsx');
  for (const [reason, ...argv] of [
    [/dispatch\(발송처리\)/],
    [/dispatch\(발송처리\)/, 'orders', ...smartstore, '--out', out],
    [/--channel/, 'dispatch', '--out', out],
    [/--out/, 'dispatch', ...smartstore],
    [/‘gmarket’ 채널이 없습니다/, 'dispatch', '--channel', 'gmarket', '--out', out],
    [/쓸 수 없습니다/, 'dispatch', ...smartstore, '--out', desk.file('없는 폴더/발송처리.xlsx')],
    [/쓰는 법/, 'dispatch', ...smartstore, '--output', out],
  ] as [RegExp, ...string[]][]) {
    const said = await desk.moa(['export', ...argv]);
    assert.match(said.err, reason, argv.join(' '));
    assert.deepEqual([said.code, said.out], [1, ''], argv.join(' '));
  }
  assert.equal((await desk.db('dispatch_files')).length, 0);
});
