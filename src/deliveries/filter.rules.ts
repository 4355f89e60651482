import type { ListDefinition, ListQuery } from '#lib/lists.ts';
import { soughtWords } from '#orders';
import { type DeliveryState, isOpen } from './bundling.rules.ts';

/** What the list shows together; `open` is everything that still has to go out. */
export const deliveryTabs = ['open', 'dispatched', 'delivered', 'returned', 'cancelled', 'all'] as const;
export type DeliveryTab = (typeof deliveryTabs)[number];

export const tabNames: Record<DeliveryTab, string> = {
  open: '진행',
  dispatched: '배송중',
  delivered: '배송완료',
  returned: '반품',
  cancelled: '취소',
  all: '전체',
};

export function tabOf(state: DeliveryState): Exclude<DeliveryTab, 'all'> {
  return isOpen(state) ? 'open' : (state as Exclude<DeliveryState, 'waiting' | 'partial'>);
}

/** Stands in the URL and in the select for deliveries whose region nobody can tell. */
export const unclassified = '미분류';

export interface DeliveryFilter {
  tab: DeliveryTab;
  sido: string;
  sigungu: string;
  /** 'mismatch' leaves those whose address names another region than the postal code. */
  check: '' | 'mismatch';
  /** Days of the order, both included; '' is open. */
  from: string;
  to: string;
  q: string;
}

export const deliveryList: ListDefinition = {
  sorts: ['region', 'ordered_on'],
  defaultSort: { key: 'region', dir: 'asc' },
  filters: {
    state: deliveryTabs.filter((tab) => tab !== 'open'),
    sido: 'text',
    sigungu: 'text',
    check: ['mismatch'],
  },
};

export function filterOf(query: ListQuery): DeliveryFilter {
  const { state, sido, sigungu, check } = query.filters;
  return {
    tab: (state || 'open') as DeliveryTab,
    sido: sido ?? '',
    sigungu: sido && sido !== unclassified ? (sigungu ?? '') : '',
    check: check === 'mismatch' ? 'mismatch' : '',
    from: query.from,
    to: query.to,
    q: query.q,
  };
}

/** The filter as it stands on paper and in the list of print runs. */
export function filterInWords(filter: DeliveryFilter): string {
  return [
    tabNames[filter.tab],
    [filter.sido, filter.sigungu].filter(Boolean).join(' '),
    filter.check === 'mismatch' ? '주소와 우편번호의 지역이 다름' : '',
    daysInWords(filter),
    soughtWords(filter),
  ]
    .filter(Boolean)
    .join(' · ');
}

function daysInWords({ from, to }: DeliveryFilter): string {
  if (!from && !to) return '';
  if (from === to) return `주문일 ${from}`;
  return `주문일 ${from}~${to}`;
}

/** How many deliveries of a tab lie in a district. */
export interface Tally {
  tab: Exclude<DeliveryTab, 'all'>;
  sido: string;
  sigungu: string;
  n: number;
}

export interface DeliveryCounts {
  total: number;
  /** Those of the total whose region nobody can tell. */
  unread: number;
  tabs: Record<DeliveryTab, number>;
  /** Within the tab; unreadable ones under ''. */
  sido: Map<string, number>;
  /** Within the tab and the chosen 시도. */
  sigungu: Map<string, number>;
  /** All unreadable ones of the tab, whatever region is chosen. */
  unreadInTab: number;
}

/** Sums tallies up for the tabs and selects: each says what choosing it would show. */
export function countsFrom(tallies: readonly Tally[], filter: DeliveryFilter): DeliveryCounts {
  const inTab = (tally: Tally) => filter.tab === 'all' || tally.tab === filter.tab;
  const inSido = ({ sido }: Tally) =>
    filter.sido === '' || sido === (filter.sido === unclassified ? '' : filter.sido);
  const inSigungu = ({ sigungu }: Tally) => filter.sigungu === '' || sigungu === filter.sigungu;

  const here = tallies.filter((tally) => inSido(tally) && inSigungu(tally));
  const chosen = here.filter(inTab);
  const ofTab = tallies.filter(inTab);
  const tabs = Object.fromEntries(
    deliveryTabs.map((tab) => [tab, sum(here.filter((tally) => tab === 'all' || tally.tab === tab))]),
  ) as Record<DeliveryTab, number>;

  return {
    total: sum(chosen),
    unread: sum(chosen.filter((tally) => tally.sido === '')),
    tabs,
    sido: sumBy(ofTab, (tally) => tally.sido),
    sigungu: sumBy(ofTab.filter(inSido), (tally) => tally.sigungu),
    unreadInTab: sum(ofTab.filter((tally) => tally.sido === '')),
  };
}

function sum(tallies: readonly Tally[]): number {
  return tallies.reduce((total, tally) => total + tally.n, 0);
}

function sumBy(tallies: readonly Tally[], key: (tally: Tally) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const tally of tallies) sums.set(key(tally), (sums.get(key(tally)) ?? 0) + tally.n);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
