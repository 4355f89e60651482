import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import {
  changeByHand,
  type HandChange,
  type HandValues,
  statusToReturnTo,
  valuesBefore,
  withHandFields,
} from './by-hand.ts';
import { lockLinesById } from './lines.ts';
import { refuseLines } from './naming-lines.ts';
import { canDispatch } from './status.rules.ts';
import type { LineRow } from './tables.ts';
import { ownChannels } from './telling-malls.ts';

/** How lines leave: brought by our own people, or handed to a courier. */
export interface Dispatch {
  method: 'direct' | 'courier';
  courier: string;
  trackingNo: string;
}

/** What SmartStore calls the two ways, in its files. */
const methodTexts: Record<Dispatch['method'], string> = { direct: '직접전달', courier: '택배,등기,소포' };

/**
 * Marks lines as sent and due to be told to the mall, where there is one; returns those that changed, as they were
 * before. Lines that were sent in just this way already are left alone. Throws `Refusal` naming the lines that cannot be sent.
 */
export async function markDispatched(
  ctx: Ctx,
  lineIds: readonly number[],
  dispatch: Dispatch,
): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    const waiting = locked.filter((line) => !isSentSo(line, dispatch));
    refuseLines(
      waiting.filter((line) => !canDispatch(line.status)),
      '신규나 발주확인 상태만 발송할 수 있습니다.',
    );
    const own = await ownChannels(tx, waiting);
    await changeByHand(
      tx,
      'order.dispatched',
      waiting.map((line) => ({
        line,
        values: { ...sentValues(tx, line, dispatch), mall_report: own.has(line.channel_id) ? 'none' : 'due' },
      })),
      { ...dispatch },
    );
    return waiting;
  });
}

function isSentSo(line: LineRow, dispatch: Dispatch): boolean {
  return (
    line.status === 'dispatched' &&
    line.method === dispatch.method &&
    line.courier === dispatch.courier &&
    line.tracking_no === dispatch.trackingNo
  );
}

function sentValues(tx: Ctx, line: LineRow, dispatch: Dispatch): HandValues {
  return {
    status: 'dispatched',
    method: dispatch.method,
    method_text: methodTexts[dispatch.method],
    courier: dispatch.courier,
    tracking_no: dispatch.trackingNo,
    dispatched_at: dateTime(tx.now()),
    hand_fields: withHandFields(line, [
      'status',
      'method',
      'method_text',
      'courier',
      'tracking_no',
      'dispatched_at',
    ]),
  };
}

/**
 * Takes a dispatch back that the mall has not been told of; returns the lines that changed, as they were before.
 * Lines that were never sent are left alone.
 */
export async function undoDispatch(ctx: Ctx, lineIds: readonly number[]): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(tx, lineIds);
    const sent = locked.filter((line) => !canDispatch(line.status));
    refuseLines(
      sent.filter((line) => line.status !== 'dispatched'),
      '배송중인 상품주문만 발송을 취소할 수 있습니다.',
    );
    const own = await ownChannels(tx, sent);
    refuseLines(
      sent.filter((line) => line.mall_report !== 'due' && !own.has(line.channel_id)),
      '이미 몰에 알린 발송은 취소할 수 없습니다.',
    );
    const before = await valuesBefore(tx, 'order.dispatched', sent);
    const changes = sent.map((line): HandChange => {
      const values = before.get(line.line_no);
      return { line, values: { mall_report: 'none', ...values, status: statusToReturnTo(line, values) } };
    });
    await changeByHand(tx, 'order.dispatch_undone', changes);
    return sent;
  });
}
