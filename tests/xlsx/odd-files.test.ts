import assert from 'node:assert/strict';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { FileRefused, isLocked } from '#lib/xlsx/index.ts';
import { writeZip } from '../../seeds/zip-file.ts';
import {
  biffFile,
  biffStream,
  chart,
  double,
  end,
  inContainer,
  record,
  small,
  styles,
  text,
  words,
} from './biff-files.ts';
import { openFolder } from './folder.ts';
import { htmlText, separatedText, xmlWorkbook } from './twins.ts';
import { rowsOf, writeWorkbook } from './workbooks.ts';

// What is peculiar to each container, and what people send in place of one.

async function cellsOf(file: Buffer | string): Promise<string[][]> {
  return (await rowsOf(typeof file === 'string' ? Buffer.from(file) : file)).map((row) => row.texts);
}

async function reasonOf(file: Buffer | string): Promise<string> {
  const reason = await rowsOf(typeof file === 'string' ? Buffer.from(file) : file).then(
    () => 'read',
    (error: unknown) => error,
  );
  assert.ok(reason instanceof FileRefused, String(reason));
  return reason.message;
}

test('the bytes decide, whatever the name says', async () => {
  await using folder = await openFolder();
  const { writeFile } = await import('node:fs/promises');
  for (const [name, bytes] of [
    ['a.xlsx', Buffer.from('가,나\n다,라\n')],
    [
      'a.csv',
      biffFile(
        [
          {
            name: '가',
            rows: [
              ['가', '나'],
              ['다', '라'],
            ],
          },
        ],
        { version: 8 },
      ),
    ],
    [
      'a.xls',
      Buffer.from(
        htmlText([
          {
            name: '',
            rows: [
              ['가', '나'],
              ['다', '라'],
            ],
          },
        ]),
      ),
    ],
  ] as const) {
    const path = folder.file(name);
    await writeFile(path, bytes);
    assert.deepEqual(
      (await rowsOf(path)).map((row) => row.texts),
      [
        ['가', '나'],
        ['다', '라'],
      ],
    );
    assert.equal(await isLocked(path), false);
  }
});

// CSV

test('a value in quotes may hold commas, quotes and line ends', async () => {
  assert.deepEqual(await cellsOf('가,나,다\r\n"서울, 강남","2""짜리","앞\r\n뒤"\r\n끝,,\r\n'), [
    ['가', '나', '다'],
    ['서울, 강남', '2"짜리', '앞\n뒤'],
    ['끝'],
  ]);
});

test('an inch mark inside a value without quotes is part of it', async () => {
  assert.deepEqual(await cellsOf('상품,수량\n매트 12" 그레이,1\n'), [
    ['상품', '수량'],
    ['매트 12" 그레이', '1'],
  ]);
});

test('a value written as a formula so that Excel keeps its zero is that value', async () => {
  assert.deepEqual(await cellsOf('가,나,다\n="06236","=""01012345678""",=1+1\n'), [
    ['가', '나', '다'],
    ['06236', '01012345678', '=1+1'],
  ]);
});

test('what stands between values is found out, though addresses hold commas', async () => {
  const rows = [
    ['주문번호', '주소', '비고'],
    ['1', '서울, 강남구, 1층', 'a;b;c'],
    ['2', '부산, 해운대구, 2층', 'd;e;f'],
  ];
  assert.deepEqual(await cellsOf(rows.map((row) => row.join('\t')).join('\n')), rows);
  for (const delimiter of [',', '\t', ';'])
    assert.deepEqual(await cellsOf(separatedText(rows, delimiter)), rows);
});

test('a notice above the table does not hide what stands between the values', async () => {
  const text =
    '개인정보, 취급에, 주의해, 주세요\n\n주문번호;이름;수량;금액;주소\n1;가;2;3;서울\n2;나;2;3;부산\n';
  assert.deepEqual((await cellsOf(text))[1], ['주문번호', '이름', '수량', '금액', '주소']);
});

