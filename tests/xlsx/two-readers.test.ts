import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowBuilder } from '../../src/lib/xlsx/rows.ts';
import { readSharedStrings } from '../../src/lib/xlsx/shared-strings.ts';
import { readSheet } from '../../src/lib/xlsx/sheet.ts';

// What the tidy reader accepts, it must read as the careful one does, which goes by the book.

const workbook = { sheets: [], strings: undefined, dateStyles: [false, true], date1904: false };
const strings = ['가', '나', 'a_x000D_'];

async function readBoth(xml: Buffer, cut: number): Promise<[unknown, unknown]> {
  const read = (tidily: boolean) =>
    settled(() =>
      Array.fromAsync(readSheet(pieces(xml, cut), new RowBuilder('S', strings, workbook), tidily)),
    );
  return [await read(true), await read(false)];
}

/** What comes out, or that it was refused. */
async function settled(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return (error as Error).name;
  }
}

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const space = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n');
const text = fc.oneof(
  fc.constantFrom(
    '가나다',
    'N',
    '2026112112345671',
    '',
    ' ',
    'a&amp;b',
    '&#xAC00;',
    '&#0;',
    '&nope;',
    '&',
    'a]]>b',
    '_x000D_',
    'a\r\nb',
    '\u0001',
    '\uffff',
    '<!-- c -->',
    '<![CDATA[<x>]]>',
    '<?pi d?>',
    '46347.5',
    '1',
    '99',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((each) => each.replace(/[<&]/g, '')),
);
const type = fc.constantFrom(
  '',
  ' t="s"',
  ' t="str"',
  " t='str'",
  ' t="inlineStr"',
  ' t="b"',
  ' t="e"',
  ' t="n"',
  ' t="d"',
  ' t="x"',
  ' T="s"',
  ' t="str" t="s"',
  ' ph="1" ph="1"',
  ' a="1" bc="1" bd="2"',
);
const place = fc.constantFrom(
  '',
  '',
  ' r="A1"',
  ' r="B7"',
  ' r="ZZ3"',
  ' r="XFD1"',
  ' r="XFE1"',
  ' r="a1"',
  ' r="7"',
  ' r=""',
  ' r = "C1"',
);
const style = fc.constantFrom(
  '',
  ' s="1"',
  ' s="0"',
  " s='1'",
  ' s="x"',
  ' cm="1" s="1"',
  ' x:y="&lt;"',
  ' q="<"',
  ' q=">"',
);
const inside = fc.oneof(
  text.map((each) => `<v>${each}</v>`),
  text.map((each) => `<v xml:space="preserve">${each}</v>`),
  text.map((each) => `<f>1+1</f><v>${each}</v>`),
  text.map((each) => `<f t="shared" si="0"/><v>${each}</v>`),
  text.map((each) => `<v>${each}</v><v>b</v>`),
  text.map((each) => `<is><t>${each}</t></is>`),
  text.map((each) => `<is><r><t>${each}</t></r><r><t>b</t></r><rPh><t>c</t></rPh></is>`),
  text.map((each) => `<x:v>${each}</x:v>`),
  fc.constantFrom('', '<v/>', '<extLst/>', '<v>a</w>', 'stray'),
);
const cell = fc
  .tuple(place, style, type, inside, space)
  .chain(([r, s, t, value, gap]) =>
    fc.constantFrom(
      `<c${r}${s}${t}>${value}</c>${gap}`,
      `<c${t}${r}${s}/>`,
      `<c${r}${t}${s}>${gap}${value}${gap}</c >`,
      `<cell/>`,
    ),
  );
const row = fc
  .tuple(
    fc.constantFrom(
      '',
      ' r="1"',
      ' r="5" spans="1:3"',
      ' r="1048577"',
      ' r="x"',
      ' x14ac:dyDescent="0.3"',
      " ht='15'",
    ),
    fc.array(cell, { maxLength: 4 }),
    space,
  )
  .chain(([attributes, cells, gap]) =>
    fc.constantFrom(
      `<row${attributes}>${gap}${cells.join('')}</row>${gap}`,
      `<row${attributes}/>`,
      `${gap}<row${attributes} >${cells.join(gap)}</row>`,
    ),
  );
const sheet = fc
  .tuple(
    fc.array(row, { maxLength: 8 }),
    fc.constantFrom(
      '<sheetData>',
      '<sheetData >',
      '<!--<sheetData>--><sheetData>',
      '<x:sheetData>',
      '<sheetData a="&gt;">',
    ),
  )
  .map(([rows, open]) => {
    const close = open.startsWith('<x:') ? '</x:sheetData>' : '</sheetData>';
    return Buffer.from(
      `<worksheet><cols><col min="1"/></cols>${open}${rows.join('')}${close}<rowBreaks/></worksheet>`,
    );
  });

test('both readers tell the same of any sheet, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(sheet, fc.integer({ min: 1, max: 400 }), async (xml, cut) => {
      const [tidy, careful] = await readBoth(xml, cut);
      assert.deepEqual(tidy, careful);
    }),
    { numRuns: 1500 },
  );
});

test('both readers tell the same of a damaged sheet', async () => {
  const good = Buffer.from(
    `<worksheet><sheetData>${Array.from({ length: 6 }, (_, at) => `<row r="${at + 1}" spans="1:3"><c r="A${at + 1}" s="1" t="str"><v>값 &amp; ${at}</v></c><c r="B${at + 1}" t="s"><v>1</v></c><c r="C${at + 1}"><f>A1</f><v>5</v></c></row>`).join('')}</sheetData></worksheet>`,
  );
  const byte = fc.oneof(
    fc.constantFrom(...Buffer.from('<>/="\'&; cvrtsx]!?-')),
    fc.integer({ min: 0, max: 255 }),
  );
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), byte), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(damage, fc.integer({ min: 20, max: 900 }), async (changes, cut) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      const [tidy, careful] = await readBoth(bytes, cut);
      assert.deepEqual(tidy, careful);
    }),
    { numRuns: 2500 },
  );
});

test('both readers tell the same of any shared strings', async () => {
  const entry = fc.oneof(
    text.map((each) => `<si><t>${each}</t></si>`),
    text.map((each) => `<si><t xml:space="preserve">${each}</t><phoneticPr fontId="1"/></si>\n`),
    text.map((each) => `<si><r><t>${each}</t></r><r><t>b</t></r></si>`),
    text.map((each) => `<si><t>${each}</t><rPh sb="0" eb="1"><t>읽기</t></rPh></si>`),
    fc.constantFrom('<si/>', '<si><t/></si>', '<si></si>', '<!--<si>-->', '<x:si><x:t>a</x:t></x:si>'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 8 }),
      fc.integer({ min: 1, max: 200 }),
      async (entries, cut) => {
        const xml = Buffer.from(`<?xml version="1.0"?><sst xmlns="x">${entries.join('')}</sst>`);
        const read = (tidily: boolean) => settled(() => readSharedStrings(pieces(xml, cut), tidily));
        assert.deepEqual(await read(true), await read(false));
      },
    ),
    { numRuns: 1000 },
  );
});
