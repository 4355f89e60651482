import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import type { RegionBook } from '../../src/regions/book.rules.ts';
import { classifyCsv } from '../../src/regions/classifying.ts';
import { seedBook } from './seed-book.ts';

let book: RegionBook;
before(async () => {
  book = await seedBook();
});

async function classify(...chunks: (string | Uint8Array)[]): Promise<string> {
  return (await Array.fromAsync(classifyCsv(Readable.from(chunks), book))).join('');
}
const header = 'input,status,postcode,sido,sigungu\n';
const gangnam = '06236,ok,06236,서울특별시,강남구\n';

test('a line comes out for each line that goes in', async () => {
  assert.equal(
    await classify('06236\n6236\n\n135-080\n12\n99999\n39000\n30000\n'),
    header +
      gangnam +
      '6236,restored,06236,서울특별시,강남구\n' +
      ',empty,,,\n' +
      '135-080,old6,,,\n' +
      '12,invalid,,,\n' +
      '99999,unknown,99999,,\n' +
      '39000,retired,39000,대구광역시,군위군\n' +
      '30000,ok,30000,세종특별자치시,\n',
  );
});

test('nothing in is a header out', async () => {
  assert.equal(await classify(), header);
  assert.equal(await classify(''), header);
});

test('the last line counts without its newline, and a newline alone is one empty line', async () => {
  assert.equal(await classify('06236'), header + gangnam);
  assert.equal(await classify('\n'), `${header},empty,,,\n`);
  assert.equal(await classify('06236\n\n'), `${header}${gangnam},empty,,,\n`);
});

test('lines may end as on Windows', async () => {
  assert.equal(await classify('06236\r\n06236\r\n'), header + gangnam + gangnam);
  assert.equal(await classify('06236\r', '\n06236'), header + gangnam + gangnam);
});

test('commas and quotes in a line are quoted', async () => {
  assert.equal(await classify('a,b\nsay "hi"\n'), `${header}"a,b",invalid,,,\n"say ""hi""",invalid,,,\n`);
});

test('chunks may break anywhere, also inside a letter', async () => {
  const bytes = Buffer.from('우)06236\n06236');
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
  assert.equal(await classify(...pieces), `${header}우)06236,ok,06236,서울특별시,강남구\n${gangnam}`);
});

test('a million lines pass through without being held', async () => {
  function* chunks() {
    for (let i = 0; i < 1000; i++) yield '06236\n'.repeat(1000);
  }
  let lines = 0;
  for await (const text of classifyCsv(Readable.from(chunks()), book)) {
    assert.ok(text.length < 1_000_000);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  }
  assert.equal(lines, 1_000_001);
});
