import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds, readRows } from '#lib/xlsx/index.ts';
import { openFolder } from './folder.ts';
import { type Pieces, rowsOf, sheetXml, writeWorkbook } from './workbooks.ts';

/** The cells of the first row, read by both readers, which must agree. */
async function firstRow(pieces: Pieces) {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await writeWorkbook(path, pieces);
  const rows = await rowsOf(path);
  assert.deepEqual(rows, await rowsOf(path, { carefully: true }));
  return rows[0];
}

async function textsOf(cells: string, more: Pieces = {}): Promise<string[] | undefined> {
  return (await firstRow({ rows: `<row r="1">${cells}</row>`, ...more }))?.texts;
}

test('text is read from inline values, inline strings and shared strings', async () => {
  const row = await firstRow({
    rows: '<row r="1"><c r="A1" t="str"><v>한글 값</v></c><c r="B1" t="inlineStr"><is><t>안</t></is></c><c r="C1" t="s"><v>1</v></c></row>',
    strings: '<si><t>가</t></si><si><t xml:space="preserve"> 나 </t></si>',
  });
  assert.deepEqual(row, {
    sheet: 'Sheet1',
    row: 1,
    texts: ['한글 값', '안', ' 나 '],
    kinds: [kinds.text, kinds.text, kinds.text],
  });
});

test('all runs of a rich text are joined and reading aids are left out', async () => {
  const rich =
    '<r><rPr><b/></rPr><t>퀸</t></r><r><t xml:space="preserve"> 침대</t></r><rPh sb="0" eb="1"><t>읽기</t></rPh><phoneticPr fontId="1"/>';
  assert.deepEqual(
    await textsOf(`<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is>${rich}</is></c>`, {
      strings: `<si>${rich}</si>`,
    }),
    ['퀸 침대', '퀸 침대'],
  );
});

test("Korean Excel's empty phonetic mark after a shared string says nothing", async () => {
  const strings =
    '<si><t>가</t><phoneticPr fontId="1" type="noConversion"/></si><si><t/></si><si><t>나</t></si>';
  const cells = [0, 1, 2].map((at) => `<c t="s"><v>${at}</v></c>`).join('');
  assert.deepEqual(await textsOf(cells, { strings }), ['가', '', '나']);
});

test('entities, line ends and escaped controls become the characters they stand for', async () => {
  const value = 'a &amp; b &lt;c&gt; &quot;&apos; &#44032;&#xB098; 줄\r\n끝 _x000D_| _x005F_x000D_';
  const expected = 'a & b <c> "\' 가나 줄\n끝 \r| _x000D_';
  assert.deepEqual(
    await textsOf(`<c t="str"><v>${value}</v></c><c t="s"><v>0</v></c>`, {
      strings: `<si><t>${value}</t></si>`,
    }),
    [expected, expected],
  );
});

test('CDATA and comments are read like any XML', async () => {
  assert.deepEqual(
    await textsOf('<!-- <c t="str"><v>없음</v></c> --><c t="str"><v><![CDATA[<가&나>]]></v></c>'),
    ['<가&나>'],
  );
});

test('XML with prefixes is read the same', async () => {
  const row = await firstRow({
    sheets: {
      주문: '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="3"><x:c r="B3" t="str"><x:v>가</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    },
  });
  assert.deepEqual(row, { sheet: '주문', row: 3, texts: ['', '가'], kinds: [0, kinds.text] });
});

test('rows and cells without a place of their own follow the one before', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  const cell = (text: string, at = '') => `<c${at} t="str"><v>${text}</v></c>`;
  await writeWorkbook(path, {
    rows: `<row>${cell('a')}${cell('b')}</row><row/><row r="7">${cell('d', ' r="D7"')}${cell('e')}</row><row>${cell('x')}</row>`,
  });
  const rows = await rowsOf(path);
  assert.deepEqual(
    rows.map(({ row, texts }) => [row, texts]),
    [
      [1, ['a', 'b']],
      [7, ['', '', '', 'd', 'e']],
      [8, ['x']],
    ],
  );
});

test('numbers keep their digits as the file has them', async () => {
  const digits = [
    '2026112012345671',
    '2.0261120123456E+15',
    '06',
    '1.1000000000000001',
    '-0',
    '8210034501.0',
  ];
  const row = await firstRow({
    rows: `<row>${digits.map((each) => `<c><v>${each}</v></c>`).join('')}</row>`,
  });
  assert.deepEqual(row?.texts, digits);
  assert.ok(row?.kinds.every((kind) => kind === kinds.number));
});

test('a number is a date when its format says so, and is not shifted by a time zone', async () => {
  const formats = [
    'yyyy/mm/dd hh:mm',
    '[$-412]yyyy&quot;년&quot; m&quot;월&quot;',
    '&quot;\\&quot;#,##0',
    '[h]:mm',
    '#,##0;[Red]-#,##0',
    '@',
  ];
  const serial = 46_347.324_039_351_85; // 2026-11-21 07:46:37
  const cells = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((style) => `<c s="${style}"><v>${serial}</v></c>`).join('');
  const row = await firstRow({ rows: `<row>${cells}</row>`, numberFormats: formats });
  const moment = '2026-11-21 07:46:37';
  const number = String(serial);
  assert.deepEqual(row?.texts, [number, moment, moment, moment, moment, number, number, number, number]);
  assert.deepEqual(row?.kinds, [2, 3, 3, 3, 3, 2, 2, 2, 2]);
});

