import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { type EventRow, listEvents } from '#lib/events.ts';
import { explainRegion, loadRegionBook, type RegionName, regionOf } from '#regions';
import type { DeliveryItem } from './items.rules.ts';
import { listItems } from './items.ts';
import { shownPerson } from './personal.ts';
import { printRunsOf } from './printing.ts';
import { findDelivery } from './queries.ts';
import type { DeliveryRow } from './tables.ts';
import { type Badge, changeBadges, regionBadges } from './wording.ts';

export interface ShownDelivery {
  id: number;
  row: DeliveryRow;
  channelName: string;
  items: DeliveryItem[];
  /** Each order once, in the order of its first line. */
  orders: { id: number; order_no: string }[];
  badges: Badge[];
  checks: Badge[];
  /** What was read from postal code and address and why, a sentence each; nothing once a person has decided. */
  reasons: string[];
  /** What the address says, where the code says nothing or something else. */
  suggestion: RegionName | null;
  events: EventRow[];
  prints: Awaited<ReturnType<typeof printRunsOf>>;
}

export async function showDelivery(ctx: Ctx, id: number): Promise<ShownDelivery> {
  const book = await loadRegionBook(ctx);
  return snapshot(ctx, async (snap) => {
    const row = await findDelivery(snap, id);
    const items = (await listItems(snap, [id])).get(id) ?? [];
    const orders = [...new Map(items.map((item) => [item.order_id, item.order_no]))];
    const region = regionOf(book, row);
    const channel = await snap.db('channels').where({ id: row.channel_id }).first('name');
    return {
      id,
      row: shownPerson(snap, row),
      channelName: channel?.name ?? '',
      items,
      orders: orders.map(([orderId, order_no]) => ({ id: orderId, order_no })),
      badges: changeBadges(row),
      checks: regionBadges(row, region),
      reasons: row.region_by_hand ? [] : explainRegion({ ...region, status: row.region_status }, book),
      suggestion: region.suggestion,
      events: await eventsOf(
        ctx,
        id,
        orders.map(([orderId]) => orderId),
      ),
      prints: await printRunsOf(snap, id),
    };
  });
}

/** Of the delivery and of its orders, newest first. */
async function eventsOf(ctx: Ctx, id: number, orderIds: readonly number[]): Promise<EventRow[]> {
  const lists = await Promise.all([
    listEvents(ctx, 'delivery', id),
    ...orderIds.map((orderId) => listEvents(ctx, 'order', orderId)),
  ]);
  return lists.flat().sort((a, b) => b.id - a.id);
}
