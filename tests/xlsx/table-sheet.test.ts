import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sheetJs from '@e965/xlsx';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { escapeText, lettersOf, serialOf } from '#lib/xlsx/cells.rules.ts';
import { readRows } from '#lib/xlsx/index.ts';
import { type TableColumn, writeTable } from '#lib/xlsx/table-sheet.ts';

type Row = { text: string; number: number | null; at: Date | null; day: string };

const columns: TableColumn<Row>[] = [
  { title: '글', kind: 'text', value: (row) => row.text },
  { title: '수', kind: 'money', value: (row) => row.number },
  { title: '때', kind: 'time', value: (row) => row.at },
  { title: '날', kind: 'day', value: (row) => row.day },
];

async function bytesOf(rows: readonly Row[], sheetRows?: number, pageSize = 3): Promise<Buffer> {
  const bytes: Buffer[] = [];
  async function* pages() {
    for (let at = 0; at < rows.length; at += pageSize) yield rows.slice(at, at + pageSize);
  }
  const table = { name: '주문', columns, pages: pages(), totals: () => ['합계', 3, null, null] };
  await writeTable((part) => void bytes.push(part), table, sheetRows);
  return Buffer.concat(bytes);
}

const row = (given: Partial<Row> = {}): Row => ({ text: 'ㄱ', number: 1, at: null, day: '', ...given });

test('ids stay text, amounts are numbers, days and times are dates as on a Korean clock, for every reader', async () => {
  const given = row({
    text: '0012345678901234',
    number: 1_290_000,
    at: new Date(2026, 10, 21, 9, 5),
    day: '2026-11-22',
  });
  const bytes = await bytesOf([given]);

  const own = await Array.fromAsync(readRows(bytes));
  assert.deepEqual(own[1]!.texts, [
    '0012345678901234',
    '1290000',
    '2026-11-21 09:05:00',
    '2026-11-22 00:00:00',
  ]);

  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer);
  const cells = [1, 2, 3, 4].map((at) => workbook.worksheets[0]!.getRow(2).getCell(at));
  assert.deepEqual(
    cells.map(({ value }) => value),
    ['0012345678901234', 1_290_000, new Date(Date.UTC(2026, 10, 21, 9, 5)), new Date(Date.UTC(2026, 10, 22))],
  );
  assert.deepEqual(
    cells.map(({ numFmt }) => numFmt),
    ['@', '#,##0', 'yyyy-mm-dd hh:mm', 'yyyy-mm-dd'],
  );

  const sheet = sheetJs.read(bytes, { cellNF: true }).Sheets.주문!;
  assert.deepEqual(
    [sheet.A2.t, sheet.A2.v, sheet.B2.t, sheet.B2.v],
    ['s', '0012345678901234', 'n', 1_290_000],
  );
  assert.equal(sheet.C2.w, '2026-11-21 09:05');
  assert.deepEqual([sheet.A3.v, sheet.B3.v], ['합계', 3]);
  assert.equal(sheet['!autofilter']?.ref, 'A1:D2', 'the totals stay below the filter');
});

test('any text comes back as it was from three readers, without what a sheet cannot hold, and none is a formula', async () => {
  const whole = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '=1+1',
      '+1',
      '-1',
      '@A',
      '\t=1',
      '_x0041_',
      '_x005F_x0041_',
      '__x000d_',
      ']]>',
      '&amp;',
      '\uFFFE',
      '<v>',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(whole, { minLength: 1, maxLength: 8 }), async (texts) => {
      const bytes = await bytesOf(texts.map((text) => row({ text })));
      const expected = texts.map((text) =>
        text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\t\n]|\p{Cs}|[\uFFFE\uFFFF]/gu, ''),
      );
      const own = (await Array.fromAsync(readRows(bytes))).slice(1, -1).map(({ texts: [first] }) => first);
      assert.deepEqual(own, expected);

      const workbook = new ExcelJS.Workbook();
      await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer);
      const sheet = sheetJs.read(bytes).Sheets.주문!;
      for (const [at, text] of expected.entries()) {
        const cell = workbook.worksheets[0]!.getCell(at + 2, 1);
        assert.equal(cell.formula, undefined);
        assert.equal(sheet[`A${at + 2}`]?.f, undefined);
        if (text.trim() === text) assert.equal(sheet[`A${at + 2}`]?.v ?? '', text);
      }
    }),
    { numRuns: 40 },
  );
});

test('what one sheet cannot hold goes on in the next, each with its heading, the totals once at the end', async () => {
  for (const [count, sheets] of [
    [0, 1],
    [3, 1],
    [4, 2],
    [6, 2],
    [7, 3],
  ] as const) {
    const rows = Array.from({ length: count }, (_, at) => row({ text: `행 ${at}` }));
    const bytes = await bytesOf(rows, 5);
    const all = await Array.fromAsync(readRows(bytes));
    const names = [...new Set(all.map(({ sheet }) => sheet))];
    assert.deepEqual(
      names,
      sheets === 1 ? ['주문'] : Array.from({ length: sheets }, (_, at) => `주문 ${at + 1}`),
    );
    assert.ok(names.every((name) => all.filter(({ sheet }) => sheet === name).length <= 5));
    const texts = all.map(({ texts: [first] }) => first!);
    assert.equal(texts.filter((text) => text === '글').length, sheets);
    assert.deepEqual(
      texts.filter((text) => text.startsWith('행')),
      rows.map(({ text }) => text),
    );
    assert.equal(texts.at(-1), '합계');
    assert.equal(texts.filter((text) => text === '합계').length, 1);
  }
});

test('on paper a list lies across, as wide as the page, with its heading on each', async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load((await bytesOf([row(), row(), row()], 3)) as unknown as ArrayBuffer);
  for (const { pageSetup } of book.worksheets) {
    assert.equal(pageSetup.orientation, 'landscape');
    assert.deepEqual([pageSetup.fitToPage, pageSetup.fitToWidth, pageSetup.fitToHeight], [true, 1, 0]);
    assert.equal(pageSetup.printTitlesRow, '1:1');
  }
  assert.ok(book.worksheets.length > 1);
});

test('a taker that gives up stops the writing with its own reason', async () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => row({ text: `${at} ${Math.random()}` }));
  async function* pages() {
    for (let at = 0; at < rows.length; at += 1000) yield rows.slice(at, at + 1000);
  }
  let parts = 0;
  const refuse = () => {
    parts += 1;
    if (parts > 2) throw new Error('no more');
  };
  const table = { name: '주문', columns, pages: pages(), totals: () => [] };
  await assert.rejects(writeTable(refuse, table), /no more/);
});

test('a reader that fails stops the writing with its own reason', async () => {
  async function* pages() {
    yield [row()];
    throw new Error('the list is gone');
  }
  const table = { name: '주문', columns, pages: pages(), totals: () => [] };
  await assert.rejects(
    writeTable(() => {}, table),
    /the list is gone/,
  );
});

test('letters of columns, days of Excel and the longest text', () => {
  assert.deepEqual([0, 25, 26, 51, 52, 701, 702].map(lettersOf), ['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  assert.equal(serialOf(new Date(2026, 10, 21)), 46_347);
  assert.equal(serialOf(new Date(2026, 10, 21, 23, 59), true), 46_347);
  assert.equal(escapeText('가'.repeat(40_000)).length, 32_767);
});
