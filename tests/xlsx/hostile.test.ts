import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileRefused, isLocked, unlock } from '#lib/xlsx/index.ts';
import { readAlone } from './alone.ts';
import { openFolder } from './folder.ts';
import * as files from './hostile-files.ts';
import { rowsOf } from './workbooks.ts';

const heavy: [string, files.Maker, RegExp][] = [
  ['5 GB of rows behind a lying size', files.bombOfRows, /지나치게 커지는/],
  ['5 GB of spaces', files.bombOfSpaces, /지나치게 (커지는|깁니다)/],
  ['one text of 5 GB', files.bombOfOneText, /지나치게 (커지는|깁니다)/],
  ['5 GB that are admitted', files.bombThatSaysSo, /지나치게 커지는/],
  ['1 GB packed 700 times', files.bombInItsRatio, /지나치게 커지는/],
  ['one text of 30 MB that packs badly', files.longText, /글이 지나치게 깁니다/],
  ['a comment that does not end', files.longThing('<!--', '-->'), /글이 지나치게 깁니다/],
  [
    'a comment inside a cell',
    files.longThing('<row><c><v>1<!--', '--></v></c></row>'),
    /글이 지나치게 깁니다/,
  ],
  ['an attribute that does not end', files.longThing('<row r="', '"/>'), /글이 지나치게 깁니다/],
  ['a tag name that does not end', files.longThing('<row a', '/>'), /글이 지나치게 깁니다/],
  ['a cell of thousands of runs', files.longRichText, /글이 지나치게 깁니다/],
  ['1,048,577 rows', files.oneRowTooMany, /줄이 1,048,576개/],
  ['45 million cells', files.manyCells, /4천만/],
  ['3 million shared strings', files.manyStrings, /글이 지나치게 많/],
  ['XML 200,000 levels deep', files.deepXml, /손상/],
];

for (const [what, make, reason] of heavy) {
  test(`${what}: refused within 512 MB`, async () => {
    const { refusal, megabytes } = await readAlone(make);
    assert.match(refusal?.message ?? 'not refused', reason);
    assert.equal(refusal?.name, 'FileRefused');
    assert.ok(megabytes < 512, `${megabytes} MB`);
  });
}

const light: [string, files.Maker, RegExp][] = [
  ['entities that multiply in a sheet', files.entitiesInSheet, /DOCTYPE/],
  ['entities that multiply in the strings', files.entitiesInStrings, /DOCTYPE/],
  ['entities that multiply in the workbook', files.entitiesInWorkbook, /DOCTYPE/],
  ['an entity that fetches a file', files.entityFromOutside, /DOCTYPE/],
  ['an entity nobody declared', files.unknownEntity, /손상/],
  ['a zip that was cut short', files.cutZip, /손상/],
  ['a sheet that was cut short', files.cutXml, /손상/],
  ['a flipped bit', files.flippedByte, /손상/],
  ['text that is not UTF-8', files.brokenHangul, /손상/],
  ['a sheet in UTF-16', files.twoSixteen, /손상/],
  ['250 parts', files.manyParts, /조각/],
  ['50,000 tabs for one sheet', files.manySheets, /시트가 지나치게 많/],
  ['two parts of one name', files.samePartTwice, /손상/],
  ['a row beyond the last', files.rowBeyondTheLast, /손상/],
  ['a column beyond the last', files.columnBeyondTheLast, /손상/],
  ['301 columns with values', files.manyColumns, /300개/],
  ['a picture called .xlsx', files.picture, /그림 파일입니다/],
  ['an empty file', files.emptyFile, /빈 파일/],
  ['a file of more than 50 MB', files.tooLargeFile, /50MB/],
  ['a document in the same kind of zip', files.wordDocument, /엑셀 파일이 아닙니다/],
  ['a workbook without sheets', files.noWorkbook, /시트가 없는/],
  ['an .xls file without a byte in it', files.compoundFile('Workbook'), /손상/],
  ['a document of 한글', files.compoundFile('HwpSummaryInformation'), /문서 파일입니다/],
  ['a document of Word', files.compoundFile('WordDocument'), /문서 파일입니다/],
  ['another program’s container', files.compoundFile('PowerPoint Document'), /엑셀 파일이 아닙니다/],
  ['a locked file', files.compoundFile('EncryptionInfo', 'EncryptedPackage'), /비밀번호가 걸린/],
];

for (const [what, make, reason] of light) {
  test(`${what}: refused with a reason`, async () => {
    await using folder = await openFolder();
    const path = folder.file('a.xlsx');
    await make(path);
    await assert.rejects(rowsOf(path), (error) => {
      assert.ok(error instanceof FileRefused);
      assert.match(error.message, reason);
      return true;
    });
  });
}

const read: [string, files.Maker, number][] = [
  ['1,048,576 empty rows', files.emptyRows, 0],
  ['1,048,576 empty rows with a style', files.styledEmptyRows, 0],
  ['200 rows of 16,384 empty cells', files.emptyCells, 0],
  ['merges and lists over all cells', files.manyRanges, 1],
  ['as many shared strings as there may be', files.fullStrings(''), 1],
  ['as many for the careful reader', files.fullStrings('<!-- -->'), 1],
];

for (const [what, make, rows] of read) {
  test(`${what}: read quickly, within 400 MB`, async () => {
    const outcome = await readAlone(make);
    assert.deepEqual({ rows: outcome.rows, refusal: outcome.refusal }, { rows, refusal: undefined });
    assert.ok(outcome.megabytes < 400, `${outcome.megabytes} MB`);
  });
}

test('a container whose sectors lead in a circle is refused', async () => {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await files.circularCompoundFile(path);
  assert.equal(await isLocked(path), true);
  await assert.rejects(unlock(path, 'x'), FileRefused);
});
