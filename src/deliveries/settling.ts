import type { Batch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { revertRows, settleRows } from '#lib/versions.ts';
import { revertCounts, settleCounts } from './counts.ts';
import { deliveryTable } from './tables.ts';

/** Tidies up after a batch has been shown. */
export async function settleDeliveries(ctx: Ctx, batch: Batch): Promise<void> {
  const gone: number[] = await ctx
    .db('deliveries as gone')
    .leftJoin('deliveries as next', (join) => {
      join.on('next.overlay_of', 'gone.id').andOnVal('next.batch_id', batch.id);
    })
    .where({ 'gone.hidden_batch_id': batch.id })
    .whereNull('next.id')
    .pluck('gone.id');
  await dropKeys(ctx, gone);
  await settleRows(ctx, deliveryTable, batch);
  await transaction(ctx, (tx) => settleCounts(tx, batch.id));
}

/** Takes back what an unseen batch wrote. */
export async function revertDeliveries(ctx: Ctx, batch: Batch): Promise<void> {
  const made: number[] = await ctx.db('deliveries').where({ batch_id: batch.id, overlay_of: 0 }).pluck('id');
  await dropKeys(ctx, made);
  await revertRows(ctx, deliveryTable, batch);
  await transaction(ctx, (tx) => revertCounts(tx, batch.id));
}

async function dropKeys(ctx: Ctx, deliveryIds: readonly number[]): Promise<void> {
  for (let at = 0; at < deliveryIds.length; at += 500) {
    await ctx
      .db('delivery_keys')
      .whereIn('delivery_id', deliveryIds.slice(at, at + 500))
      .delete();
  }
}
