import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { readAlone } from './alone.ts';
import { biffFile, biffStream, double, end, inContainer, record, small, text, words } from './biff-files.ts';
import type { Maker } from './hostile-files.ts';
import { xmlWorkbook } from './twins.ts';

// What would fill the memory or the day of a reader, in the containers besides .xlsx. Each is read in a process of its
// own with 320 MB of heap, as imports are.

const mega = 1024 ** 2;
const full = 48 * mega;

/** A file of about `size` bytes of `unit` over and over. */
function filled(unit: string, size: number, before = '', after = ''): Maker {
  return (path) =>
    writeFile(path, Buffer.concat([Buffer.from(before), repeated(unit, size), Buffer.from(after)]));
}

function repeated(unit: string, size: number): Buffer {
  const length = Buffer.byteLength(unit);
  return Buffer.alloc(Math.ceil(size / length) * length, unit);
}

const bytes =
  (make: () => Buffer): Maker =>
  (path) =>
    writeFile(path, make());

const sheet = (rows: string) => xmlWorkbook(`<Worksheet ss:Name="가"><Table>${rows}</Table></Worksheet>`);
const [xmlBefore = '', xmlAfter = ''] = sheet('|').toString().split('|');
const xmlFilled = (unit: string, size: number, before = '', after = '') =>
  filled(unit, size, xmlBefore + before, after + xmlAfter);
