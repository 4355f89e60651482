import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { changeByHand, withHandFields } from './by-hand.ts';
import { lockLinesById } from './lines.ts';
import { refuseLines } from './naming-lines.ts';
import type { LineRow, MallReport } from './tables.ts';
import { ownChannels } from './telling-malls.ts';

/**
 * Gives lines that are on their way another courier or tracking number; their mall, where there is one, is to
 * be told again, unless `mallReport` says how it stands. Returns the lines as they were before. Throws `Refusal` naming those that are not
 * on their way.
 */
export async function replaceTracking(
  ctx: Ctx,
  lineIds: readonly number[],
  parcel: { courier: string; trackingNo: string; mallReport?: MallReport },
): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    refuseLines(
      locked.filter((line) => line.status !== 'dispatched' || line.method !== 'courier'),
      '택배로 배송중인 상품주문만 송장번호를 바꿀 수 있습니다.',
    );
    const { courier, trackingNo, mallReport } = parcel;
    const own = await ownChannels(tx, locked);
    const others = locked.filter((line) => line.courier !== courier || line.tracking_no !== trackingNo);
    await changeByHand(
      tx,
      'order.tracking_replaced',
      others.map((line) => ({
        line,
        values: {
          courier,
          tracking_no: trackingNo,
          mall_report: own.has(line.channel_id) ? 'none' : (mallReport ?? 'due'),
          hand_fields: withHandFields(line, ['courier', 'tracking_no']),
        },
      })),
      { courier, trackingNo },
    );
    return others;
  });
}
