import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { visibleLines } from '#orders';

const lookedAt = 500;

/** What each option was last sold for in our stores; one that never was is left out. */
export async function lastPrices(ctx: Ctx, optionIds: readonly number[]): Promise<Map<number, number>> {
  if (optionIds.length === 0) return new Map();
  const rows: { option_id: number; unit_price: number }[] = await snapshot(ctx, (snap) =>
    visibleLines(snap)
      .join('store_order_lines as priced', (join) => {
        join.on('priced.order_id', 'order_lines.order_id').on('priced.line_no', 'order_lines.line_no');
      })
      .join('channel_options as entry', 'entry.id', 'order_lines.channel_option_id')
      .whereIn('entry.option_id', optionIds)
      .orderBy('order_lines.order_id', 'desc')
      .limit(lookedAt)
      .select('entry.option_id', 'priced.unit_price'),
  );
  return new Map(rows.reverse().map((row) => [row.option_id, row.unit_price]));
}
