import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readListQuery } from '#lib/lists.ts';
import {
  countsFrom,
  type DeliveryFilter,
  deliveryList,
  filterInWords,
  filterOf,
  type Tally,
} from '../../src/deliveries/filter.rules.ts';

const all: DeliveryFilter = { tab: 'all', sido: '', sigungu: '', check: '', from: '', to: '', q: '' };
const tallies: Tally[] = [
  { tab: 'open', sido: '', sigungu: '', n: 1 },
  { tab: 'open', sido: '서울특별시', sigungu: '강남구', n: 2 },
  { tab: 'open', sido: '서울특별시', sigungu: '종로구', n: 4 },
  { tab: 'delivered', sido: '서울특별시', sigungu: '강남구', n: 8 },
  { tab: 'cancelled', sido: '', sigungu: '', n: 16 },
];

test('without parameters the list shows what still has to go out', () => {
  const filter = filterOf(readListQuery({}, deliveryList));
  assert.deepEqual(filter, { ...all, tab: 'open' });
  assert.equal(filterOf(readListQuery({ state: 'nonsense' }, deliveryList)).tab, 'open');
});

test('a 시군구 without its 시도 narrows nothing', () => {
  assert.equal(filterOf(readListQuery({ sigungu: '강남구' }, deliveryList)).sigungu, '');
  assert.equal(filterOf(readListQuery({ sido: '미분류', sigungu: '강남구' }, deliveryList)).sigungu, '');
});

test('each count says what choosing it would show', () => {
  const counts = countsFrom(tallies, { ...all, tab: 'open', sido: '서울특별시', sigungu: '강남구' });
  assert.equal(counts.total, 2);
  assert.deepEqual(counts.tabs, { open: 2, dispatched: 0, delivered: 8, returned: 0, cancelled: 0, all: 10 });
  assert.deepEqual(
    [...counts.sido],
    [
      ['', 1],
      ['서울특별시', 6],
    ],
  );
  assert.deepEqual(
    [...counts.sigungu],
    [
      ['강남구', 2],
      ['종로구', 4],
    ],
  );
  assert.deepEqual([counts.unread, counts.unreadInTab], [0, 1]);
});

test('the unreadable ones are counted by themselves', () => {
  const counts = countsFrom(tallies, { ...all, sido: '미분류' });
  assert.deepEqual([counts.total, counts.unread, counts.unreadInTab], [17, 17, 17]);
});

test('a filter reads as a phrase', () => {
  assert.equal(filterInWords(all), '전체');
  assert.equal(
    filterInWords({
      ...all,
      tab: 'open',
      sido: '서울특별시',
      sigungu: '강남구',
      from: '2026-11-01',
      q: '1234',
    }),
    '진행 · 서울특별시 강남구 · 주문일 2026-11-01~ · 검색 ‘1234’',
  );
  for (const [q, told] of [
    ['홍길동', '홍*동'],
    ['010-1234-5678', '010-****-5678'],
    ['12345678', '****5678'],
    ['2026110100000101', '2026110100000101'],
    ['06236', '06236'],
  ] as const)
    assert.equal(filterInWords({ ...all, q }), `전체 · 검색 ‘${told}’`, 'many read it on paper');
  assert.equal(filterInWords({ ...all, from: '2026-11-01', to: '2026-11-01' }), '전체 · 주문일 2026-11-01');
});
