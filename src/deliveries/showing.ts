import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { listEvents } from '#lib/events.ts';
import { publicId } from '#lib/versions.ts';
import { listTimeline, type TimelineEntry } from '#orders';
import { explainRegion, loadRegionBook, type RegionName, regionOf } from '#regions';
import type { DeliveryItem } from './items.rules.ts';
import { listItems } from './items.ts';
import { type ShownPerson, seesDelivery, shownPerson } from './personal.ts';
import { printRunsOf } from './printing.ts';
import { findDelivery } from './queries.ts';
import type { DeliveryRow } from './tables.ts';
import { type Badge, changeBadges, eventWords, regionBadges } from './wording.ts';

export interface ShownDelivery {
  id: number;
  row: ShownPerson;
  channelName: string;
  items: DeliveryItem[];
  badges: Badge[];
  checks: Badge[];
  /** What was read from postal code and address and why, a sentence each; nothing once a person has decided. */
  reasons: string[];
  /** What the address says, where the code says nothing or something else. */
  suggestion: RegionName | null;
  timeline: DeliveryStory[];
  prints: Awaited<ReturnType<typeof printRunsOf>>;
}

/** What happened; a change that several lines share is told once. */
export interface DeliveryStory extends Omit<TimelineEntry, 'lineNos' | 'changes'> {
  changes: { name: string; before: string; after: string; lines: number }[];
}

export async function showDelivery(ctx: Ctx, id: number): Promise<ShownDelivery> {
  const book = await loadRegionBook(ctx);
  return snapshot(ctx, async (snap) => {
    const row = await findDelivery(snap, id);
    const items = (await listItems(snap, [id])).get(id) ?? [];
    const region = regionOf(book, row);
    const channel = await snap.db('channels').where({ id: row.channel_id }).first('name');
    return {
      id,
      row: shownPerson(snap, row),
      channelName: channel?.name ?? '',
      items,
      badges: changeBadges(row),
      checks: regionBadges(row, region),
      reasons: row.region_by_hand ? [] : explainRegion({ ...region, status: row.region_status }, book),
      suggestion: region.suggestion,
      timeline: await timelineOf(snap, row, items),
      prints: await printRunsOf(snap, id),
    };
  });
}

/** What happened to the delivery, to its orders and through imports, newest first. */
async function timelineOf(
  ctx: Ctx,
  row: DeliveryRow,
  items: readonly DeliveryItem[],
): Promise<DeliveryStory[]> {
  const own = (await listEvents(ctx, 'delivery', publicId(row))).map(
    (event): DeliveryStory => ({
      at: event.at,
      who: event.actor_name,
      words: eventWords(event),
      changes: [],
    }),
  );
  const orderIds = [...new Set(items.map((item) => item.order_id))];
  // One import may have brought several of the orders: the first tells of the lines of all.
  const ofOrders = await Promise.all(
    orderIds.map((orderId, at) =>
      listTimeline(ctx, orderId, row.channel_id, at === 0 ? items : [], seesDelivery(ctx, row)),
    ),
  );
  const told = ofOrders.flat().map(
    ({ changes, ...entry }): DeliveryStory => ({
      ...entry,
      changes: sharedChanges(changes),
    }),
  );
  return [...own, ...told].sort(
    (a, b) => b.at.getTime() - a.at.getTime() || (b.importId ?? 0) - (a.importId ?? 0),
  );
}

function sharedChanges(changes: TimelineEntry['changes']): DeliveryStory['changes'] {
  const alike = Map.groupBy(changes, ({ name, before, after }) => JSON.stringify([name, before, after]));
  return [...alike.values()].map((same) => ({ ...same[0]!, lines: same.length }));
}
