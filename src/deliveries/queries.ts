import type { Knex } from 'knex';
import { type Snapshot, shown, shownAlongKey } from '#lib/batches.ts';
import { may, withinScope } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { whereId } from '#lib/versions.ts';
import { type DeliveryFilter, deliveryTabs, unclassified } from './filter.rules.ts';
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
  return may(snap, 'deliveries.view')
    ? withinScope(query, snap, 'deliveries.channel_id')
    : query.whereRaw('1 = 0');
}

const everyTab = deliveryTabs.filter((tab) => tab !== 'all');

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
  // named one by one they lead along the key to the rows of a channel
  else if (!found && snap.actor.scope !== 'all') query.whereIn('deliveries.tab', everyTab);
  if (filter.sido === unclassified) query.where('deliveries.sido', '');
  else if (filter.sido) query.where('deliveries.sido', filter.sido);
  if (filter.sigungu) query.where('deliveries.sigungu', filter.sigungu);
  if (filter.check === 'mismatch') query.where({ region_mismatch: 1, region_by_hand: 0 });
  if (filter.from) query.where('deliveries.ordered_on', '>=', filter.from);
  if (filter.to) query.where('deliveries.ordered_on', '<=', filter.to);
  return query;
}
