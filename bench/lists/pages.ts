import type { Knex } from 'knex';

/** A page of a list that must be quick. */
export interface ListPage {
  name: string;
  path: string;
}

const farPage = '5000';

export async function listPages(db: Knex): Promise<ListPage[]> {
  const searches = await searchTexts(db);
  return [
    ...everyTab('orders', 'status', orderTabs, orderSorts),
    ...everySearch('orders', 'status', ['', 'confirmed'], orderSorts, searches),
    ...orderFilters,
    ...everyTab('deliveries', 'state', deliveryTabs, deliverySorts),
    ...everySearch('deliveries', 'state', ['all'], deliverySorts, searches),
    ...deliveryFilters,
  ];
}

const orderTabs = [
  '',
  'new',
  'acknowledged',
  'held',
  'claimed',
  'dispatched',
  'delivered',
  'confirmed',
  'cancelled',
  'returned',
  'exchanged',
];
const orderSorts = ['ordered_at desc', 'ordered_at asc', 'ship_by asc', 'recipient asc'];
const deliveryTabs = ['', 'dispatched', 'delivered', 'returned', 'cancelled', 'all'];
const deliverySorts = ['region asc', 'ordered_on desc'];

const orderFilters = named('orders', [
  { method: 'courier' },
  { method: 'pickup' },
  { method: 'pickup', sort: 'recipient', dir: 'asc' },
  { method: 'courier', sort: 'recipient', dir: 'asc', page: '1500' },
  { size: '500' },
  { size: '500', page: '500' },
  ...[6, 60].flatMap((days) => [
    { from: daysAgo(days), to: daysAgo(0) },
    { from: daysAgo(days), to: daysAgo(0), sort: 'recipient', dir: 'asc' },
    { from: daysAgo(days), to: daysAgo(0), status: 'confirmed', sort: 'ship_by', dir: 'asc', page: '900' },
  ]),
]);

const deliveryFilters = named('deliveries', [
  { sido: '경기도', state: 'all' },
  { sido: '경기도', sigungu: '의정부시', state: 'all' },
  { sido: '미분류', state: 'all' },
  { check: 'mismatch', state: 'all' },
  { from: daysAgo(60), to: daysAgo(0), state: 'all' },
]);

function everyTab(
  list: string,
  filter: string,
  tabs: readonly string[],
  sorts: readonly string[],
): ListPage[] {
  return named(
    list,
    tabs.flatMap((tab) =>
      sorts.flatMap((sort) => ['', farPage].map((page) => ({ [filter]: tab, ...sortOf(sort), page }))),
    ),
  );
}

function everySearch(
  list: string,
  filter: string,
  tabs: readonly string[],
  sorts: readonly string[],
  searches: readonly string[],
): ListPage[] {
  return named(
    list,
    searches.flatMap((q) =>
      tabs.flatMap((tab) =>
        sorts.flatMap((sort) => ['', farPage].map((page) => ({ q, [filter]: tab, ...sortOf(sort), page }))),
      ),
    ),
  );
}

function sortOf(sort: string): Record<string, string> {
  const [key, dir] = sort.split(' ') as [string, string];
  return { sort: key, dir };
}

function named(list: string, states: readonly Record<string, string | undefined>[]): ListPage[] {
  return states.map((state) => {
    const given = Object.entries(state).filter(([, value]) => value) as [string, string][];
    return {
      name: [list, ...given.map(([name, value]) => `${name}=${value}`)].join(' '),
      path: `/${list}?${new URLSearchParams(given)}`,
    };
  });
}

/** One text of each kind, of somebody in the middle of the year, and the commonest beginning of a name. */
async function searchTexts(db: Knex): Promise<string[]> {
  const line = await db('order_lines').where('id', '>=', 200_000).orderBy('id').first();
  return [
    line.order_no,
    line.line_no,
    line.buyer_phone,
    line.buyer_phone.slice(-4),
    line.postcode || '06236',
    line.recipient_name,
    '김민',
    '김',
  ];
}

function daysAgo(days: number): string {
  const now = new Date();
  const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}
