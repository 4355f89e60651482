import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSearch, searchInWords } from '../../src/orders/search.rules.ts';

test('an order or line number is searched whole', () => {
  assert.deepEqual(readSearch('2026111012345671'), { kind: 'number', text: '2026111012345671' });
  assert.deepEqual(readSearch(' 20261110-12345671 '), { kind: 'number', text: '2026111012345671' });
  assert.deepEqual(readSearch('KR-2026-001'), { kind: 'number', text: 'KR-2026-001' });
});

test('a phone number is found with and without hyphens, with its country code, and by its end', () => {
  for (const typed of ['01012345678', '010-1234-5678', '010 1234 5678', '+82 10-1234-5678']) {
    assert.deepEqual(readSearch(typed), { kind: 'phone', digits: '01012345678' }, typed);
  }
  assert.deepEqual(readSearch('0507-1234-5678'), { kind: 'phone', digits: '050712345678' });
  assert.deepEqual(readSearch('02-123-4567'), { kind: 'phone', digits: '021234567' });
  assert.deepEqual(readSearch('1588-1234'), { kind: 'phone_ending', digits: '15881234' });
  assert.deepEqual(readSearch('5678'), { kind: 'phone_ending', digits: '5678' });
  assert.deepEqual(readSearch('9876-5432'), { kind: 'phone_ending', digits: '98765432' });
});

test('five digits are a postal code, four never are one that lost its zero', () => {
  assert.deepEqual(readSearch('06236'), { kind: 'postcode', codes: ['06236', '6236'] });
  assert.deepEqual(readSearch('135-080'), { kind: 'postcode', codes: ['135080', '135-080'] });
  assert.equal(readSearch('6236')?.kind, 'phone_ending');
});

test('a single syllable is a whole name, two or more are the beginning of one', () => {
  assert.deepEqual(readSearch('김'), { kind: 'name', text: '김' });
  assert.deepEqual(readSearch('김하'), { kind: 'name_beginning', text: '김하' });
  assert.deepEqual(readSearch('  김  하나 '), { kind: 'name_beginning', text: '김 하나' });
  assert.deepEqual(readSearch('Kim'), { kind: 'name_beginning', text: 'Kim' });
  assert.equal(readSearch('   '), undefined);
});

test('the person is told how the text was understood', () => {
  const words = (typed: string) => searchInWords(readSearch(typed)!);
  assert.equal(words('5678'), '전화번호 뒤 네 자리로 찾음');
  assert.equal(words('06236'), '우편번호로 찾음');
  assert.equal(words('2026111012345671'), '주문번호·상품주문번호로 찾음');
});
