import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import type { RegionBook } from '../../src/regions/book.rules.ts';
import { classifyPostcode } from '../../src/regions/postcode.rules.ts';
import { seedBook } from './seed-book.ts';

let book: RegionBook;
before(async () => {
  book = await seedBook();
});
const read = (text: string | null) => {
  const { status, postcode, sido, sigungu } = classifyPostcode(text, book);
  return [status, postcode, `${sido} ${sigungu}`.trim()].join('|');
};

test('a five-digit code leads to its district', () => {
  assert.equal(read('06236'), 'ok|06236|서울특별시 강남구');
  assert.equal(read('13508'), 'ok|13508|경기도 성남시 분당구');
  assert.equal(read('22849'), 'ok|22849|인천광역시 검단구');
  assert.equal(read('61743'), 'ok|61743|전남광주통합특별시 남구');
});

test('세종 has a 시도 and no 시군구', () => {
  assert.equal(read('30151'), 'ok|30151|세종특별자치시');
});

test('four digits get back the zero that a spreadsheet dropped, and it is said', () => {
  assert.equal(read('6236'), 'restored|06236|서울특별시 강남구');
  assert.equal(read('1000'), 'restored|01000|서울특별시 강북구');
});

test('three digits or fewer are not restored', () => {
  for (const text of ['236', '36', '6', '0']) assert.equal(read(text), 'invalid||');
});

test('six digits are an old code and are never cut to five', () => {
  assert.equal(read('135-080'), 'old6||');
  assert.equal(read('135080'), 'old6||');
  assert.equal(read('１３５－０８０'), 'old6||');
  assert.equal(read('135 - 080'), 'old6||');
});

test('a hyphen stands only in the middle of six digits', () => {
  for (const text of ['06-236', '0623-6', '-06236', '06236-', '1350-80', '13-5080', '135--080', '6-236']) {
    assert.equal(read(text), 'invalid||', text);
  }
});

test('the old codes of 군위군 are retired and still lead there', () => {
  assert.equal(read('39000'), 'retired|39000|대구광역시 군위군');
  assert.equal(read('39066'), 'retired|39066|대구광역시 군위군');
  assert.equal(read('39067'), 'ok|39067|대구광역시 군위군');
  assert.equal(read('43100'), 'ok|43100|대구광역시 군위군');
});

test('a code in no range is unknown and keeps its digits', () => {
  for (const code of ['01500', '00000', '99999', '19000']) assert.equal(read(code), `unknown|${code}|`);
  assert.equal(read('1500'), 'unknown|01500|', 'the zero is restored, the region is not known');
});

test('nothing is empty, whatever nothing is made of', () => {
  for (const text of [null, '', ' ', '\t\u00a0\u200b', '()', "'", '우)']) assert.equal(read(text), 'empty||');
});

test('full-width digits, spaces, brackets, 우) and a leading apostrophe are taken off', () => {
  const spellings = [
    '０６２３６',
    ' 06236 ',
    '06236\t',
    '\u00a006236',
    '06\u200b236',
    '062 36',
    '(06236)',
    '[06236]',
    '（06236）',
    '우)06236',
    '우) 06236',
    '(우)06236',
    '(우 06236)',
    '우편번호: 06236',
    "'06236",
    '’06236',
    '\ufeff06236',
  ];
  for (const text of spellings) assert.equal(read(text), 'ok|06236|서울특별시 강남구', JSON.stringify(text));
});

test('letters, signs, fractions and other lengths are invalid', () => {
  for (const text of [
    '0623a',
    'O6236',
    '6236.0',
    '6.2E3',
    '+06236',
    '1234567',
    '없음',
    '06236,',
    '=1+1',
    '٠٦٢٣٦',
    '①2345',
    '06236우',
    '1234²',
  ]) {
    assert.equal(read(text), 'invalid||', text);
  }
});

test('the input is given back as it was', () => {
  assert.equal(classifyPostcode(' 우)０６２３６', book).input, ' 우)０６２３６');
});

test('whatever is typed has one of the statuses, and only five digits are ever a postcode', () => {
  const odd = fc.string({ unit: fc.constantFrom(..."0123456789０９-－ ()우편번호'\t\u00a0\u200b.a") });
  fc.assert(
    fc.property(fc.oneof(odd, fc.string()), (text) => {
      const { status, postcode, sido } = classifyPostcode(text, book);
      const hasCode = ['ok', 'restored', 'retired', 'unknown'].includes(status);
      assert.equal(/^\d{5}$/.test(postcode), hasCode);
      assert.equal(sido !== '', hasCode && status !== 'unknown');
    }),
    { numRuns: 2000 },
  );
});