test('a row goes on over pieces of the file wherever they are cut', async () => {
  const rows = Array.from({ length: 30_000 }, (_, at) => [
    `주문 ${at}`,
    `"줄\r\n${at}"`,
    '가나다라마바사아자차카타파하'.slice(at % 9),
  ]);
  const expected = rows.map(([first, , last], at) => [first, `줄\n${at}`, last]);
  for (const file of [
    Buffer.from(rows.map((row) => row.join(',')).join('\r\n')),
    iconv.encode(rows.map((row) => row.join('\t')).join('\r\n'), 'cp949'),
    Buffer.from(`\ufeff${rows.map((row) => row.join(',')).join('\r\n')}`, 'utf16le'),
  ]) {
    assert.ok(file.length > 3 * 256 * 1024);
    assert.deepEqual(await cellsOf(file), expected);
  }
});

test('a quote that does not fit is refused with its row, before it swallows others', async () => {
  const reason = /^3번째 줄의 따옴표가 맞지 않아/;
  assert.match(await reasonOf('가,나\n1,2\n"퀸" 침대,3\n4,5\n'), reason);
  assert.match(await reasonOf('가,나\n1,2\n"퀸 침대,3\n4,5\n'), reason);
});

test('a character nobody can read is refused with its line', async () => {
  const bytes = Buffer.concat([iconv.encode('가,나\n다,', 'cp949'), Buffer.from([0xff, 0x41, 0x0a])]);
  assert.match(await reasonOf(bytes), /^2번째 줄에 알아볼 수 없는 글자/);
  assert.match(await reasonOf('가,나\n다,\ufffd\n'), /^2번째 줄에 알아볼 수 없는 글자/);
  assert.match(await reasonOf(Buffer.from('\ufeff가,나\n', 'utf16le').subarray(0, 9)), /손상/);
});

// HTML

test('each table of a page is a sheet, also one inside another, and what stands outside is left out', async () => {
  const page =
    '<html><title>주문</title><p>안내<table><tr><td>가<td>나<tr><td>다<table><tr><td>안</table>라<td>마</table>끝' +
    '<table><thead><tr><th>머리</th></tr></thead><tbody><tr><td>몸</td></tr></tbody></table></html>';
  assert.deepEqual(
    (await rowsOf(Buffer.from(page))).map(({ sheet, row, texts }) => [sheet, row, ...texts]),
    [
      ['표1', 1, '가', '나'],
      ['표2', 1, '안'],
      ['표1', 2, '다라', '마'],
      ['표3', 1, '머리'],
      ['표3', 2, '몸'],
    ],
  );
});

test('cells that span several push the others aside, and have their value once', async () => {
  const page =
    '<table><tr><td rowspan=2>가</td><td colspan="2">나</td><td>다</td></tr><tr><td>라</td><td rowspan="2">마</td><td>바</td></tr>' +
    '<tr><td>사</td><td>아</td><td>자</td></tr></table>';
  assert.deepEqual(await cellsOf(page), [
    ['가', '나', '', '다'],
    ['', '라', '마', '바'],
    ['사', '아', '', '자'],
  ]);
});

test('values of a page are texts as they are shown, whatever format the page asks for', async () => {
  const page =
    '<table><tr><td style=\'mso-number-format:"0"\'>06236</td><td x:num=37000>37,000</td><td> 01012345678 </td>' +
    '<td>="0505"</td><td>가&nbsp;<b>나</b>\n  다<br>라&lt;&amp;&#44032;</td><td>&nbsp;</td><td><p>한</p><p>줄</p></td>' +
    '<td><script>x()</script><!-- 없음 -->있음</td></tr></table>';
  assert.deepEqual(await cellsOf(page), [
    ['06236', '37,000', '01012345678', '0505', '가 나 다\n라<&가', '', '한\n줄', '있음'],
  ]);
});

