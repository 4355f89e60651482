import { recordAccess } from '#lib/access.ts';
import { insertMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { CountChanges } from './counts.ts';
import { type DeliveryMethod, methodNames } from './status.rules.ts';
import type { LineContent } from './tables.ts';

/** An order that a person takes down. Days are `2026-11-21`, phones digits, money won. */
export interface OrderEntry {
  channelId: number;
  orderNo: string;
  method: DeliveryMethod;
  buyer: { name: string; phone: string };
  recipient: Recipient;
  memo: string;
  orderedAt: Date;
  /** Null while something is still to be paid. */
  paidAt: Date | null;
  promisedOn: string | null;
  lines: readonly { channelOptionId: number; quantity: number; amount: number }[];
}

export interface Recipient {
  name: string;
  phone: string;
  phone2: string;
  postcode: string;
  address: string;
  addressDetail: string;
}

export interface EnteredOrder {
  id: number;
  lines: { id: number; lineNo: string }[];
}

/**
 * Writes an order with its lines, their counts and one event. The number must be new to the channel; the lines are
 * numbered after it. Where the lines go is the deliveries' work, in the same transaction.
 */
export async function enterOrder(
  ctx: Ctx,
  entry: OrderEntry,
  told: Record<string, unknown> = {},
): Promise<EnteredOrder> {
  return transaction(ctx, async (tx) => {
    const [id] = await tx.db('orders').insert({ channel_id: entry.channelId, order_no: entry.orderNo });
    const common = {
      ...sharedContent(entry),
      channel_id: entry.channelId,
      order_id: id!,
      mall_report: 'none',
      hand_fields: '',
      delivery_id: null,
      joined_by: null,
      added: 0,
    };
    const lines = entry.lines.map((line, at) => ({
      ...common,
      line_no: `${entry.orderNo}-${at + 1}`,
      channel_option_id: line.channelOptionId,
      quantity: line.quantity,
      amount: line.amount,
    }));
    const ids = await insertMany(tx, 'order_lines', lines);

    const counts = new CountChanges();
    for (const line of lines) counts.add(line, 1);
    await counts.save(tx);
    await record(tx, 'order.entered', 'order', id!, {
      ...told,
      lines: lines.map((line) => ({ no: line.line_no, quantity: line.quantity, amount: line.amount })),
    });
    await recordAccess(tx, {
      kind: 'change',
      subject: { type: 'order', id: id! },
      people: 1,
      detail: '주문서 입력',
    });
    return { id: id!, lines: lines.map((line, at) => ({ id: ids[at]!, lineNo: line.line_no })) };
  });
}

type Shared = Omit<LineContent, 'channel_option_id' | 'quantity' | 'amount'>;

function sharedContent(entry: OrderEntry): Shared {
  return {
    order_no: entry.orderNo,
    kind: 'main',
    main_line_no: null,
    status: 'new',
    claim: null,
    mall_status: '',
    mall_detail: '',
    method: entry.method,
    method_text: methodNames[entry.method],
    courier: '',
    tracking_no: '',
    bundle_no: '',
    shipping_fee: 0,
    buyer_name: entry.buyer.name,
    buyer_id: '',
    buyer_phone: entry.buyer.phone,
    recipient_name: entry.recipient.name,
    recipient_phone: entry.recipient.phone,
    recipient_phone2: entry.recipient.phone2,
    postcode: entry.recipient.postcode,
    address: entry.recipient.address,
    address_detail: entry.recipient.addressDetail,
    memo: entry.memo,
    ordered_at: dateTime(entry.orderedAt),
    paid_at: entry.paidAt && dateTime(entry.paidAt),
    ...promisedDates(entry.promisedOn),
    acknowledged_at: null,
    dispatched_at: null,
  };
}

/** What was promised is what the customer wished for and what we must keep. */
export function promisedDates(day: string | null): Pick<LineContent, 'ship_by' | 'wished_on'> {
  return { ship_by: day && `${day} 23:59:59`, wished_on: day && `${day} 00:00:00` };
}
