import { type DeliveryFilter, type Tally, unclassified } from './filter.rules.ts';

export type DeliverySort = 'region' | 'ordered_on';

/** What the list needs to know of a delivery to count it and to put it in its place. */
export interface FoundDelivery extends Omit<Tally, 'n'> {
  id: number;
  ordered_on: string | null;
}

export function talliesOf(found: readonly FoundDelivery[]): Tally[] {
  const alike = Map.groupBy(found, ({ tab, sido, sigungu }) => `${tab}\n${sido}\n${sigungu}`);
  return [...alike.values()].map((same) => {
    const { tab, sido, sigungu } = same[0]!;
    return { tab, sido, sigungu, n: same.length };
  });
}

/** The ids of a page: those whose region nobody can tell first, then the others in the order asked for. */
export function pageOfFound(
  found: readonly FoundDelivery[],
  filter: Pick<DeliveryFilter, 'tab' | 'sido' | 'sigungu'>,
  page: { sort: DeliverySort; dir: 'asc' | 'desc'; offset: number; size: number },
): number[] {
  const sido = filter.sido === unclassified ? '' : filter.sido;
  const wanted = found.filter(
    (row) =>
      (filter.tab === 'all' || row.tab === filter.tab) &&
      (filter.sido === '' || row.sido === sido) &&
      (filter.sigungu === '' || row.sigungu === filter.sigungu),
  );
  const keyOf = (row: FoundDelivery) =>
    page.sort === 'region'
      ? [row.sido, row.sigungu, row.ordered_on ?? '', row.id]
      : [row.ordered_on ?? '', row.sido, row.sigungu, row.id];
  const turn = page.dir === 'asc' ? 1 : -1;
  return wanted
    .map((row) => ({ id: row.id, unread: row.sido === '', key: keyOf(row) }))
    .sort((a, b) => Number(b.unread) - Number(a.unread) || turn * compareKeys(a.key, b.key))
    .slice(page.offset, page.offset + page.size)
    .map(({ id }) => id);
}

type Key = (string | number)[];

function compareKeys(a: Key, b: Key): number {
  for (const [at, value] of a.entries()) {
    if (value !== b[at]) return value < b[at]! ? -1 : 1;
  }
  return 0;
}