test('a page says its charset truly or falsely: the bytes have the last word', async () => {
  const page = htmlText([{ name: '', rows: [['주문번호', '똠방']] }], 'utf-8');
  const said = page.replace('utf-8', 'euc-kr');
  for (const file of [
    Buffer.from(page),
    Buffer.from(said), // a lie
    iconv.encode(page, 'cp949'), // another
    iconv.encode(said, 'cp949'),
    Buffer.from(`\ufeff${said}`, 'utf16le'),
  ]) {
    assert.deepEqual(await cellsOf(file), [['주문번호', '똠방']]);
  }
  const twoBytes = iconv.encode('<meta charset=euc-kr><table><tr><td>카<td>타</table>', 'cp949'); // UTF-8 too, by chance
  assert.deepEqual(await cellsOf(twoBytes), [['카', '타']]);
});

test('a page that was cut short inside its table is refused, not half read', async () => {
  const page = htmlText([{ name: '', rows: Array.from({ length: 50 }, (_, at) => [String(at), '가']) }]);
  assert.match(await reasonOf(page.slice(0, page.length / 2)), /손상/);
});

// XML of 2003

test('rows and cells of the XML of 2003 stand at their index, or after the one before and what it covers', async () => {
  const file = xmlWorkbook(
    '<Worksheet ss:Name="하나"><Table ss:ExpandedColumnCount="9"><Column ss:Width="50"/>' +
      '<Row ss:Index="3"><Cell ss:Index="2" ss:MergeAcross="2"><Data ss:Type="String">가</Data></Cell><Cell><Data ss:Type="String">나</Data></Cell></Row>' +
      '<Row ss:Span="1"/><Row><Cell><Data ss:Type="Number">6</Data></Cell></Row></Table></Worksheet>' +
      '<Worksheet ss:Name="둘"><Table><Row><Cell><Data ss:Type="String">다</Data></Cell></Row></Table></Worksheet>',
  );
  assert.deepEqual(
    (await rowsOf(file)).map(({ sheet, row, texts }) => [sheet, row, ...texts]),
    [
      ['하나', 3, '', '가', '', '', '나'],
      ['하나', 6, '6'],
      ['둘', 1, '다'],
    ],
  );
});

test('each type of the XML of 2003 is read as what it is; comments are not', async () => {
  const cell = (type: string, value: string, more = '') =>
    `<Cell ${more}><Data ss:Type="${type}">${value}</Data></Cell>`;
  const [row] = await rowsOf(
    xmlWorkbook(
      `<Worksheet ss:Name="가"><Table><Row>${[
        cell('String', '06236'),
        cell('Number', '2026112012345671'),
        cell('DateTime', '2026-11-21T09:05:00.000'),
        cell('DateTime', '1899-12-31T09:05:00.000'),
        cell('Number', '46347.5', 'ss:StyleID="s22"'),
        cell('Number', '46347', 'ss:StyleID="s23"'),
        cell('Number', '46347', 'ss:StyleID="s24"'),
        cell('Boolean', '1'),
        cell('Error', '#N/A'),
        '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>퀸</B> 침대&#10;끝</ss:Data><Comment><ss:Data>말</ss:Data></Comment></Cell>',
      ].join('')}</Row></Table></Worksheet>`,
    ),
  );
  assert.deepEqual(row?.texts, [
    '06236',
    '2026112012345671',
    '2026-11-21 09:05:00',
    '09:05:00',
    '2026-11-21 12:00:00',
    '2026-11-21 00:00:00',
    '46347',
    'TRUE',
    '#N/A',
    '퀸 침대\n끝',
  ]);
  assert.deepEqual(row?.kinds, [1, 2, 3, 3, 3, 3, 2, 4, 5, 1]);
});

