import { readFile, truncate, writeFile } from 'node:fs/promises';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { smartStoreLines, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import type { ZipPart } from '../../seeds/zip-file.ts';
import { sheetXml, writeWorkbook } from './workbooks.ts';

/** Makes a hostile file at a path. Each takes moments, whatever it unpacks to. */
export type Maker = (path: string) => Promise<void>;

const sheetPart = 'xl/worksheets/part1.xml';
const [sheetStart = '', sheetEnd = ''] = sheetXml('|').split('|');
const [mega, giga] = [1024 ** 2, 1024 ** 3];

/** Deflated so that it may stand any number of times in a row: each copy unpacks to the same again. */
function repeatable(text: string, length: number): Buffer {
  const bytes = Buffer.alloc(length, text);
  return deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });
}

/** A sheet that unpacks to `size` bytes of `text` over and over, and claims `claimed` of them. */
function bomb(text: string, size: number, claimed: number): Maker {
  return async (path) => {
    const unit = Math.floor((16 * mega) / Buffer.byteLength(text)) * Buffer.byteLength(text);
    const block = repeatable(text, unit);
    const packed = [
      deflateRawSync(Buffer.from(sheetStart), { finishFlush: constants.Z_FULL_FLUSH }),
      ...Array<Buffer>(Math.ceil(size / unit)).fill(block),
      deflateRawSync(Buffer.from(sheetEnd)),
    ];
    await writeWorkbook(path, { parts: [{ name: sheetPart, packed, size: claimed, crc: 0 }] });
  };
}

const aRow = '<row><c t="str"><v>가나다라마바사아자차카타파하</v></c><c><v>1</v></c></row>';

export const bombOfRows = bomb(aRow, 5 * giga, 40 * mega);
export const bombOfSpaces = bomb(' ', 5 * giga, 4 * mega);
export const bombOfOneText: Maker = bomb('가', 5 * giga, 4 * mega);
export const bombThatSaysSo = bomb(aRow, 5 * giga, 0xffff_fff0);
export const bombInItsRatio = bomb(aRow, giga, giga);

/** One text of 30 MB that does not pack well enough to be told by its ratio. */
export const longText = longThing('<row><c t="str"><v>', '</v></c></row>');

/** The same as a comment, an attribute, or a tag that never ends: what a parser would hold in memory. */
export function longThing(before: string, after: string): Maker {
  return (path) => {
    const pieces = [sheetStart + before, ...Array<string>(500).fill(jumble(1, 60_000)), after + sheetEnd];
    return writeWorkbook(path, { parts: [packedPart(pieces)] });
  };
}

/** One cell put together from thousands of runs that are each small. */
export const longRichText: Maker = (path) => {
  const run = `<r><t>${jumble(1, 30_000)}</t></r>`;
  const pieces = [`${sheetStart}<row><c t="inlineStr"><is>`, ...Array<string>(600).fill(run)];
  return writeWorkbook(path, { parts: [packedPart([...pieces, `</is></c></row>${sheetEnd}`])] });
};

/** The sheet from pieces, each of them packed once, however often it stands there. */
function packedPart(pieces: readonly string[]): ZipPart {
  const packedOnce = new Map(
    [...new Set(pieces)].map((piece) => [
      piece,
      deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH }),
    ]),
  );
  const end = deflateRawSync('');
  const size = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  const crc = pieces.reduce((sum, piece) => crc32(piece, sum), 0);
  return { name: sheetPart, packed: [...pieces.map((piece) => packedOnce.get(piece)!), end], size, crc };
}

/** Letters that deflate cannot make much smaller. */
function jumble(seed: number, length: number): string {
  let state = seed * 7919 + 1;
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[at] = 97 + ((state >>> 16) % 16);
  }
  return bytes.toString('latin1');
}