test('dates at the edges are what Excel shows', async () => {
  const serials = ['0.5', '1', '59', '60', '61', '46347', '46347.99999', '2958465.999', '-1', '2958466', 'x'];
  const row = await firstRow({
    rows: `<row>${serials.map((each) => `<c s="2"><v>${each}</v></c>`).join('')}</row>`,
  });
  assert.deepEqual(row?.texts, [
    '12:00:00',
    '1900-01-01 00:00:00',
    '1900-02-28 00:00:00',
    '1900-02-29 00:00:00',
    '1900-03-01 00:00:00',
    '2026-11-21 00:00:00',
    '2026-11-21 23:59:59',
    '9999-12-31 23:58:34',
    '-1',
    '2958466',
    'x',
  ]);
});

test("the Mac's old calendar counts from 1904", async () => {
  assert.deepEqual(await textsOf('<c s="1"><v>0</v></c><c s="2"><v>44885.5</v></c>', { date1904: true }), [
    '1904-01-01 00:00:00',
    '2026-11-21 12:00:00',
  ]);
});

test('dates written as text of ISO 8601 are dates', async () => {
  const row = await firstRow({
    rows: '<row><c t="d"><v>2026-11-21T07:46:37.000</v></c><c t="d"><v>2026-11-21</v></c></row>',
  });
  assert.deepEqual(row?.texts, ['2026-11-21 07:46:37', '2026-11-21 00:00:00']);
  assert.deepEqual(row?.kinds, [kinds.date, kinds.date]);
});

test('booleans and errors are what Excel shows', async () => {
  const row = await firstRow({
    rows: '<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c></row>',
  });
  assert.deepEqual(row?.texts, ['TRUE', 'FALSE', '#N/A']);
  assert.deepEqual(row?.kinds, [kinds.boolean, kinds.boolean, kinds.error]);
});

test('of a formula only the result it was saved with counts', async () => {
  const cells =
    '<c t="str"><f>"가"&amp;"나"</f><v>가나</v></c><c><f t="shared" ref="B1:B2" si="0">1+1</f><v>2</v></c><c><f t="shared" si="0"/><v>3</v></c><c><f>NOW()</f></c><c t="str"><v>=1+1</v></c>';
  assert.deepEqual(await textsOf(cells), ['가나', '2', '3', '', '=1+1']);
});

test('empty and styled cells have no value', async () => {
  assert.deepEqual(
    await textsOf('<c r="A1" s="1"/><c r="B1" t="str"><v></v></c><c r="C1" t="str"><v>x</v></c><c r="D1"/>'),
    ['', '', 'x'],
  );
  assert.equal(
    await firstRow({ rows: '<row r="1" s="2" customFormat="1"><c r="A1" s="1"/></row>' }),
    undefined,
  );
});

test('indented XML is read the same', async () => {
  assert.deepEqual(await textsOf('\n  <c\n r="A1"\tt="str" >\n  <v>가</v>\n  </c>\n'), ['가']);
});

test('sheets come in the order of the tabs, found by their relations', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  const one = (text: string) => sheetXml(`<row><c t="str"><v>${text}</v></c></row>`);
  await writeWorkbook(path, { sheets: { 둘째: one('2'), 첫째: one('1'), '&lt;셋&gt;': one('3') } });
  assert.deepEqual(
    (await rowsOf(path)).map(({ sheet, texts }) => [sheet, texts[0]]),
    [
      ['둘째', '2'],
      ['첫째', '1'],
      ['<셋>', '3'],
    ],
  );
});

test('Hangul is whole wherever the pieces of the file are cut', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  const text = (at: number) => '가나다라마바사아자차카타파하힣'.slice(at % 7) + at;
  const rows = Array.from(
    { length: 9000 },
    (_, at) => `<row><c t="str"><v>${text(at)}</v></c><c t="s"><v>${at}</v></c></row>`,
  );
  const strings = Array.from({ length: 9000 }, (_, at) => `<si><t>${text(at)}</t></si>`);
  await writeWorkbook(path, { rows: rows.join(''), strings: strings.join('') });
  for (const carefully of [false, true]) {
    const found = await rowsOf(path, { carefully });
    assert.ok(found.every(({ texts }, at) => texts[0] === text(at) && texts[1] === text(at)));
  }
});

test('an untidy row in the middle is read, and so are the rows after it', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  const rows = Array.from({ length: 5000 }, (_, at) =>
    at % 1700 === 1699
      ? `<row r="${at + 1}"><c r="A${at + 1}" t="str"><v>줄<!-- --> ${at}</v></c></row>`
      : `<row r="${at + 1}"><c r="A${at + 1}" t="str"><v>줄 ${at}</v></c></row>`,
  );
  await writeWorkbook(path, { rows: rows.join('') });
  const found = await rowsOf(path);
  assert.deepEqual(
    found.map(({ row, texts }) => `${row}:${texts}`),
    rows.map((_, at) => `${at + 1}:줄 ${at}`),
  );
});

test('progress goes up to the whole', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await writeWorkbook(path, { rows: '<row><c><v>1</v></c></row>'.repeat(20_000) });
  const told: number[] = [];
  await rowsOf(path, { onProgress: (done, total) => told.push(done / total) });
  assert.deepEqual(
    told,
    [...told].sort((a, b) => a - b),
  );
  assert.ok(told.length > 5);
  assert.equal(told.at(-1), 1);
});

test('a reader may stop early', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  const rows = Array.from({ length: 100_000 }, (_, at) => `<row><c><v>${at}</v></c></row>`);
  await writeWorkbook(path, { rows: rows.join('') });
  for await (const row of readRows(path)) {
    assert.equal(row.row, 1);
    break;
  }
});