test('the XML of 2003 may be in CP949 too', async () => {
  const xml = xmlWorkbook(
    '<Worksheet ss:Name="주문"><Table><Row><Cell><Data ss:Type="String">똠방</Data></Cell></Row></Table></Worksheet>',
  )
    .toString()
    .replace('<?xml version="1.0"?>', '\r\n<?xml version="1.0" encoding="euc-kr"?>');
  assert.deepEqual(await cellsOf(iconv.encode(xml, 'cp949')), [['똠방']]);
});

// .xls

test('results of formulas, booleans, errors, dates and packed numbers of an .xls are what Excel shows', async () => {
  const result = (...bytes: number[]) => Buffer.from([...bytes, 0xff, 0xff]);
  const formula = (column: number, value: Buffer) =>
    record(0x0006, words(0, column, styles.general), value, Buffer.alloc(8));
  const hundredths = (value: number) => {
    const bytes = small(value);
    bytes[0]! |= 1;
    return bytes;
  };
  const before = [
    formula(0, double(-12.5)),
    formula(1, result(0, 0, 0, 0, 0, 0)),
    record(0x04bc, Buffer.alloc(10)), // what several formulas share
    record(0x0207, text('가나', 8, 2)),
    formula(2, result(1, 0, 1, 0, 0, 0)),
    formula(3, result(2, 0, 42, 0, 0, 0)),
    formula(4, result(3, 0, 0, 0, 0, 0)),
    record(0x0205, words(0, 5, 0), [7, 1]),
    record(
      0x00bd,
      words(0, 6, styles.general),
      small(-7),
      words(styles.shortDate),
      small(46_347),
      words(0),
      hundredths(1234),
      words(8),
    ),
    record(0x027e, words(0, 9, 0), [0, 0, 0xf0, 0x3f]),
    record(0x0204, words(0, 10, 0), text('글 <가>', 8, 2)),
    record(0x0201, words(0, 11, 0)),
  ];
  const [row, ...others] = await rowsOf(biffFile([{ name: '가', rows: [] }], { version: 8, before }));
  assert.deepEqual(others, []);
  assert.deepEqual(row?.texts, [
    '-12.5',
    '가나',
    'TRUE',
    '#N/A',
    '',
    '#DIV/0!',
    '-7',
    '2026-11-21 00:00:00',
    '12.34',
    '1',
    '글 <가>',
  ]);
  assert.deepEqual(row?.kinds, [2, 1, 4, 5, 0, 5, 2, 3, 2, 2, 1]);
});

test('the numbers of a chart on a sheet are not the sheet’s', async () => {
  const file = biffFile([{ name: '가', rows: [['나', 1]] }], { version: 8, before: chart(8) });
  assert.deepEqual(await cellsOf(file), [['나', '1']]);
});

test('an .xls inside another .xls is not mistaken for it', async () => {
  const { CFB } = (await import('@e965/xlsx')).default;
  const file = CFB.utils.cfb_new();
  CFB.utils.cfb_add(file, '/MBD0001/Workbook', biffStream([{ name: '속', rows: [['속']] }], { version: 8 }));
  CFB.utils.cfb_add(file, '/Workbook', biffStream([{ name: '겉', rows: [['겉']] }], { version: 8 }));
  assert.deepEqual(await cellsOf(Buffer.from(CFB.write(file, { type: 'buffer' }) as Uint8Array)), [['겉']]);
});

test('a locked .xls is refused with what to do', async () => {
  const file = biffFile([{ name: '가', rows: [['나']] }], {
    version: 8,
    globals: [record(0x002f, Buffer.alloc(54))],
  });
  assert.match(await reasonOf(file), /비밀번호가 걸린 옛 엑셀 파일/);
});

test('an .xls that ends before its last record is refused', async () => {
  const stream = biffStream([{ name: '가', rows: Array.from({ length: 99 }, (_, at) => ['줄', at]) }], {
    version: 8,
  });
  for (const length of [20, stream.length / 2, stream.length - end.length]) {
    assert.match(await reasonOf(inContainer('Workbook', stream.subarray(0, length))), /손상/);
  }
});