const laughs = (root: string) =>
  `<?xml version="1.0"?><!DOCTYPE ${root} [<!ENTITY a "${'ha'.repeat(50)}">${[...'bcdefgh']
    .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefgh'[at]};`.repeat(10)}">`)
    .join('')}]>`;
const cell = '<Row><Cell><Data ss:Type="String">&h;</Data></Cell></Row>';

function sharedStrings(count: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(count, 4);
  return record(0x00fc, head, content);
}

/** A text of `length` characters in as many records as it takes. */
function longText(length: number): Buffer[] {
  const pieces = [record(0x0207, words(Math.min(length, 65_535)), [0], Buffer.alloc(8000, 'x'))];
  for (let left = length; left > 0; left -= 8000) pieces.push(record(0x003c, [0], Buffer.alloc(8000, 'x')));
  return pieces;
}

const formulaOfText = record(
  0x0006,
  words(0, 0, 0),
  Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0xff]),
  Buffer.alloc(8),
);
const someNumbers = (row: number) =>
  record(
    0x00bd,
    words(row, 0),
    ...Array.from({ length: 128 }, (_, at) => Buffer.concat([words(0), small(row + at)])),
    words(127),
  );
const noSheet = [{ name: '가', rows: [] }];

/** The container with a number in its header or its table of sectors replaced. */
function tampered(change: (file: Buffer) => void): Maker {
  return bytes(() => {
    const file = biffFile([{ name: '가', rows: Array.from({ length: 500 }, (_, at) => ['줄', at]) }], {
      version: 8,
    });
    change(file);
    return file;
  });
}

/** The place of the workbook's entry in the container's directory. */
const entryOf = (file: Buffer) => file.indexOf(Buffer.from('Workbook', 'utf16le'));
const tableOf = (file: Buffer) => (file.readUInt32LE(76) + 1) * 512;

const refused: [string, Maker, RegExp][] = [
  ['one line of 48 MB', filled('가나,', full), /글이 지나치게 깁니다/],
  ['48 million line ends', filled('\n', full, '가,나\n'), /줄이 1,048,576개/],
  ['48 million commas', filled(',', full), /지나치게 (깁니다|많습니다)/],
  ['48 million cells in rows', filled(`${','.repeat(255)}\n`, full), /4천만/],
  ['a quote that is not closed for 48 MB', filled('가,나\n', full, '가,나\n"'), /지나치게 깁니다|따옴표/],
  ['quotes that close nowhere', filled('"a"b', full, '가,나\n'), /따옴표/],
  ['doubled quotes for 48 MB', filled('""', full, '가,나\n"'), /지나치게 깁니다|따옴표/],
  ['a row of 16,385 values', filled('1,', 2 * 16_385), /열이 지나치게 많습니다/],
  ['a row of 301 values', filled('1,', 2 * 301), /300개/],
  [
    '301 columns in different rows',
    bytes(() => Buffer.from(Array.from({ length: 301 }, (_, at) => `${','.repeat(at)}1\n`).join(''))),
    /300개/,
  ],
  ['UTF-16 cut in two', bytes(() => Buffer.from('\ufeff가,나\n', 'utf16le').subarray(0, 7)), /손상/],

  ['tags 200,000 deep', filled('<b>', 600_000, '<table><tr><td>'), /손상/],
  ['tables 300 deep', filled('<table><tr><td>', 300 * 15), /손상|지나치게/],
  ['300 tables', filled('<table><tr><td>1</table>', 300 * 24), /표가 200개/],
  ['a page of 48 MB in a cell', filled('가나다 ', full, '<table><tr><td>'), /글이 지나치게 깁니다/],
  ['a page of lines in a cell', filled('<br>', full, '<table><tr><td>가'), /지나치게|손상/],
  ['a tag that does not end', filled('a', full, '<table><tr><td '), /손상/],
  ['an attribute that does not end', filled('a', full, '<table><tr><td x="'), /손상/],
  ['a comment that does not end', filled('a', full, '<table><!--'), /손상/],
  ['1,048,577 rows of a page', filled('<tr><td>1', 9 * 1_048_577, '<table>'), /줄이 1,048,576개/],
  ['1,048,576 empty rows of a page', filled('<tr>', 4 * 1_048_576, '<table>', '</table>'), /표가 없는/],
  [
    'cells as wide as they can be',
    filled('<tr><td colspan=16000 rowspan=9>1', 33 * 9000, '<table>'),
    /지나치게 많|4천만/,
  ],
  ['cells wider than that', filled('<td colspan=99999999>1', 2200, '<table><tr>'), /열이 지나치게/],
  ['301 columns of a page', filled('<td>1', 5 * 301, '<table><tr>', '</table>'), /300개/],

  [
    'entities that multiply in the XML of 2003',
    bytes(() => Buffer.from(laughs('Workbook') + sheet(cell).toString().slice(21))),
    /DOCTYPE/,
  ],
  [
    'an entity that fetches a file',
    bytes(() =>
      Buffer.from(
        `<!DOCTYPE Workbook [<!ENTITY h SYSTEM "file:///etc/passwd">]>${sheet(cell).toString().slice(21)}`,
      ),
    ),
    /DOCTYPE/,
  ],
  ['an entity nobody declared', bytes(() => sheet(cell)), /손상/],
  ['XML of 2003 that was cut short', bytes(() => sheet('<Row><Cell/></Row>').subarray(0, -20)), /손상/],
  ['XML 200,000 deep', xmlFilled('<a>', 600_000), /손상/],
  [
    'a cell of 48 MB',
    xmlFilled('가나다 ', full, '<Row><Cell><Data ss:Type="String">'),
    /글이 지나치게 깁니다/,
  ],
  ['1,048,577 rows', xmlFilled('<Row/>', 6 * 1_048_577), /손상|1,048,576개/],
  ['a row beyond the last', bytes(() => sheet('<Row ss:Index="1048577"/>')), /손상/],
  ['a row before the one before', bytes(() => sheet('<Row ss:Index="5"/><Row ss:Index="4"/>')), /손상/],
  ['a column beyond the last', bytes(() => sheet('<Row><Cell ss:Index="16385"/></Row>')), /손상/],
  [
    'a cell behind one that covers all',
    bytes(() => sheet('<Row><Cell ss:MergeAcross="9999999"/><Cell/></Row>')),
    /손상/,
  ],
  [
    '301 columns of XML',
    xmlFilled('<Cell><Data ss:Type="Number">1</Data></Cell>', 44 * 301, '<Row>', '</Row>'),
    /300개/,
  ],

  [
    'an .xls whose sectors lead in a circle',
    tampered((file) => {
      const start = file.readUInt32LE(entryOf(file) + 116);
      file.writeUInt32LE(start, tableOf(file) + start * 4);
    }),
    /손상/,
  ],
  [
    'an .xls whose directory leads in a circle',
    tampered((file) => {
      const start = file.readUInt32LE(48);
      file.writeUInt32LE(start, tableOf(file) + start * 4);
      file.fill(0, entryOf(file), entryOf(file) + 16);
    }),
    /손상|엑셀 파일이 아닙니다/,
  ],
  [
    'an .xls that claims 4 GB',
    tampered((file) => file.writeUInt32LE(0xffff_fff0, entryOf(file) + 120)),
    /손상/,
  ],
  [
    'an .xls that claims more than there is',
    tampered((file) => file.writeUInt32LE(file.length, entryOf(file) + 120)),
    /손상/,
  ],
  [
    'a sheet that starts nowhere',
    bytes(() => {
      const stream = biffStream(noSheet, { version: 8 });
      stream.writeUInt32LE(0x7fff_ffff, stream.indexOf(Buffer.from([0x85, 0])) + 4);
      return inContainer('Workbook', stream);
    }),
    /손상/,
  ],
  [
    'shared strings that claim four billion',
    bytes(() =>
      biffFile([{ name: '가', rows: [[1]] }], {
        version: 8,
        globals: [sharedStrings(0xffff_ffff, text('가', 8, 2).subarray(0, 3))],
      }),
    ),
    /손상/,
  ],
  [
    'a shared string that is not there',
    bytes(() => biffFile(noSheet, { version: 8, before: [record(0x00fd, words(0, 0, 0, 99, 0))] })),
    /손상/,
  ],
  [
    '300 tabs for one sheet',
    bytes(() =>
      biffFile(noSheet, {
        version: 8,
        globals: Array(300).fill(record(0x0085, words(0, 0, 0), text('x', 8, 1))),
      }),
    ),
    /손상|시트가 지나치게/,
  ],
  [
    'a column that no .xls has',
    bytes(() => biffFile(noSheet, { version: 8, before: [record(0x0203, words(0, 65_535, 0), double(1))] })),
    /손상/,
  ],
  [
    'a number that is none',
    bytes(() =>
      biffFile(noSheet, { version: 8, before: [record(0x0203, words(0, 0, 0), double(Number.NaN))] }),
    ),
    /손상/,
  ],
  [
    'sheets inside sheets without end',
    bytes(() =>
      biffFile(noSheet, {
        version: 8,
        before: Array(500_000).fill(record(0x0809, words(0x600, 0x20, 0, 0))),
      }),
    ),
    /손상/,
  ],
];

for (const [what, make, reason] of refused) {
  test(`${what}: refused within 480 MB`, async () => {
    const { refusal, megabytes } = await readAlone(make);
    assert.match(refusal?.message ?? 'not refused', reason);
    assert.equal(refusal?.name, 'FileRefused');
    assert.ok(megabytes < 480, `${megabytes} MB`);
  });
}

const rowOfPage = Buffer.from('<tr><td>가나다라</td><td>01012345678</td><td>06236</td></tr>\n');

const read: [string, Maker, number][] = [
  ['1,048,576 rows of CSV', filled('가,나\n', 8 * 1_048_576), 1_048_576],
  ['1,048,576 empty rows of XML', xmlFilled('<Row/>', 6 * 1_048_576), 0],
  [
    'an HTML page with entities in its DOCTYPE',
    bytes(() => Buffer.from(`${laughs('html')}<html><table><tr><td>&h;</table></html>`)),
    1,
  ],
  [
    '1,048,576 rows in CP949',
    bytes(() => {
      const row = iconv.encode('가나다라,마바사,01012345678,06236,10000,1\n', 'cp949');
      return Buffer.alloc(row.length * 1_048_576, row);
    }),
    1_048_576,
  ],
  [
    '600,000 rows of a page',
    filled(rowOfPage.toString(), rowOfPage.length * 600_000, '<table>', '</table>'),
    600_000,
  ],
  [
    '.xls with 2.5 million numbers',
    bytes(() =>
      biffFile(noSheet, { version: 8, before: Array.from({ length: 20_000 }, (_, row) => someNumbers(row)) }),
    ),
    20_000,
  ],
  [
    '.xls with a text of a million characters in pieces',
    bytes(() => biffFile(noSheet, { version: 8, before: [formulaOfText, ...longText(1_000_000)] })),
    1,
  ],
  [
    '.xls with 10 million empty records',
    bytes(() =>
      biffFile([{ name: '가', rows: [[1]] }], {
        version: 8,
        before: [Buffer.alloc(40_000_000), end.subarray(4)],
      }),
    ),
    1,
  ],
];

for (const [what, make, rows] of read) {
  test(`${what}: read within 480 MB`, async () => {
    const outcome = await readAlone(make);
    assert.deepEqual({ rows: outcome.rows, refusal: outcome.refusal }, { rows, refusal: undefined });
    assert.ok(outcome.megabytes < 480, `${outcome.megabytes} MB`);
  });
}
