import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { changeByHand, withHandFields } from './by-hand.ts';
import { lockLinesById } from './lines.ts';
import { refuseLines } from './naming-lines.ts';
import { canDispatch } from './status.rules.ts';
import type { LineRow } from './tables.ts';

/** Cancels lines that have not been sent; returns those that changed, as they were before. */
export async function cancelLines(ctx: Ctx, lineIds: readonly number[], reason: string): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    const wanted = locked.filter((line) => line.status !== 'cancelled');
    refuseLines(
      wanted.filter((line) => !canDispatch(line.status) && line.status !== 'held'),
      '아직 발송하지 않은 상품주문만 취소할 수 있습니다.',
    );
    const changes = wanted.map((line) => ({
      line,
      values: { status: 'cancelled' as const, hand_fields: withHandFields(line, ['status']) },
    }));
    await changeByHand(tx, 'order.cancelled', changes, { reason });
    return wanted;
  });
}
