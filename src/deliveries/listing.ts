import { noteSearch } from '#lib/access.ts';
import { type Snapshot, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { publicId } from '#lib/versions.ts';
import { readSearch, searchForRecord } from '#orders';
import { listSigungu, loadRegionBook, type RegionBook, regionName, regionOf } from '#regions';
import { type DeliveryCounts, filterOf } from './filter.rules.ts';
import type { DeliverySort } from './found.rules.ts';
import type { DeliveryItem } from './items.rules.ts';
import { listItems } from './items.ts';
import { countMismatches, pageAll, pageFound, readRows } from './paging.ts';
import { type ShownPerson, shownPerson } from './personal.ts';
import { searchDeliveries } from './searching.ts';
import type { DeliveryRow } from './tables.ts';
import { type Badge, changeBadges, regionBadges } from './wording.ts';

/** A delivery as the list shows it. */
export interface ListedDelivery {
  id: number;
  row: ShownPerson;
  items: DeliveryItem[];
  badges: Badge[];
  checks: Badge[];
  /** Stands above the row where a new part of the list begins. */
  heading?: { label: string; count: number };
}

export interface DeliveryListing {
  deliveries: ListedDelivery[];
  counts: DeliveryCounts;
  /** Addresses that name another region than their postal code, in the tab; not counted for a search. */
  mismatches: number;
  /** The query as it was answered: on an existing page, with a 시군구 of its 시도. */
  query: ListQuery;
}

export async function listDeliveries(ctx: Ctx, asked: ListQuery): Promise<DeliveryListing> {
  const book = await loadRegionBook(ctx);
  const valid = withKnownDistrict(asked, book);
  return snapshot(ctx, async (snap) => {
    const { counts, ids, isSearch } = await openDeliveries(snap, valid);
    const query = withinTotal(valid, counts.total);
    const search = readSearch(valid.q);
    const sought = search && searchForRecord(search);
    if (sought) noteSearch(snap, sought, counts.total);
    const rows = await readRows(snap, await ids({ offset: offsetOf(query), size: query.size }));
    const mismatches = isSearch ? 0 : await countMismatches(snap, filterOf(valid));
    return { deliveries: await listed(snap, rows, query, counts, book), counts, mismatches, query };
  });
}

export interface OpenDeliveries {
  counts: DeliveryCounts;
  isSearch: boolean;
  /** Row ids of this snapshot in the order asked for. */
  ids(page: { offset: number; size: number }): Promise<number[]>;
}

/** Counts the deliveries of a filter, for whoever then reads some or all of them on the same snapshot. */
export async function openDeliveries(snap: Snapshot, asked: ListQuery): Promise<OpenDeliveries> {
  const filter = filterOf(asked);
  const found = await searchDeliveries(snap, filter.q);
  const { counts, ids } = found ? await pageFound(snap, filter, found) : await pageAll(snap, filter);
  const order = { sort: asked.sort as DeliverySort, dir: asked.dir };
  return { counts, isSearch: found !== undefined, ids: (page) => ids({ ...order, ...page }) };
}

async function listed(
  snap: Snapshot,
  rows: readonly DeliveryRow[],
  query: ListQuery,
  counts: DeliveryCounts,
  book: RegionBook,
): Promise<ListedDelivery[]> {
  const items = await listItems(snap, rows.map(publicId));
  return rows.map((row, at) => ({
    id: publicId(row),
    row: shownPerson(snap, row),
    items: items.get(publicId(row)) ?? [],
    badges: changeBadges(row),
    checks: regionBadges(row, regionOf(book, row)),
    heading: headingOf(row, rows[at - 1], query, counts),
  }));
}

/** Unreadable ones under their own heading always; the 시도 only where the list is in that order. */
function headingOf(
  row: DeliveryRow,
  before: DeliveryRow | undefined,
  query: ListQuery,
  counts: DeliveryCounts,
): ListedDelivery['heading'] {
  const unread = row.sido === '';
  if (before && unread === (before.sido === '') && (query.sort !== 'region' || row.sido === before.sido)) {
    return undefined;
  }
  if (unread) return { label: regionName(row), count: counts.unread };
  if (query.sort === 'region') {
    const inDistrict = query.filters.sigungu ? counts.sigungu.get(row.sigungu) : counts.sido.get(row.sido);
    return { label: row.sido, count: inDistrict ?? 0 };
  }
  return counts.unread > 0 ? { label: '지역을 아는 배송', count: counts.total - counts.unread } : undefined;
}

/** Choosing another 시도 leaves the 시군구 of the old one behind. */
export function withKnownDistrict(query: ListQuery, book: RegionBook): ListQuery {
  const { sido = '', sigungu = '' } = query.filters;
  if (sigungu === '' || listSigungu(book, sido).includes(sigungu)) return query;
  return { ...query, filters: { ...query.filters, sigungu: '' } };
}
