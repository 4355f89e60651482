import { type Ctx, covers } from '#lib/ctx.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import type { DeliveryRow } from './tables.ts';

/** Locks a delivery for an act by hand. Throws `Refusal` while an import is changing it. */
export async function lockDelivery(tx: Ctx, id: number): Promise<DeliveryRow> {
  const row: DeliveryRow | undefined = await tx.db('deliveries').where({ id }).forUpdate().first();
  const unseen: number[] = await tx
    .db('change_batches')
    .whereIn('state', ['applying', 'aborting'])
    .pluck('id');
  const isSeen = row?.overlay_of === 0 && !unseen.includes(row.batch_id) && covers(tx, row.channel_id);
  if (!isSeen) throw new NotFound('찾는 배송이 없습니다.');
  if (row.hidden_batch_id !== 0) {
    throw new Refusal('가져오기가 이 배송을 바꾸는 중입니다. 잠시 뒤에 다시 해 주세요.');
  }
  return row;
}
