import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { changeByHand, withHandFields } from './by-hand.ts';
import { lockLinesById } from './lines.ts';
import { refuseLines } from './naming-lines.ts';
import type { LineRow } from './tables.ts';

/** 발주확인: takes new lines on; returns those that changed, as they were before. */
export async function acknowledgeLines(ctx: Ctx, lineIds: readonly number[]): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    const open = locked.filter((line) => line.status !== 'acknowledged');
    refuseLines(
      open.filter((line) => line.status !== 'new'),
      '신규 상태만 발주확인할 수 있습니다.',
    );
    const changes = open.map((line) => ({
      line,
      values: { status: 'acknowledged' as const, hand_fields: withHandFields(line, ['status']) },
    }));
    await changeByHand(tx, 'order.acknowledged', changes);
    return open;
  });
}
