import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { listSido, listSigungu, type RegionBook } from '../../src/regions/book.rules.ts';
import { classifyPostcode } from '../../src/regions/postcode.rules.ts';
import { readCsv } from '../../src/regions/seed-csv.ts';
import { seedBook } from './seed-book.ts';

let book: RegionBook;
before(async () => {
  book = await seedBook();
});
const file = new URL('../../seeds/regions/postal-districts.csv', import.meta.url);
const lines = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',') as [string, string, string, string]);

/** What the file says of each of the 100,000 codes, written down one by one. */
const expected = new Array<string>(100_000).fill('none');
for (const [from, to, sido, sigungu] of lines) {
  for (let code = Number(from); code <= Number(to); code++) expected[code] = `${sido}|${sigungu}`;
}

function read(code: number): string {
  const result = classifyPostcode(String(code).padStart(5, '0'), book);
  return result.status === 'unknown' ? 'none' : `${result.sido}|${result.sigungu}`;
}

test('each of the 100,000 codes reads as the file says', () => {
  for (const [code, region] of expected.entries()) assert.equal(read(code), region, `code ${code}`);
});

test('the book has 420 ranges, 16 시도 and 256 시군구', () => {
  assert.equal(book.ranges.length, 420);
  assert.equal(listSido(book).length, 16);
  const districts = listSido(book).flatMap((sido) => listSigungu(book, sido));
  assert.equal(districts.length, 255, '세종 has no 시군구 of its own');
});

test('시도 stand in the order of their codes and 시군구 in Korean order', () => {
  assert.equal(listSido(book)[0], '서울특별시');
  assert.equal(listSido(book).at(-1), '제주특별자치도');
  assert.deepEqual(listSigungu(book, '제주특별자치도'), ['서귀포시', '제주시']);
  assert.deepEqual(listSigungu(book, '세종특별자치시'), []);
});

test('a quoted field of a seed file may hold a comma and a quote', () => {
  assert.deepEqual(readCsv('a,b,c\n"1,2","say ""hi""",\n'), [{ a: '1,2', b: 'say "hi"', c: '' }]);
  assert.deepEqual(readCsv('a,b\r\n,x\r\n'), [{ a: '', b: 'x' }]);
});
