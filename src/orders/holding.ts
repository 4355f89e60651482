import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { changeByHand, statusToReturnTo, valuesBefore, withHandFields } from './by-hand.ts';
import { lockLinesById } from './lines.ts';
import { refuseLines } from './naming-lines.ts';
import { canDispatch } from './status.rules.ts';
import type { LineRow } from './tables.ts';

/** Keeps lines back until they are released; returns those that changed, as they were before. */
export async function holdLines(ctx: Ctx, lineIds: readonly number[], reason: string): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    const loose = locked.filter((line) => line.status !== 'held');
    refuseLines(
      loose.filter((line) => !canDispatch(line.status)),
      '신규나 발주확인 상태만 보류할 수 있습니다.',
    );
    const changes = loose.map((line) => ({
      line,
      values: { status: 'held' as const, hand_fields: withHandFields(line, ['status']) },
    }));
    await changeByHand(tx, 'order.held', changes, { reason });
    return loose;
  });
}

/** Lets held lines go on from where they stood; returns those that changed, as they were before. */
export async function releaseLines(ctx: Ctx, lineIds: readonly number[]): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    const held = locked.filter((line) => line.status === 'held');
    refuseLines(
      locked.filter((line) => line.status !== 'held' && !canDispatch(line.status)),
      '보류한 상품주문만 풀 수 있습니다.',
    );
    const before = await valuesBefore(tx, 'order.held', held);
    const changes = held.map((line) => {
      const values = before.get(line.line_no);
      return { line, values: { ...values, status: statusToReturnTo(line, values) } };
    });
    await changeByHand(tx, 'order.released', changes);
    return held;
  });
}
