import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as XLSX from '@e965/xlsx';
import * as codePages from '@e965/xlsx/dist/cpexcel.full.mjs';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { kinds, type Row } from '#lib/xlsx/index.ts';
import { type Cell, type Sheet, texts, workbooks } from './twins.ts';
import { rowsOf } from './workbooks.ts';

// The same table is written into every container and must come back the same in every cell.

const orders: Sheet = {
  name: '발주발송관리',
  rows: [
    ['다운로드 받은 파일은 개인정보를 담고 있습니다.'],
    ['상품주문번호', '수취인명', '수취인연락처1', '우편번호', '배송지', '옵션정보', '수량', '배송메세지'],
    [
      '2026112012345671',
      '김하나',
      '01012345678',
      '06236',
      '서울특별시 강남구 테헤란로 1, 2층',
      '색상: 그레이; 사이즈: 퀸',
      '1',
      '',
    ],
    [
      '2026112012345672',
      '똠방각하 뷁',
      '0507-1234-5678',
      '00001',
      '부산 "바다" 앞',
      '퀸 & 킹 <신상>',
      '2',
      '문 앞\n부탁드려요',
    ],
    ['', '', '', '', '', '', '', '=1+1'],
    ['2026112012345673', '남궁민수', '010-1111-2222', '63000', '제주', '', '10', '끝'],
  ],
};

const typed: Sheet = {
  name: '값의 종류',
  rows: [
    ['글', '수', '날짜', '참거짓'],
    ['06236', 6236, new Date('2026-11-21T09:05:00Z'), true],
    ['가나다', -12.5, new Date('2024-02-29T23:59:59Z'), false],
    ['1e3', 2026112012345671, new Date('1999-12-31T00:00:00Z'), null],
    [null, 0.1, null, true],
    ['긴 글 '.repeat(60), 1_000_000, null, null],
  ],
};

/** What must be found, whatever the container: rows without a value are not there. */
function expected(sheets: readonly Sheet[], numbersAsTexts = false): unknown[] {
  return sheets.flatMap(({ name, rows }) =>
    rows.flatMap((row, at) => {
      const cells = row.map((cell) => shown(cell, numbersAsTexts));
      while (cells.at(-1)?.[0] === '') cells.pop();
      return cells.length === 0 ? [] : [{ sheet: name, row: at + 1, cells }];
    }),
  );
}

function shown(cell: Cell, asText: boolean): [string, number] {
  if (cell === null || cell === '') return ['', kinds.empty];
  if (asText || typeof cell === 'string') return [String(cell), kinds.text];
  if (typeof cell === 'number') return [String(cell), kinds.number];
  if (typeof cell === 'boolean') return [cell ? 'TRUE' : 'FALSE', kinds.boolean];
  return [cell.toISOString().slice(0, 19).replace('T', ' '), kinds.date];
}

function found(rows: readonly Row[]): unknown[] {
  return rows.map(({ sheet, row, texts: cells, kinds: each }) => ({
    sheet,
    row,
    cells: cells.map((text, at) => [text, each[at]]),
  }));
}

const unnamed = (name: string) => (name.startsWith('HTML') ? '표1' : 'Sheet1');

for (const [name, write] of Object.entries(workbooks)) {
  test(`${name}: every cell of several sheets is read with its kind`, async () => {
    const sheets = [orders, typed];
    assert.deepEqual(found(await rowsOf(write(sheets))), expected(sheets));
  });
}

for (const [name, write] of Object.entries(texts)) {
  test(`${name}: every cell is read as the text it is`, async () => {
    const rows = await rowsOf(write([orders]));
    assert.deepEqual(found(rows), expected([{ ...orders, name: unnamed(name) }], true));
  });
}

// Any table.

/** What every container can hold: CP949 has no rare signs, HTML and XML no control characters, cells no outer spaces. */
const word = fc
  .string({
    unit: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...'가나힣뷁똠0123ABz-_.:/()&<>\'"=+@%') },
      { weight: 2, arbitrary: fc.constantFrom(' ', ',', '\t', ';', '\n') },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code)),
      },
    ),
    minLength: 1,
    maxLength: 14,
  })
  .map((text) =>
    text
      .replace(/\s*\n\s*/g, '\n')
      .replace(/[ \t]+/g, ' ')
      .trim(),
  )
  .filter((text) => text !== '' && !/^="[^"]*"$/.test(text) && !text.startsWith('<'));
const day = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));
const value: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: word },
  fc.constant(null),
  fc.integer(),
  fc.tuple(fc.integer(), fc.constantFrom(10, 100, 1000)).map(([number, parts]) => number / parts),
  fc.boolean(),
  day,
);

function tables(cell: fc.Arbitrary<Cell>): fc.Arbitrary<Cell[][]> {
  return fc
    .integer({ min: 4, max: 9 })
    .chain((width) =>
      fc
        .array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 12 })
        .map((rows) => [Array.from({ length: width }, (_, at) => `제목${at + 1}`), ...rows]),
    );
}

for (const [name, write] of Object.entries(workbooks)) {
  test(`${name}: any table comes back as it was written`, async () => {
    await fc.assert(
      fc.asyncProperty(tables(value), async (rows) => {
        const sheets = [{ name: '표', rows }];
        assert.deepEqual(found(await rowsOf(write(sheets))), expected(sheets));
      }),
      { numRuns: 150 },
    );
  });
}

for (const [name, write] of Object.entries(texts)) {
  test(`${name}: any table of texts comes back as it was written`, async () => {
    await fc.assert(
      fc.asyncProperty(tables(fc.oneof(word, fc.constant(null))), async (rows) => {
        assert.deepEqual(
          found(await rowsOf(write([{ name: '', rows }]))),
          expected([{ name: unnamed(name), rows }], true),
        );
      }),
      { numRuns: 150 },
    );
  });
}

test('all 11,172 syllables of CP949 are read', async () => {
  const syllables = Array.from({ length: 11_172 }, (_, at) => String.fromCharCode(0xac00 + at));
  const rows = Array.from({ length: 112 }, (_, at) => syllables.slice(at * 100, at * 100 + 100));
  const read = await rowsOf(iconv.encode(rows.map((row) => row.join(',')).join('\n'), 'cp949'));
  assert.deepEqual(
    read.map((row) => row.texts),
    rows,
  );
  const old = await rowsOf(workbooks['BIFF5 .xls']([{ name: '가', rows }]));
  assert.deepEqual(
    old.map((row) => row.texts),
    rows,
  );
});

test('SheetJS finds the same in the .xls files put together here', async () => {
  XLSX.set_cptable(codePages);
  for (const [name, write] of Object.entries(workbooks)) {
    if (!name.includes('BIFF') || name.includes('Mac')) continue;
    const file = write([orders, typed]);
    const theirs = XLSX.read(file, { type: 'buffer', raw: true, codepage: 949 } as XLSX.ParsingOptions);
    const ours = await rowsOf(file);
    assert.deepEqual(theirs.SheetNames, [orders.name, typed.name]);
    for (const { sheet, row, texts: cells, kinds: each } of ours) {
      cells.forEach((text, column) => {
        const cell = theirs.Sheets[sheet]![XLSX.utils.encode_cell({ r: row - 1, c: column })] as
          | XLSX.CellObject
          | undefined;
        if (each[column] === kinds.date) return; // a number to them
        assert.equal(
          String(cell?.v ?? '').toLowerCase(),
          text.toLowerCase(),
          `${name} ${sheet} ${row}:${column}`,
        );
      });
    }
  }
});
