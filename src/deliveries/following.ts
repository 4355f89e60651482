import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import type { LineRow } from '#orders';
import { loadRegionBook } from '#regions';
import { bundleKey, isDirect } from './bundling.rules.ts';
import { CountChanges } from './counts.ts';
import { refreshDeliveries } from './refreshing.ts';
import { summaryRow } from './summaries.ts';
import type { DeliveryRow } from './tables.ts';

/**
 * Lets deliveries follow lines that were changed by hand: a line that goes by courier now leaves its delivery, one
 * that we bring ourselves now joins that of its bundle number, and all of them are summed up anew. Call it in the
 * transaction of that act, which holds the lines. Throws `Refusal` while an import is changing one of the deliveries.
 */
export async function followLines(tx: Ctx, lineIds: readonly number[]): Promise<void> {
  const lines: LineRow[] = await tx.db('order_lines').whereIn('id', lineIds).orderBy('id');
  const left = lines.filter((line) => line.delivery_id !== null && !isDirect(line));
  const joining = lines.filter((line) => line.delivery_id === null && isDirect(line));

  const touched = new Set(lines.map((line) => line.delivery_id).filter((id) => id !== null));
  await takeOut(tx, left);
  const founded = new Set<number>();
  for (const line of joining) touched.add(await putIn(tx, line, founded));

  await refreshDeliveries(tx, [...touched]);
  await dropEmpty(
    tx,
    left.map((line) => line.delivery_id!),
  );
}

async function takeOut(tx: Ctx, lines: readonly LineRow[]): Promise<void> {
  if (lines.length === 0) return;
  const ids = lines.map((line) => line.id);
  await tx.db('order_lines').whereIn('id', ids).update({ delivery_id: null, joined_by: null, added: 0 });
}

/** A line comes to its delivery later unless the delivery is founded for its act; `founded` gathers those. */
async function putIn(tx: Ctx, line: LineRow, founded: Set<number>): Promise<number> {
  const key = { channel_id: line.channel_id, bundle_key: bundleKey(line) };
  const known = await tx.db('delivery_keys').where(key).forUpdate().first('delivery_id', 'joined_by');
  const deliveryId: number = known ? await lockSeen(tx, known.delivery_id) : await found(tx, line, key);
  if (!known) founded.add(deliveryId);
  await tx
    .db('order_lines')
    .where({ id: line.id })
    .update({
      delivery_id: deliveryId,
      joined_by: known?.joined_by ?? 'bundle',
      added: founded.has(deliveryId) ? 0 : 1,
    });
  return deliveryId;
}

/** The delivery may belong to an import that is at work and has not been shown yet. */
async function lockSeen(tx: Ctx, id: number): Promise<number> {
  const row = await tx.db('deliveries').where({ id }).forUpdate().first('batch_id');
  const unseen: number[] = await tx
    .db('change_batches')
    .whereIn('state', ['applying', 'aborting'])
    .pluck('id');
  if (!row || unseen.includes(row.batch_id)) {
    throw new Refusal('가져오기가 이 배송을 바꾸는 중입니다. 잠시 뒤에 다시 해 주세요.');
  }
  return id;
}

async function found(
  tx: Ctx,
  line: LineRow,
  key: { channel_id: number; bundle_key: string },
): Promise<number> {
  const summary = summaryRow([line], undefined, await loadRegionBook(tx));
  const [id] = await tx.db('deliveries').insert({ ...summary, ...key });
  const counts = new CountChanges();
  counts.add(summary, 1);
  await counts.save(tx);
  await tx.db('delivery_keys').insert({ ...key, delivery_id: id, joined_by: 'bundle' });
  return id!;
}

/** A delivery is gone when all of its lines went another way; when they were cancelled it stays. */
async function dropEmpty(tx: Ctx, deliveryIds: readonly number[]): Promise<void> {
  const ids = [...new Set(deliveryIds)];
  if (ids.length === 0) return;
  const filled: number[] = await tx
    .db('order_lines')
    .whereIn('delivery_id', ids)
    .distinct()
    .pluck('delivery_id');
  const empty = ids.filter((id) => !filled.includes(id));
  const rows: DeliveryRow[] = await tx.db('deliveries').whereIn('id', empty);
  const counts = new CountChanges();
  for (const row of rows) counts.add(row, -1);
  await counts.save(tx);
  await tx.db('deliveries').whereIn('id', empty).delete();
  await tx.db('delivery_keys').whereIn('delivery_id', empty).delete();
}
