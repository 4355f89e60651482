import type { Knex } from 'knex';
import { type Snapshot, shown, shownAlongKey } from '#lib/batches.ts';
import { may } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { whereId } from '#lib/versions.ts';
import { listTallies } from './counts.ts';
import {
  countsFrom,
  type DeliveryCounts,
  type DeliveryFilter,
  type Tally,
  unclassified,
} from './filter.rules.ts';
import type { DeliveryRow } from './tables.ts';

/** The deliveries the actor may see, as they stand on this snapshot. */
export function visibleDeliveries(snap: Snapshot): Knex.QueryBuilder<DeliveryRow> {
  return permitted(snap, shown(snap.db('deliveries'), 'deliveries', snap.window));
}

/** The same for counts and far pages; `key` is the one to walk along, where the optimizer may not choose. */
function visibleAlongKey(snap: Snapshot, key?: string): Knex.QueryBuilder<DeliveryRow> {
  const table = key ? snap.db.raw('deliveries FORCE INDEX (??)', [key]) : 'deliveries';
  return permitted(snap, shownAlongKey(snap.db<DeliveryRow>(table as string), 'deliveries', snap.window));
}

function permitted(snap: Snapshot, query: Knex.QueryBuilder<DeliveryRow>): Knex.QueryBuilder<DeliveryRow> {
  return may(snap, 'deliveries.view') ? query : query.whereRaw('1 = 0');
}

export async function findDelivery(snap: Snapshot, id: number): Promise<DeliveryRow> {
  const row = await whereId(visibleDeliveries(snap), 'deliveries', [id], snap.window.settling).first();
  if (!row) throw new NotFound('찾는 배송이 없습니다.');
  return row;
}

/** `found` are the deliveries that hold what was searched for; undefined when nothing was. */
export function matching(
  snap: Snapshot,
  filter: Omit<DeliveryFilter, 'q'>,
  found: readonly number[] | undefined,
  key?: string,
): Knex.QueryBuilder<DeliveryRow> {
  const query = found
    ? whereId(visibleDeliveries(snap), 'deliveries', found, snap.window.settling)
    : visibleAlongKey(snap, key);
  if (filter.tab !== 'all') query.where('deliveries.tab', filter.tab);
  if (filter.sido === unclassified) query.where('deliveries.sido', '');
  else if (filter.sido) query.where('deliveries.sido', filter.sido);
  if (filter.sigungu) query.where('deliveries.sigungu', filter.sigungu);
  if (filter.check === 'mismatch') query.where({ region_mismatch: 1, region_by_hand: 0 });
  if (filter.from) query.where('deliveries.ordered_on', '>=', filter.from);
  if (filter.to) query.where('deliveries.ordered_on', '<=', filter.to);
  return query;
}

/** Counts for the tabs, the regions and the list itself. */
export async function countDeliveries(
  snap: Snapshot,
  filter: DeliveryFilter,
  found: readonly number[] | undefined,
): Promise<DeliveryCounts> {
  const isNarrowed = found || filter.from || filter.to || filter.check;
  return countsFrom(isNarrowed ? await tally(snap, filter, found) : await listTallies(snap), filter);
}

async function tally(
  snap: Snapshot,
  filter: DeliveryFilter,
  found: readonly number[] | undefined,
): Promise<Tally[]> {
  const everywhere = { ...filter, tab: 'all' as const, sido: '', sigungu: '' };
  const key = filter.check ? undefined : 'by_day';
  return (await matching(snap, everywhere, found, key)
    .select('tab', 'sido', 'sigungu')
    .count({ n: '*' })
    .groupBy('tab', 'sido', 'sigungu')) as unknown as Tally[];
}

/** Those of the tab whose address names another region than the postal code, and nobody has decided. */
export async function countMismatches(snap: Snapshot, filter: DeliveryFilter): Promise<number> {
  const anywhere = { ...filter, sido: '', sigungu: '', check: 'mismatch' as const };
  const row = await matching(snap, anywhere, undefined).count({ n: '*' }).first();
  return Number((row as unknown as { n: number }).n);
}

export type DeliverySort = 'region' | 'ordered_on';

/** Column by column what the keys hold, so that no page of the whole list needs sorting. */
function orderOf(filter: DeliveryFilter, sort: DeliverySort): readonly string[] {
  if (sort === 'region') return ['sido', 'sigungu', 'ordered_on', 'id'];
  return filter.sido ? ['ordered_on', 'sigungu', 'id'] : ['ordered_on', 'sido', 'sigungu', 'tab', 'id'];
}

/** Where a filter leaves few rows, the optimizer knows better. */
function keyFor(filter: DeliveryFilter, sort: DeliverySort): string | undefined {
  if (filter.from || filter.to || filter.check) return undefined;
  if (filter.sido && sort !== 'region') return undefined;
  const order = sort === 'region' ? 'region' : 'day';
  return filter.tab === 'all' ? `by_${order}` : `by_tab_${order}`;
}

/**
 * Rows of the list: those whose region nobody can tell first, `unread` in number, then the others in the order
 * asked for. The keys hold all of this; only the rows of the page are read.
 */
export async function pageOfDeliveries(
  snap: Snapshot,
  filter: DeliveryFilter,
  found: readonly number[] | undefined,
  page: { sort: DeliverySort; dir: 'asc' | 'desc'; offset: number; size: number; unread: number },
): Promise<DeliveryRow[]> {
  const order = orderOf(filter, page.sort);
  const part = async (unread: boolean, offset: number, size: number): Promise<number[]> => {
    if (size <= 0) return [];
    return matching(snap, filter, found, unread ? undefined : keyFor(filter, page.sort))
      .where('deliveries.sido', unread ? '=' : '>', '')
      .orderBy(order.map((column) => ({ column: `deliveries.${column}`, order: page.dir })))
      .offset(offset)
      .limit(size)
      .pluck('deliveries.id');
  };
  const first = page.offset < page.unread ? await part(true, page.offset, page.size) : [];
  const rest = await part(false, Math.max(page.offset - page.unread, 0), page.size - first.length);

  const ids = [...first, ...rest];
  const rows: DeliveryRow[] = await snap.db('deliveries').whereIn('id', ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}
