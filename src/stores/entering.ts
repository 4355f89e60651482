import { createHash } from 'node:crypto';
import { placeEntered } from '#deliveries';
import { nextNumber } from '#lib/counters.ts';
import type { Ctx } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { enterOrder } from '#orders';
import { ensureNamedOption, normaliseText } from '#products';
import type { FormLine, OrderFormInput } from './order-form.rules.ts';
import { formTotals, lineAmount } from './payment.rules.ts';
import { tidyPostcode } from './regions.ts';
import { lockStore, type Store } from './stores.ts';

export interface SavedOrder {
  id: number;
  orderNo: string;
}

/**
 * Saves an order form: the order, its lines, their options and their delivery, in one transaction. A form that is
 * sent twice is saved once, by the key it was drawn with. Throws `Refusal` when it was changed in between.
 */
export async function enterStoreOrder(ctx: Ctx, input: OrderFormInput): Promise<SavedOrder> {
  const known = await findSubmitted(ctx, input);
  if (known) return known;
  try {
    return await transaction(ctx, (tx) => save(tx, input));
  } catch (error) {
    const other = isDuplicate(error) ? await findSubmitted(ctx, input) : undefined;
    if (!other) throw error;
    return other;
  }
}

async function save(tx: Ctx, input: OrderFormInput): Promise<SavedOrder> {
  const store = await lockStore(tx, input.storeId);
  if (store.closed_at) throw new Refusal(`‘${store.name}’은 문을 닫은 매장이라 주문을 받을 수 없습니다.`);

  const orderNo = await drawOrderNo(tx, store, input.orderedOn);
  const options = await ensureOptions(tx, store, input.lines);
  const { balance } = formTotals(input.lines, input.paidAmount);
  const orderedAt = momentOn(input.orderedOn, tx.now());
  const order = await enterOrder(
    tx,
    {
      channelId: store.channel_id,
      orderNo,
      method: input.method,
      buyer: input.buyer,
      recipient: { ...input.recipient, postcode: await tidyPostcode(tx, input.recipient.postcode) },
      memo: input.memo,
      orderedAt,
      paidAt: balance === 0 ? orderedAt : null,
      promisedOn: input.promisedOn,
      lines: input.lines.map((line) => ({
        channelOptionId: options.get(line)!,
        quantity: line.quantity,
        amount: lineAmount(line),
      })),
    },
    { store: store.name, payment: input.paymentMethod, paid: input.paidAmount },
  );
  await tx.db('store_orders').insert({
    order_id: order.id,
    store_id: store.id,
    submission_key: input.submissionKey,
    content_hash: contentHash(input),
    buyer_phone2: input.buyer.phone2,
    payment_method: input.paymentMethod,
    paid_amount: input.paidAmount,
    entered_by: tx.actor.id,
    entered_by_name: tx.actor.name,
  });
  await tx.db('store_order_lines').insert(
    input.lines.map((line, at) => ({
      order_id: order.id,
      line_no: order.lines[at]!.lineNo,
      unit_price: line.unitPrice,
      discount: line.discount,
    })),
  );
  await placeEntered(
    tx,
    order.lines.map((line) => line.id),
  );
  return { id: order.id, orderNo };
}

/** GN-261121-003: the third order that the store takes down for that day. */
async function drawOrderNo(tx: Ctx, store: Store, orderedOn: string): Promise<string> {
  const series = `${store.prefix}-${orderedOn.slice(2).replaceAll('-', '')}`;
  const number = await nextNumber(tx, `order:${series}`);
  return `${series}-${String(number).padStart(3, '0')}`;
}

/** In the order of their names, so that two forms with the same goods never wait for each other. */
async function ensureOptions(
  tx: Ctx,
  store: Store,
  lines: readonly FormLine[],
): Promise<Map<FormLine, number>> {
  const ids = new Map<FormLine, number>();
  const nameOf = (line: FormLine) => normaliseText(`${line.productName}\n${line.optionName}`);
  for (const line of [...lines].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    ids.set(line, await ensureNamedOption(tx, store.channel_id, line));
  }
  return ids;
}

/** An order of today is of this moment; one that is written up later is of the beginning of its day. */
function momentOn(orderedOn: string, now: Date): Date {
  if (orderedOn === day(now)) return now;
  const [year, month, date] = orderedOn.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date);
}

async function findSubmitted(ctx: Ctx, input: OrderFormInput): Promise<SavedOrder | undefined> {
  const row:
    | { order_id: number; order_no: string; content_hash: Buffer; entered_by: number | null }
    | undefined = await ctx
    .db('store_orders')
    .join('orders', 'orders.id', 'store_orders.order_id')
    .where({ submission_key: input.submissionKey })
    .first('order_id', 'orders.order_no', 'content_hash', 'entered_by');
  if (!row) return undefined;
  if (row.entered_by !== ctx.actor.id || !row.content_hash.equals(contentHash(input))) {
    throw new Refusal(
      `이 주문서는 이미 ${row.order_no}로 저장했습니다. 고치려면 그 주문에서 ‘주문서 고치기’를 누르고, 다른 주문이면 저장을 한 번 더 눌러 주세요.`,
    );
  }
  return { id: row.order_id, orderNo: row.order_no };
}

/** True when this person's form with that key has been saved: its draft is not needed any more. */
export async function isSubmitted(ctx: Ctx, submissionKey: string): Promise<boolean> {
  if (!/^[\w-]{1,40}$/.test(submissionKey)) return false; // a column of ASCII is not compared with anything else
  const row = await ctx
    .db('store_orders')
    .where({ submission_key: submissionKey, entered_by: ctx.actor.id })
    .first('order_id');
  return row !== undefined;
}

function contentHash(input: OrderFormInput): Buffer {
  return createHash('md5').update(JSON.stringify(input)).digest();
}
