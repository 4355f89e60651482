import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import type { LineRow } from '#orders';
import { loadRegionBook } from '#regions';
import { CountChanges } from './counts.ts';
import { summaryRow } from './summaries.ts';
import type { DeliveryRow } from './tables.ts';

/**
 * Sums deliveries up anew after their lines were changed by hand; call it in the transaction of that act. Throws
 * `Refusal` while an import is changing one of them.
 */
export async function refreshDeliveries(tx: Ctx, deliveryIds: readonly number[]): Promise<void> {
  const ids = [...new Set(deliveryIds)];
  if (ids.length === 0) return;
  const rows: DeliveryRow[] = await tx.db('deliveries').whereIn('id', ids).orderBy('id').forUpdate();
  if (rows.some((row) => row.hidden_batch_id !== 0)) {
    throw new Refusal('가져오기가 이 배송을 바꾸는 중입니다. 잠시 뒤에 다시 해 주세요.');
  }
  const lines: LineRow[] = await tx
    .db('order_lines')
    .whereIn('delivery_id', ids)
    .where({ hidden_batch_id: 0 })
    .forShare(); // as they are now, not as they were when this transaction began
  const book = await loadRegionBook(tx);

  const counts = new CountChanges();
  for (const row of rows) {
    const own = lines.filter((line) => line.delivery_id === row.id);
    if (own.length === 0) continue;
    const summary = summaryRow(own, row, book);
    await tx
      .db('deliveries')
      .where({ id: row.id })
      .update({ ...summary, revision: row.revision + 1 });
    counts.move(row, summary);
  }
  await counts.save(tx);
}
