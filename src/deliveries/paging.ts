import type { Snapshot } from '#lib/batches.ts';
import { listTallies } from './counts.ts';
import {
  countsFrom,
  type DeliveryCounts,
  type DeliveryFilter,
  type Tally,
  unclassified,
} from './filter.rules.ts';
import { type DeliverySort, type FoundDelivery, pageOfFound, talliesOf } from './found.rules.ts';
import { matching } from './queries.ts';
import type { DeliveryRow } from './tables.ts';

/** Which part of the list to read. */
export interface PageAsked {
  sort: DeliverySort;
  dir: 'asc' | 'desc';
  offset: number;
  size: number;
}

/** A list that is counted and found in pages: all deliveries of a filter, or those a search has found. */
export interface Paged {
  counts: DeliveryCounts;
  /** Row ids of this snapshot, for `readRows`. */
  ids(asked: PageAsked): Promise<number[]>;
}

/** All deliveries of the filter, by counts kept beside them and along the keys. */
export async function pageAll(snap: Snapshot, filter: DeliveryFilter): Promise<Paged> {
  const isNarrowed = filter.from || filter.to || filter.check || snap.actor.scope !== 'all';
  const counts = countsFrom(isNarrowed ? await tally(snap, filter) : await listTallies(snap), filter);
  return { counts, ids: (asked) => idsAlongKeys(snap, filter, asked, counts) };
}

/** The deliveries that a search has found, as far as they fit the filter: few enough to be held. */
export async function pageFound(
  snap: Snapshot,
  filter: DeliveryFilter,
  ids: readonly number[],
): Promise<Paged> {
  const found: FoundDelivery[] = await matching(snap, everywhere(filter), ids).select(
    'deliveries.id',
    'tab',
    'sido',
    'sigungu',
    'ordered_on',
  );
  const counts = countsFrom(talliesOf(found), filter);
  return { counts, ids: async (asked) => pageOfFound(found, filter, asked) };
}

/** Those of the tab whose address names another region than the postal code, and nobody has decided. */
export async function countMismatches(snap: Snapshot, filter: DeliveryFilter): Promise<number> {
  const anywhere = { ...everywhere(filter), tab: filter.tab, check: 'mismatch' as const };
  const row = await matching(snap, anywhere, undefined).count({ n: '*' }).first();
  return Number((row as unknown as { n: number }).n);
}

async function tally(snap: Snapshot, filter: DeliveryFilter): Promise<Tally[]> {
  const ofAll = snap.actor.scope === 'all';
  const key = filter.check ? undefined : ofAll ? 'by_day' : 'by_tab_channel';
  return (await matching(snap, everywhere(filter), undefined, key)
    .select('tab', 'sido', 'sigungu')
    .count({ n: '*' })
    .groupBy('tab', 'sido', 'sigungu')) as unknown as Tally[];
}

function everywhere(filter: DeliveryFilter): DeliveryFilter {
  return { ...filter, tab: 'all', sido: '', sigungu: '' };
}

/** Those whose region nobody can tell first, then the others in the order asked for; the keys hold all of this. */
async function idsAlongKeys(
  snap: Snapshot,
  filter: DeliveryFilter,
  { sort, dir, offset, size }: PageAsked,
  { unread }: DeliveryCounts,
): Promise<number[]> {
  const first = await walk(snap, filter, {
    sido: unclassified,
    sort,
    dir,
    offset,
    size: Math.min(size, unread - offset),
  });
  if (filter.sido === unclassified) return first;
  const rest = await walk(snap, filter, {
    sido: filter.sido,
    sort,
    dir,
    offset: Math.max(offset - unread, 0),
    size: size - first.length,
  });
  return [...first, ...rest];
}

/** `sido` is 미분류, one 시도, or '' for all of them. */
async function walk(
  snap: Snapshot,
  filter: DeliveryFilter,
  { sido, sort, dir, offset, size }: PageAsked & { sido: string },
): Promise<number[]> {
  if (size <= 0) return [];
  const own = { ...filter, sido };
  const query = matching(snap, own, undefined, keyFor(snap, own, sort));
  if (sido === '') query.where('deliveries.sido', '>', '');
  return query
    .orderBy(orderOf(own, sort).map((column) => ({ column: `deliveries.${column}`, order: dir })))
    .offset(offset)
    .limit(size)
    .pluck('deliveries.id');
}

/** Where a filter leaves few rows, the optimizer knows better. */
function keyFor(snap: Snapshot, filter: DeliveryFilter, sort: DeliverySort): string | undefined {
  if (filter.check) return undefined;
  if (snap.actor.scope !== 'all') return 'by_tab_channel';
  if (filter.from || filter.to) return undefined;
  if (filter.sido && sort !== 'region') return undefined;
  const order = sort === 'region' ? 'region' : 'day';
  return filter.tab === 'all' ? `by_${order}` : `by_tab_${order}`;
}

/**
 * The columns of the key, so that no page of the whole list needs sorting. A column that is the same in all rows is
 * left out: MariaDB would sort for it where its collation is not that of the connection.
 */
function orderOf({ tab, sido, sigungu }: DeliveryFilter, sort: DeliverySort): string[] {
  const columns =
    sort === 'region' ? ['sido', 'sigungu', 'ordered_on'] : ['ordered_on', 'sido', 'sigungu', 'tab'];
  const same = new Set([
    ...(sido ? ['sido', 'tab'] : []),
    ...(sigungu ? ['sigungu'] : []),
    ...(tab === 'all' ? [] : ['tab']),
  ]);
  return [...columns.filter((column) => !same.has(column)), 'id'];
}

/** The rows of these ids in the order of their places. */
export async function readRows(snap: Snapshot, ids: readonly number[]): Promise<DeliveryRow[]> {
  const rows: DeliveryRow[] = await snap.db('deliveries').whereIn('id', ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}
