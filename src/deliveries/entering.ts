import type { Ctx } from '#lib/ctx.ts';
import type { LineRow } from '#orders';
import { bundleKey, hasHome, homeKey, isDirect } from './bundling.rules.ts';
import { followLines } from './following.ts';

/**
 * Finds or makes the delivery of an order that a person has just entered, in the transaction of that act. Like an
 * order that a file brings, it joins what is still to go to the same home of the same channel.
 */
export async function placeEntered(tx: Ctx, lineIds: readonly number[]): Promise<void> {
  const lines: LineRow[] = await tx.db('order_lines').whereIn('id', lineIds).orderBy('id');
  const first = lines.find((line) => isDirect(line));
  if (first) await leadHome(tx, first);
  await followLines(tx, lineIds);
}

/** Lets the bundle of a new order lead to the open delivery of its home, where there is one. */
async function leadHome(tx: Ctx, line: LineRow): Promise<void> {
  const home = homeKey(line);
  if (!hasHome(home)) return;
  const open: { id: number } | undefined = await tx
    .db('deliveries')
    .where({ home_key: home, channel_id: line.channel_id, hidden_batch_id: 0, overlay_of: 0 })
    .whereIn('state', ['waiting', 'partial'])
    .orderBy('id')
    .forUpdate()
    .first('id');
  if (!open) return;
  await tx.db('delivery_keys').insert({
    channel_id: line.channel_id,
    bundle_key: bundleKey(line),
    delivery_id: open.id,
    joined_by: 'home',
  });
}
