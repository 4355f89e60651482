import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import ExcelJS from 'exceljs';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { openFolder } from './folder.ts';
import { rowsOf } from './workbooks.ts';

const header = ['상품주문번호', '배송방법', '택배사', '송장번호'];
const rows = [
  ['2026112101000011', '직접전달', '', ''],
  ['2026112101000021', '택배,등기,소포', 'CJ대한통운', '612345678901'],
  ['=1+1', '+82', '@SUM(A1)', '<b>-1</b>'],
];

test('every value is written as text, also what looks like a number or a formula', async () => {
  await using folder = await openFolder();
  const path = folder.file('발송처리.xlsx');
  await writeTextSheet(path, '발송처리', header, rows);

  const workbook = await new ExcelJS.Workbook().xlsx.readFile(path);
  const sheet = workbook.getWorksheet('발송처리')!;
  assert.equal(workbook.worksheets.length, 1);
  assert.equal(sheet.rowCount, 4);
  assert.deepEqual(
    [1, 2, 3, 4].map((row) => [1, 2, 3, 4].map((column) => sheet.getRow(row).getCell(column).value ?? '')),
    [header, ...rows],
  );
  assert.equal(sheet.getCell('D3').numFmt, '@');
  assert.equal(sheet.getCell('A4').formula, undefined);
  assert.deepEqual(
    (await rowsOf(path)).map(({ texts }) => texts[0]),
    [header, ...rows].map(([first]) => first),
  );
});

test('it may be written to a stream, from rows that come one by one', async () => {
  const stream = new PassThrough();
  const whole = buffer(stream);
  async function* some() {
    for (let at = 0; at < 500; at += 1) yield [String(at), '직접전달', '', ''];
  }
  await writeTextSheet(stream, '발송처리', header, some());
  const found = await rowsOf(await whole);
  assert.equal(found.length, 501);
  assert.equal(found[500]!.texts[0], '499');
});
