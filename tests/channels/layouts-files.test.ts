import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { isMasked } from '#lib/masked.ts';
import { formatPhone } from '#lib/phone.ts';
import { FileRefused } from '#lib/xlsx/index.ts';
import { forms } from '../../seeds/smartstore-columns.ts';
import { type FileOptions, smartStoreLines, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import {
  layoutOf,
  type MallFile,
  type MallRow,
  readMallFile,
  smartStore,
} from '../../src/channels/layouts/index.ts';
import { openFolder } from '../xlsx/folder.ts';
import { type Pieces, sheetXml, writeWorkbook } from '../xlsx/workbooks.ts';

const shop = { orders: 120, from: '2026-09-01', days: 80, asOf: '2026-11-21 09:00:00' };

interface Reading extends Omit<MallFile, 'rows'> {
  rows: MallRow[];
}

async function readWhole(path: string): Promise<Reading> {
  const file = await readMallFile(path, smartStore);
  return { ...file, rows: await Array.fromAsync(file.rows) };
}

async function readMade(options: FileOptions): Promise<Reading> {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await writeSmartStoreFile(path, smartStoreLines(shop), options);
  return await readWhole(path);
}

async function readPieces(pieces: Pieces): Promise<Reading> {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await writeWorkbook(path, pieces);
  return await readWhole(path);
}

let whole: Reading;
before(async () => {
  whole = await readMade({});
});

test('the mall’s file is read whole: every row a line, every column kept', () => {
  const made = [...smartStoreLines(shop)];
  assert.equal(whole.sheet, '발주발송관리');
  assert.deepEqual(whole.columns, forms[72]);
  assert.equal(whole.rows.length, made.length);
  assert.deepEqual(whole.rows.map(({ problems }) => problems).filter(Boolean), []);
  whole.rows.forEach(({ row, cells, line }, at) => {
    const source = made[at]!;
    assert.equal(row, at + 3);
    assert.equal(cells.length, 72);
    assert.equal(line!.lineNo, source.상품주문번호);
    assert.equal(line!.orderedAt, source.주문일시);
    assert.equal(line!.amount, source['최종 상품별 총 주문금액']);
    assert.equal(cells[whole.columns.indexOf('결제일')], source.결제일);
    assert.equal(cells[whole.columns.indexOf('구매자ID')], source.구매자ID);
  });
});

test('the made shop has all there is to see', () => {
  const lines = whole.rows.map(({ line }) => line!);
  const seen = (field: 'status' | 'claim' | 'method' | 'kind') => new Set(lines.map((line) => line[field]));
  assert.deepEqual([...seen('kind')].sort(), ['addon', 'main']);
  assert.deepEqual([...seen('method')].sort(), ['courier', 'direct']);
  for (const status of ['acknowledged', 'dispatched', 'confirmed', 'cancelled', 'returned'])
    assert.ok(seen('status').has(status as never), status);
  assert.ok(lines.some((line) => isMasked(line.recipientName) && isMasked(line.recipientPhone!)));
  const homes = Map.groupBy(
    lines.filter((line) => !isMasked(line.address)),
    (line) => `${line.recipientName} ${line.address}`,
  );
  assert.ok(
    [...homes.values()].some((home) => new Set(home.map((line) => line.orderNo)).size > 1),
    'a later order',
  );
});

const variants: Record<string, FileOptions> = {
  'columns in another order': { shuffled: 3 },
  'no notice above the header': { notice: false },
  'a sheet of another name': { sheet: 'Sheet1' },
  'a file saved again by Excel': { resaved: true },
};

for (const [what, options] of Object.entries(variants)) {
  test(`${what}: the same lines`, async () => {
    const found = await readMade(options);
    const shape = ({ rows }: Reading) =>
      rows.map(({ line, problems }) => ({ ...line, problems, postcode: line?.postcode?.padStart(5, '0') }));
    assert.deepEqual(shape(found), shape(whole));
  });
}

for (const columns of [64, 57] as const) {
  test(`the form with ${columns} columns tells the same lines, as far as it goes`, async () => {
    const found = await readMade({ columns });
    assert.deepEqual(found.columns, forms[columns]);
    found.rows.forEach(({ line, problems }, at) => {
      assert.equal(problems, undefined);
      const { address, addressDetail, wishedOn, ...rest } = line!;
      const same = whole.rows[at]!.line!;
      const { address: base, addressDetail: detail, wishedOn: wish, ...others } = same;
      assert.deepEqual(rest, others);
      assert.equal(`${address} ${addressDetail}`.trim(), `${base} ${detail}`.trim());
      assert.equal(wishedOn, columns === 64 ? wish : undefined);
    });
  });
}

test('a saved postal code stays as it is, phones get their zero back', async () => {
  const { rows } = await readMade({ resaved: true });
  const lines = rows.map(({ line }) => line!);
  assert.ok(
    lines.some((line) => line.postcode?.length === 4),
    'a postal code without its zero',
  );
  for (const line of lines.filter(({ buyerPhone }) => !isMasked(buyerPhone!)))
    assert.match(formatPhone(line.buyerPhone), /^010-\d{4}-\d{4}$/);
});

test('cells of a saved file are read again from what was kept to the same lines', async () => {
  const { columns, rows } = await readMade({ resaved: true });
  const kept = layoutOf(columns);
  for (const { cells, line } of rows)
    assert.deepEqual(kept.parseTexts(JSON.parse(JSON.stringify(cells))), line);
});

test('bad rows are rejected one by one and the rest goes on', async () => {
  const bad: Record<number, Record<string, string | { number: string }>> = {
    3: { 상품주문번호: { number: '2.0261121010000111E+15' } },
    5: { 결제일: '2026-02-30 10:00:00' },
    7: { 주문상태: '우주배송' },
    9: { 수취인명: '' },
    11: { 수량: { number: '1.5' } },
  };
  const { rows, columns } = await readMade({ tweak: (cells, at) => ({ ...cells, ...bad[at] }) });
  const rejected = rows.filter(({ problems }) => problems);
  assert.equal(rows.length, whole.rows.length);
  assert.deepEqual(
    rejected.map(({ row, problems }) => [
      row,
      problems!.map(({ column, value }) => `${column}=${value}`).join(),
    ]),
    [
      [6, '상품주문번호=2.0261121010000111E+15'],
      [8, '결제일=2026-02-30 10:00:00'],
      [10, '주문상태=우주배송'],
      [12, '수취인명='],
      [14, '수량=1.5'],
    ],
  );
  assert.equal(rejected[0]!.cells[columns.indexOf('상품주문번호')], '2.0261121010000111E+15');
});

test('a file without a needed column is refused and the column is named', async () => {
  await assert.rejects(readMade({ without: ['수취인명', '수량', '통합배송지', '기본배송지'] }), (error) => {
    assert.ok(error instanceof FileRefused);
    assert.match(
      error.message,
      /필요한 열이 없습니다: 수량, 수취인명, 통합배송지 또는 배송지 또는 기본배송지\./,
    );
    return true;
  });
});

test('columns nobody needs may be missing', async () => {
  const kept = new Set([
    '상품주문번호',
    '주문번호',
    '주문상태',
    '상품번호',
    '상품명',
    '수량',
    '수취인명',
    '수취인연락처1',
    '우편번호',
    '통합배송지',
  ]);
  const { rows } = await readMade({ without: forms[72].filter((column) => !kept.has(column)) });
  assert.ok(rows.every(({ line }) => line));
});

const cells = (texts: readonly string[]) =>
  `<row>${texts.map((text) => `<c t="str"><v>${text}</v></c>`).join('')}</row>`;
const header = [
  '상품주문번호',
  '주문번호',
  '주문상태',
  '상품번호',
  '상품명',
  '수량',
  '수취인명',
  '수취인연락처1',
  '우편번호',
  '통합배송지',
];
const aLine = [
  '2026112101000011',
  '2026112101000002',
  '발송대기',
  '821',
  '침대',
  '1',
  '김하나',
  '01012345678',
  '06236',
  '서울 강남구',
];

test('the header is found on whichever sheet it stands, below titles and blank rows', async () => {
  const { sheet, rows } = await readPieces({
    sheets: {
      안내: sheetXml(cells(['상품주문번호와 주문번호, 주문상태를 채워 주세요', '수량'])),
      주문: sheetXml(
        `${cells(['11월 주문'])}<row/><row r="9"/>${cells(header.map((text) => ` ${text} `))}${cells(aLine)}`,
      ),
      메모: sheetXml(cells(['끝'])),
    },
  });
  assert.equal(sheet, '주문');
  assert.deepEqual(
    rows.map(({ row, line }) => [row, line?.recipientName]),
    [[11, '김하나']],
  );
});

test('a header further down than 20 rows is not looked for', async () => {
  await assert.rejects(
    readPieces({ rows: `<row r="20"/>${cells(header)}${cells(aLine)}` }),
    /첫 20줄 안에서 제목 줄/,
  );
});

test('a file of something else is refused by name', async () => {
  await assert.rejects(
    readPieces({ rows: cells(['이름', '전화', '주소']) }),
    /스마트스토어 발주발송관리 파일이 아닙니다/,
  );
});

test('two order lists in one workbook are not guessed between', async () => {
  const list = sheetXml(cells(header) + cells(aLine));
  await assert.rejects(
    readPieces({ sheets: { '11월': list, '12월': list } }),
    /시트가 둘입니다\(11월, 12월\)/,
  );
});

test('blank rows are passed over, and a list without rows is an empty list', async () => {
  const blank = cells([' ', '', '\u00a0']);
  assert.equal((await readPieces({ rows: cells(header) + blank + cells(aLine) + blank })).rows.length, 1);
  assert.equal((await readPieces({ rows: cells(header) })).rows.length, 0);
});

test('the number of rows to expect is guessed well early on', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await writeSmartStoreFile(path, smartStoreLines({ orders: 2000, lines: 2500 }));
  const file = await readMallFile(path, smartStore);
  let count = 0;
  for await (const _ of file.rows) {
    count += 1;
    if (count === 500) assert.ok(Math.abs(file.expectedRows - 2500) < 400, `${file.expectedRows}`);
  }
  assert.equal(file.expectedRows, 2500);
});
