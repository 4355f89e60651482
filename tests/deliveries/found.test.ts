import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FoundDelivery, pageOfFound, talliesOf } from '../../src/deliveries/found.rules.ts';

const found: FoundDelivery[] = [
  { id: 1, tab: 'open', sido: '서울특별시', sigungu: '종로구', ordered_on: '2026-11-03' },
  { id: 2, tab: 'open', sido: '서울특별시', sigungu: '강남구', ordered_on: '2026-11-05' },
  { id: 3, tab: 'delivered', sido: '서울특별시', sigungu: '강남구', ordered_on: '2026-11-04' },
  { id: 4, tab: 'open', sido: '', sigungu: '', ordered_on: '2026-11-01' },
  { id: 5, tab: 'open', sido: '경기도', sigungu: '수원시 장안구', ordered_on: null },
];
const all = { tab: 'all', sido: '', sigungu: '' } as const;
const page = { offset: 0, size: 10 };

test('what a search found stands in the order of the list, the unreadable first', () => {
  assert.deepEqual(pageOfFound(found, all, { ...page, sort: 'region', dir: 'asc' }), [4, 5, 3, 2, 1]);
  assert.deepEqual(pageOfFound(found, all, { ...page, sort: 'region', dir: 'desc' }), [4, 1, 2, 3, 5]);
  assert.deepEqual(pageOfFound(found, all, { ...page, sort: 'ordered_on', dir: 'asc' }), [4, 5, 1, 3, 2]);
  assert.deepEqual(pageOfFound(found, all, { ...page, sort: 'ordered_on', dir: 'desc' }), [4, 2, 3, 1, 5]);
});

test('tab and region narrow it, and a page is a part of it', () => {
  const inOrder = { sort: 'region', dir: 'asc' } as const;
  assert.deepEqual(
    pageOfFound(found, { ...all, tab: 'open', sido: '서울특별시' }, { ...page, ...inOrder }),
    [2, 1],
  );
  assert.deepEqual(pageOfFound(found, { ...all, sido: '미분류' }, { ...page, ...inOrder }), [4]);
  assert.deepEqual(pageOfFound(found, all, { offset: 1, size: 2, ...inOrder }), [5, 3]);
});

test('what was found is counted by tab and district', () => {
  const tallies = talliesOf(found);
  assert.equal(tallies.length, 5);
  assert.equal(
    tallies.reduce((sum, { n }) => sum + n, 0),
    5,
  );
  assert.equal(talliesOf([found[1]!, { ...found[1]!, id: 9 }])[0]!.n, 2);
});
