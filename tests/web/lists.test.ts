import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDay } from '#lib/dates.ts';
import {
  type ListDefinition,
  type ListQuery,
  listUrl,
  nextDir,
  offsetOf,
  pager,
  pageSizes,
  quickRanges,
  readListQuery,
  withinTotal,
} from '#lib/lists.ts';

const today = '2026-11-21';
const orders: ListDefinition = {
  sorts: ['ordered_at', 'amount'],
  defaultSort: { key: 'ordered_at', dir: 'desc' },
  filters: { status: ['new', 'held'], channel: 'text' },
  defaultRange: 'month',
};
const read = (search: string, definition = orders) =>
  readListQuery(Object.fromEntries(new URLSearchParams(search)), definition, today);

test('an empty address is the first page, sorted and dated by default', () => {
  const { definition, ...query } = read('');
  assert.deepEqual(query, {
    page: 1,
    size: 50,
    sort: 'ordered_at',
    dir: 'desc',
    q: '',
    from: '2026-10-21',
    to: '2026-11-21',
    filters: { status: '', channel: '' },
    today,
  });
});

test('whatever stands in the address, the query is one the list can run', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.string()),
    fc.constant(undefined),
    fc.dictionary(fc.string(), fc.string()),
    fc.constantFrom('0', '-1', '1e9', '99999999', '2026-02-31', '0000-00-00', 'asc', 'new', '500'),
  );
  const names = ['page', 'size', 'sort', 'dir', 'q', 'from', 'to', 'status', 'channel'];
  const address = fc.record(Object.fromEntries(names.map((name) => [name, anything])));
  fc.assert(
    fc.property(address, (input) => {
      const query = readListQuery(input, orders, today);
      assert.ok(Number.isSafeInteger(offsetOf(query)) && offsetOf(query) >= 0);
      assert.ok((pageSizes as readonly number[]).includes(query.size));
      assert.ok(orders.sorts.includes(query.sort));
      assert.ok(['asc', 'desc'].includes(query.dir));
      assert.ok(query.q.length <= 100 && !/\p{Cc}/u.test(query.q));
      for (const bound of [query.from, query.to]) assert.ok(bound === '' || isDay(bound));
      assert.ok(!query.from || !query.to || query.from <= query.to);
      assert.ok(['', 'new', 'held'].includes(query.filters.status as string));
    }),
  );
});

test('the address of a list reads back as the same list', () => {
  const queries = fc.record({
    page: fc.integer({ min: 1, max: 5000 }),
    size: fc.constantFrom(...pageSizes),
    sort: fc.constantFrom(...orders.sorts),
    dir: fc.constantFrom('asc' as const, 'desc' as const),
    q: fc.string().map((text) => readListQuery({ q: text }, orders).q),
    range: fc.constantFrom(
      ...quickRanges(today),
      { from: '2026-03-01', to: '' },
      { from: '', to: '2026-03-01' },
    ),
    status: fc.constantFrom('', 'new', 'held'),
    channel: fc.string().map((text) => readListQuery({ channel: text }, orders).filters.channel as string),
  });
  fc.assert(
    fc.property(queries, ({ range, status, channel, ...rest }) => {
      const query: ListQuery = {
        ...rest,
        from: range.from,
        to: range.to,
        filters: { status, channel },
        definition: orders,
        today,
      };
      const url = listUrl('/orders', query, { page: query.page });
      assert.deepEqual(read(url.split('?')[1] ?? ''), query);
    }),
  );
});

test('defaults are left out of the address, and all but a page turn go back to the first page', () => {
  const query = read('page=7&q=1234&status=new');
  assert.equal(listUrl('/orders', read('')), '/orders');
  assert.equal(listUrl('/orders', query), '/orders?status=new&q=1234');
  assert.equal(listUrl('/orders', query, { page: 8 }), '/orders?status=new&q=1234&page=8');
  assert.equal(listUrl('/orders', query, { filters: { status: '' } }), '/orders?q=1234');
  assert.equal(
    listUrl('/orders', query, { sort: 'amount', dir: 'asc' }),
    '/orders?status=new&q=1234&sort=amount&dir=asc',
  );
  assert.equal(listUrl('/orders', query, { from: '', to: '' }), '/orders?status=new&q=1234&from=&to=');
});

test('an open range stays open, a backward one is turned, a day that does not exist is the default', () => {
  const { from, to } = read('from=&to=');
  assert.deepEqual([from, to], ['', '']);
  assert.deepEqual(
    [read('from=2026-03-05&to=2026-03-01').from, read('from=2026-03-05&to=2026-03-01').to],
    ['2026-03-01', '2026-03-05'],
  );
  assert.equal(read('from=2026-02-30').from, '2026-10-21');
});

test('the quick ranges count the Korean day, and a month back never skips a short one', () => {
  const ranges = Object.fromEntries(
    quickRanges('2026-05-31').map(({ label, from, to }) => [label, [from, to]]),
  );
  assert.deepEqual(ranges, {
    오늘: ['2026-05-31', '2026-05-31'],
    어제: ['2026-05-30', '2026-05-30'],
    '7일': ['2026-05-25', '2026-05-31'],
    '1개월': ['2026-04-30', '2026-05-31'],
    '3개월': ['2026-02-28', '2026-05-31'],
    전체: ['', ''],
  });
});

test('text typed on a Mac is made whole', () => {
  assert.equal(readListQuery({ q: ' 김하나\u0000 '.normalize('NFD') }, orders).q, '김하나');
});

test('the pager names rows and pages, and stays near the present one', () => {
  const query = read('page=50&size=20');
  const { first, last, pages, numbers } = pager(query, 12_345);
  assert.deepEqual([first, last, pages], [981, 1000, 618]);
  assert.deepEqual(numbers, [47, 48, 49, 50, 51, 52, 53]);
  assert.deepEqual(pager(read(''), 0), { page: 1, pages: 1, total: 0, first: 0, last: 0, numbers: [1] });
  assert.deepEqual(pager(read('page=9'), 120).numbers, [1, 2, 3]);
});

test('a page behind the end is the last one', () => {
  assert.equal(withinTotal(read('page=999'), 120).page, 3);
  assert.equal(withinTotal(read('page=999'), 0).page, 1);
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(100_000), (page, total) => {
      const query = withinTotal(read(`page=${page}`), total);
      assert.ok(offsetOf(query) < Math.max(total, 1));
    }),
  );
});

test('a sorted column turns round, another one starts upwards', () => {
  assert.equal(nextDir(read('sort=amount&dir=asc'), 'amount'), 'desc');
  assert.equal(nextDir(read('sort=amount&dir=desc'), 'amount'), 'asc');
  assert.equal(nextDir(read(''), 'amount'), 'asc');
});