const laughs = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${'ha'.repeat(50)}">${[...'bcdefgh']
  .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefgh'[at]};`.repeat(10)}">`)
  .join('')}]>`;
const outside = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY h SYSTEM "file:///etc/passwd">]>';

export const entitiesInSheet: Maker = (path) =>
  writeWorkbook(path, {
    sheets: {
      Sheet1: `${laughs}<worksheet><sheetData><row><c t="str"><v>&h;</v></c></row></sheetData></worksheet>`,
    },
  });
export const entityFromOutside: Maker = (path) =>
  writeWorkbook(path, {
    sheets: {
      Sheet1: `${outside}<worksheet><sheetData><row><c t="str"><v>&h;</v></c></row></sheetData></worksheet>`,
    },
  });
export const entitiesInStrings: Maker = (path) =>
  writeWorkbook(path, {
    parts: [{ name: 'xl/sharedStrings.xml', text: `${laughs}<sst><si><t>&h;</t></si></sst>` }],
  });
export const entitiesInWorkbook: Maker = (path) =>
  writeWorkbook(path, { parts: [{ name: 'xl/workbook.xml', text: `${laughs}<workbook/>` }] });
export const unknownEntity: Maker = (path) =>
  writeWorkbook(path, { rows: '<row><c t="str"><v>&h;</v></c></row>' });

export const cutZip: Maker = async (path) => {
  await writeSmartStoreFile(path, smartStoreLines({ orders: 300 }));
  await truncate(path, Math.floor((await readFile(path)).length * 0.7));
};
export const cutXml: Maker = (path) =>
  writeWorkbook(path, {
    sheets: { Sheet1: `${sheetStart}<row><c t="str"><v>가</v></c></row><row><c t="str">` },
  });
export const flippedByte: Maker = async (path) => {
  await writeSmartStoreFile(path, smartStoreLines({ orders: 300 }));
  const bytes = await readFile(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 0x10;
  await writeFile(path, bytes);
};
export const brokenHangul: Maker = async (path) => {
  const text = Buffer.from(sheetXml('<row><c t="str"><v>가나다</v></c></row>'));
  text[text.indexOf('나') + 1] = 0x20;
  await writeWorkbook(path, {
    parts: [
      {
        name: sheetPart,
        packed: [deflateRawSync(text)],
        size: text.length,
        crc: crc32(text),
      },
    ],
  });
};
export const twoSixteen: Maker = async (path) => {
  const text = Buffer.from(`\ufeff${sheetXml('<row/>').replace('UTF-8', 'UTF-16')}`, 'utf16le');
  await writeWorkbook(path, {
    parts: [
      {
        name: sheetPart,
        packed: [deflateRawSync(text)],
        size: text.length,
        crc: crc32(text),
      },
    ],
  });
};

export const manyParts: Maker = (path) =>
  writeWorkbook(path, {
    parts: Array.from({ length: 250 }, (_, at) => ({ name: `xl/media/${at}.bin`, text: 'x' })),
  });
export const manySheets: Maker = (path) =>
  writeWorkbook(path, {
    parts: [
      {
        name: 'xl/workbook.xml',
        text: `<workbook xmlns:r="r"><sheets>${Array.from({ length: 50_000 }, (_, at) => `<sheet name="${at}" r:id="tab0"/>`).join('')}</sheets></workbook>`,
      },
    ],
  });
export const samePartTwice: Maker = (path) =>
  writeWorkbook(path, { parts: [{ name: 'XL/worksheets/PART1.xml', text: sheetXml('<row/>') }] });

function columnName(number: number): string {
  const rest = Math.floor((number - 1) / 26);
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((number - 1) % 26));
}

/** Rows one by one, so that they do not pack suspiciously well. */
function manyRows(count: number, row: (number: number) => string): Maker {
  return (path) => {
    function* text() {
      yield sheetStart;
      for (let at = 1; at <= count; at += 1000) {
        yield Array.from({ length: Math.min(1000, count - at + 1) }, (_, more) => row(at + more)).join('');
      }
      yield sheetEnd;
    }
    return writeWorkbook(path, { parts: [{ name: sheetPart, text: text() }] });
  };
}

export const emptyRows = manyRows(1_048_576, (row) => `<row r="${row}"/>`);
export const styledEmptyRows = manyRows(
  1_048_576,
  (row) => `<row r="${row}" spans="1:3" s="1" customFormat="1"><c r="A${row}" s="1"/></row>`,
);
export const emptyCells = manyRows(
  200,
  (row) =>
    `<row r="${row}">${Array.from({ length: 16_384 }, (_, at) => `<c r="${columnName(at + 1)}${row}" s="1"/>`).join('')}</row>`,
);
export const oneRowTooMany = manyRows(1_048_577, (row) => `<row ht="${row}"/>`);
export const rowBeyondTheLast: Maker = (path) =>
  writeWorkbook(path, { rows: '<row r="1048577"><c><v>1</v></c></row>' });
export const columnBeyondTheLast: Maker = (path) =>
  writeWorkbook(path, { rows: '<row><c r="XFE1"><v>1</v></c></row>' });
export const manyColumns: Maker = (path) =>
  writeWorkbook(path, { rows: `<row>${'<c><v>1</v></c>'.repeat(301)}</row>` });
/** 45 million places, most of them empty: each row reaches far to the right. */
export const manyCells = manyRows(
  150_000,
  (row) => `<row r="${row}"><c r="KN${row}"><v>${row}</v></c></row>`,
);
export const manyStrings: Maker = (path) => {
  function* text() {
    yield '<sst>';
    for (let at = 0; at < 3000; at += 1) {
      yield Array.from({ length: 1000 }, (_, more) => `<si><t>${at * 1000 + more}</t></si>`).join('');
    }
    yield '</sst>';
  }
  return writeWorkbook(path, { parts: [{ name: 'xl/sharedStrings.xml', text: text() }] });
};
/** As many and as long as they may just be; `first` decides which reader takes them. */
export function fullStrings(first: string): Maker {
  return (path) => {
    function* text() {
      yield `<sst>${first}`;
      for (let at = 0; at < 2400; at += 1) {
        const words = jumble(at, 12_000);
        const entry = (more: number) =>
          `<si><t>가${words.slice(more * 12, more * 12 + 12)}${at * 1000 + more}</t></si>`;
        yield Array.from({ length: 1000 }, (_, more) => entry(more)).join('');
      }
      yield '</sst>';
    }
    const rows = '<row><c t="s"><v>2399999</v></c></row>';
    return writeWorkbook(path, { rows, parts: [{ name: 'xl/sharedStrings.xml', text: text() }] });
  };
}
export const deepXml: Maker = (path) =>
  writeWorkbook(path, { rows: `${'<a>'.repeat(200_000)}${'</a>'.repeat(200_000)}` });
export const manyRanges: Maker = (path) =>
  writeWorkbook(path, {
    sheets: {
      Sheet1: sheetXml('<row><c t="str"><v>가</v></c></row>').replace(
        '</worksheet>',
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><dataValidations><dataValidation type="list" sqref="A1:XFD1048576"><formula1>"a,b"</formula1></dataValidation></dataValidations></worksheet>',
      ),
    },
  });

export const pretender: Maker = (path) =>
  writeFile(path, '<html><table><tr><td>상품주문번호</td></tr></table></html>');
export const picture: Maker = (path) =>
  writeFile(path, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
export const emptyFile: Maker = (path) => writeFile(path, '');
export const tooLargeFile: Maker = async (path) => {
  await writeFile(path, Buffer.from('504b0304', 'hex'));
  await truncate(path, 50 * mega + 1);
};
export const wordDocument: Maker = (path) =>
  writeWorkbook(path, {
    parts: [{ name: 'xl/workbook.xml', text: '<w:document xmlns:w="w"><w:body/></w:document>' }],
  });
export const noWorkbook: Maker = (path) =>
  writeWorkbook(path, {
    parts: [
      { name: '_rels/.rels', text: '<Relationships/>' },
      { name: 'xl/workbook.xml', text: '<workbook><sheets/></workbook>' },
    ],
  });

/** An OLE container with streams of these names, as .xls and .hwp files are. */
export function compoundFile(...names: string[]): Maker {
  return (path) => writeFile(path, compoundBytes(names));
}

/** One whose list of sectors leads back to itself. */
export const circularCompoundFile: Maker = async (path) => {
  const bytes = compoundBytes(['EncryptedPackage', 'EncryptionInfo']);
  bytes.writeUInt32LE(1, 512 + 4); // the directory's sector is followed by itself
  await writeFile(path, bytes);
};

function compoundBytes(names: string[]): Buffer {
  const header = Buffer.alloc(512, 0xff);
  header.write('d0cf11e0a1b11ae1', 'hex');
  header.fill(0, 8, 76);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(4096, 56);
  header.writeUInt32LE(0xfffffffe, 60);
  header.writeUInt32LE(0, 76);
  const table = Buffer.alloc(512, 0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  table.writeUInt32LE(0xfffffffe, 4);
  const directory = Buffer.alloc(512);
  ['Root Entry', ...names].forEach((name, at) => {
    const entry = directory.subarray(at * 128, at * 128 + 128);
    entry.write(name, 0, 'utf16le');
    entry.writeUInt16LE(name.length * 2 + 2, 64);
    entry[66] = at === 0 ? 5 : 2;
    entry.fill(0xff, 68, 80);
    entry.writeUInt32LE(0xfffffffe, 116);
  });
  return Buffer.concat([header, table, directory, Buffer.alloc(2048)]);
}
