import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { visibleLines } from '#orders';
import { visibleStores } from './stores.ts';

const lookedAt = 2000;

/** What each option was last sold for in our stores, as far as the newest lines tell. */
export async function lastPrices(ctx: Ctx): Promise<Map<number, number>> {
  const rows: { option_id: number; unit_price: number }[] = await snapshot(ctx, async (snap) =>
    visibleLines(snap)
      .join('store_order_lines as priced', (join) => {
        join.on('priced.order_id', 'order_lines.order_id').on('priced.line_no', 'order_lines.line_no');
      })
      .join('channel_options as entry', 'entry.id', 'order_lines.channel_option_id')
      .whereIn('order_lines.order_id', await newestOrders(snap))
      .orderBy('order_lines.order_id', 'desc')
      .select('entry.option_id', 'priced.unit_price'),
  );
  return new Map(rows.reverse().map((row) => [row.option_id, row.unit_price]));
}

async function newestOrders(ctx: Ctx): Promise<number[]> {
  const newest = ctx.db('store_orders').orderBy('order_id', 'desc').limit(lookedAt);
  if (ctx.actor.scope !== 'all') newest.whereIn('store_id', await visibleStores(ctx).pluck('stores.id'));
  return newest.pluck('order_id');
}
