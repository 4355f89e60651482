import { type Snapshot, shown, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { sees } from '#lib/sight.ts';
import { publicId, whereId } from '#lib/versions.ts';
import { explainRegion, loadRegionBook, type Region } from '#regions';
import { arrangeOrder } from './arranging.rules.ts';
import { visibleLines } from './lines.ts';
import { type MallSheet, readMallSheet } from './mall-sheet.ts';
import { type ShownLine, showLines } from './shown-lines.ts';
import { listTimeline, type TimelineEntry } from './timeline.ts';
import { type Totals, totalsOf } from './totals.rules.ts';

/** Somebody who receives a part of the order, and where. */
export interface Receiver {
  line: ShownLine;
  /** The lines that go there. */
  lineNos: string[];
  region: Region;
  /** What was read from postal code and address and why, a sentence each. */
  reasons: string[];
}

/** The delivery that lines of the order go with. */
export interface OrderDelivery {
  id: number;
  sido: string;
  sigungu: string;
  region_by_hand: 0 | 1;
  state: string;
}

export interface ShownOrder {
  id: number;
  orderNo: string;
  channelName: string;
  /** True when the order was taken down in a store of ours: there is no mall to tell. */
  isOwn: boolean;
  lines: ShownLine[];
  totals: Totals;
  receivers: Receiver[];
  deliveries: OrderDelivery[];
  /** The mall's own columns; undefined for those to whom the people in them are hidden. */
  sheet: MallSheet | undefined;
  timeline: TimelineEntry[];
}

/** An order with those of its lines that the actor may see. Throws `NotFound` when there are none. */
export async function showOrder(ctx: Ctx, id: number): Promise<ShownOrder> {
  return snapshot(ctx, async (snap) => {
    const open = sees(ctx, 'orders.personal', 'order', id);
    const rowIds: number[] = await visibleLines(snap)
      .where({ 'order_lines.order_id': id })
      .pluck('order_lines.id');
    const lines = arrangeOrder(await showLines(snap, rowIds));
    const first = lines[0];
    if (!first) throw new NotFound('찾는 주문이 없습니다.');
    const order: { order_no: string; channel_id: number; name: string; layout: string } = await snap
      .db('orders')
      .join('channels', 'channels.id', 'orders.channel_id')
      .where({ 'orders.id': id })
      .first('orders.order_no', 'orders.channel_id', 'channels.name', 'channels.layout');

    return {
      id,
      orderNo: order.order_no,
      channelName: order.name,
      isOwn: order.layout === 'store',
      lines,
      totals: totalsOf(lines),
      receivers: await receiversOf(snap, lines),
      deliveries: await deliveriesOf(snap, lines),
      sheet: open ? await readMallSheet(snap, lines) : undefined,
      timeline: await listTimeline(snap, id, order.channel_id, lines, open),
    };
  });
}

/** Each recipient and address once, in the order of the lines. */
async function receiversOf(snap: Snapshot, lines: readonly ShownLine[]): Promise<Receiver[]> {
  const book = await loadRegionBook(snap);
  const places = Map.groupBy(lines, (line) =>
    JSON.stringify([
      line.recipient_name,
      line.recipient_phone,
      line.recipient_phone2,
      line.postcode,
      line.address,
      line.address_detail,
    ]),
  );
  return [...places.values()].map((own) => ({
    line: own[0]!,
    lineNos: own.map((line) => line.line_no),
    region: own[0]!.region,
    reasons: explainRegion(own[0]!.region, book),
  }));
}

async function deliveriesOf(snap: Snapshot, lines: readonly ShownLine[]): Promise<OrderDelivery[]> {
  const ids = [...new Set(lines.map((line) => line.delivery_id).filter((id) => id !== null))];
  if (ids.length === 0) return [];
  const rows: (OrderDelivery & { overlay_of: number })[] = await whereId(
    shown(snap.db('deliveries'), 'deliveries', snap.window),
    'deliveries',
    ids,
    snap.window.settling,
  ).select('id', 'overlay_of', 'sido', 'sigungu', 'region_by_hand', 'state');
  return rows.map((row) => ({ ...row, id: publicId(row) }));
}
