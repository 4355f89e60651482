import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { publicId } from '#lib/versions.ts';
import { canDispatch, type LineRow, markDispatched, visibleLines } from '#orders';
import { refreshDeliveries } from './refreshing.ts';

/** Marks what can still be sent of these deliveries as brought by our own people; returns the number of lines. */
export async function dispatchDeliveries(ctx: Ctx, deliveryIds: readonly number[]): Promise<number> {
  const lines: Pick<LineRow, 'id' | 'overlay_of' | 'status'>[] = await snapshot(ctx, (snap) =>
    visibleLines(snap)
      .whereIn('order_lines.delivery_id', deliveryIds)
      .select('order_lines.id', 'order_lines.overlay_of', 'order_lines.status'),
  );
  const waiting = lines.filter((line) => canDispatch(line.status)).map(publicId);
  if (waiting.length === 0) {
    throw new Refusal('고른 배송에는 발송할 상품이 없습니다. 이미 발송했거나 취소, 보류된 상품입니다.');
  }
  return transaction(ctx, async (tx) => {
    const sent = await markDispatched(tx, waiting, { method: 'direct', courier: '', trackingNo: '' });
    await refreshDeliveries(
      tx,
      sent.map((line) => line.delivery_id).filter((id) => id !== null),
    );
    return sent.length;
  });
}