// What is no spreadsheet

const strangers: [string, Buffer | string, RegExp][] = [
  ['a PDF', '%PDF-1.7\n', /PDF 파일/],
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), /그림 파일/],
  ['a JPEG', Buffer.from('ffd8ffe000104a464946', 'hex'), /그림 파일/],
  ['a GIF', 'GIF89a', /그림 파일/],
  ['a WebP', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), /그림 파일/],
  ['a HEIC', Buffer.from('\0\0\0\x18ftypheic', 'latin1'), /그림 파일/],
  ['an empty file', '', /빈 파일/],
  ['spaces', ' \r\n\r\n ', /빈 파일/],
  ['JSON', '{"orders": [1, 2]}', /JSON/],
  ['a list in JSON', '[\n {"주문": 1}]', /JSON/],
  ['rich text', '{\\rtf1\\ansi}', /문서 파일/],
  ['a letter', '안녕하세요\n주문 보내 드립니다.\n', /표가 없는 글/],
  ['a web archive', 'MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n', /\.mht/],
  ['7z', Buffer.from('377abcaf271c', 'hex'), /압축을 풀어/],
  ['gzip', Buffer.from('1f8b0800', 'hex'), /압축을 풀어/],
  ['알집', 'EGGA....', /압축을 풀어/],
  ['an empty zip', Buffer.from('504b0506000000000000000000000000000000000000', 'hex'), /빈 압축/],
  ['Excel 2', Buffer.from('090004000200100000', 'hex'), /1995년 이전/],
  ['a drawing', '<?xml version="1.0"?><svg><g/></svg>', /엑셀 파일이 아닙니다/],
  [
    'a program',
    Buffer.from('MZ\x90\0\x03\0\0\0\x04\0', 'latin1'),
    /알아볼 수 없는 글자|엑셀 파일이 아닙니다/,
  ],
  [
    'a sign-in page',
    '<!doctype html><html><body><table><tr><td>아이디<td><input type="PASSWORD"></table></body></html>',
    /로그인 화면/,
  ],
  ['a page without a table', '<html><body><h1>점검 중입니다</h1></body></html>', /표가 없는 웹 페이지/],
  ['a page with an empty table', '<html><table><tr><td></td></tr></table></html>', /표가 없는 웹 페이지/],
];

for (const [what, bytes, reason] of strangers) {
  test(`${what}: refused with a reason of its own`, async () => {
    assert.match(await reasonOf(bytes), reason);
  });
}

const zips: [string, string[], RegExp][] = [
  ['a plain zip', ['사진.jpg', '주문.xlsx'], /압축을 풀어/],
  ['a document of Word', ['[Content_Types].xml', 'word/document.xml'], /문서 파일/],
  ['a new document of 한글', ['mimetype', 'Contents/content.hpf'], /문서 파일/],
  ['an OpenDocument sheet', ['mimetype', 'content.xml', 'META-INF/manifest.xml'], /\.ods/],
];

for (const [what, names, reason] of zips) {
  test(`${what}: refused with a reason of its own`, async () => {
    await using folder = await openFolder();
    const path = folder.file('a.xlsx');
    await writeZip(
      path,
      names.map((name) => ({ name, text: 'x' })),
    );
    await assert.rejects(rowsOf(path), (error) => error instanceof FileRefused && reason.test(error.message));
  });
}

test('a document of Word that calls itself so is refused as one', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  const rels = (target: string) =>
    `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="${target}"/></Relationships>`;
  await writeWorkbook(path, {
    parts: [
      { name: '_rels/.rels', text: rels('word/document.xml') },
      { name: 'word/document.xml', text: '<w:document xmlns:w="w"/>' },
    ],
  });
  await assert.rejects(rowsOf(path), /문서 파일/);
});
