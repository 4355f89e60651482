import { followLines } from '#deliveries';
import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { cancelLines, correctLines, methodNames, promisedDates } from '#orders';
import { ensureNamedOption, normaliseText } from '#products';
import type { EditedLine, OrderCorrection } from './forms.ts';
import { formTotals, lineAmount } from './payment.rules.ts';
import { tidyPostcode } from './regions.ts';
import { findStoreOrder, type StoreOrder, type StoreOrderLine } from './showing.ts';

/** Lines that can still be corrected: not sent, not cancelled. */
export function openLines(order: StoreOrder): StoreOrderLine[] {
  return order.lines.filter((line) => ['new', 'acknowledged', 'held'].includes(line.status));
}

/**
 * Gives an order form new contents and lets its delivery follow. A line that gets other goods stays the line it was,
 * so whoever was told of it, a partner say, hears that it changed. Returns the lines that got other goods.
 */
export async function correctStoreOrder(
  ctx: Ctx,
  id: number,
  input: OrderCorrection,
): Promise<StoreOrderLine[]> {
  return transaction(ctx, async (tx) => {
    await tx.db('store_orders').where({ order_id: id }).forUpdate().first('order_id');
    const order = await findStoreOrder(tx, id);
    const lines = openLines(order);
    const edited = new Map(input.lines.map((line) => [line.lineNo, line]));
    if (lines.length !== edited.size || lines.some((line) => !edited.has(line.line_no))) {
      throw new Refusal(
        '그 사이에 이 주문의 상품이 발송되거나 취소되었습니다. 주문을 새로 열어 확인해 주세요.',
      );
    }
    const postcode = await tidyPostcode(tx, input.recipient.postcode);
    const balance = balanceAfter(order, edited, input.paidAmount);
    const goods = await otherGoods(tx, order, lines, edited);
    const changed = await correctLines(
      tx,
      lines.map((line) => ({
        lineId: line.id,
        values: {
          ...sharedValues(input),
          ...goods.get(line.line_no),
          postcode,
          paid_at: balance === 0 ? paidAt(tx, line) : null,
          quantity: edited.get(line.line_no)!.quantity,
          amount: lineAmount(edited.get(line.line_no)!),
        },
      })),
    );
    await savePrices(tx, id, input.lines);
    await savePayment(tx, order, input);
    await followLines(
      tx,
      changed.map((line) => line.id),
    );
    return lines.filter((line) => goods.has(line.line_no));
  });
}

/** By line number, the option of each line that is to hold something else; in the order of their names, as entering. */
async function otherGoods(
  tx: Ctx,
  order: StoreOrder,
  lines: readonly StoreOrderLine[],
  edited: ReadonlyMap<string, EditedLine>,
): Promise<Map<string, { channel_option_id: number }>> {
  const other = lines
    .map((line) => ({ line, wanted: edited.get(line.line_no)! }))
    .filter(
      ({ line, wanted }) =>
        nameOf(wanted.productName, wanted.optionName) !== nameOf(line.product, line.option),
    )
    .sort((a, b) =>
      nameOf(a.wanted.productName, a.wanted.optionName) < nameOf(b.wanted.productName, b.wanted.optionName)
        ? -1
        : 1,
    );
  const goods = new Map<string, { channel_option_id: number }>();
  for (const { line, wanted } of other) {
    const channel_option_id = await ensureNamedOption(tx, order.store.channel_id, wanted);
    goods.set(line.line_no, { channel_option_id });
  }
  return goods;
}

function nameOf(product: string, option: string): string {
  return [product, option].map(normaliseText).join('\n');
}

function sharedValues({ method, buyer, recipient, memo, promisedOn }: OrderCorrection) {
  return {
    method,
    method_text: methodNames[method],
    buyer_name: buyer.name,
    buyer_phone: buyer.phone,
    recipient_name: recipient.name,
    recipient_phone: recipient.phone,
    recipient_phone2: recipient.phone2,
    address: recipient.address,
    address_detail: recipient.addressDetail,
    memo,
    ...promisedDates(promisedOn),
  };
}

/** Lines that are out of reach count with what they cost. */
function balanceAfter(order: StoreOrder, edited: ReadonlyMap<string, EditedLine>, paid: number): number {
  const wanted = order.lines.filter((line) => line.status !== 'cancelled');
  const { balance } = formTotals(
    wanted.map((line) => edited.get(line.line_no) ?? line),
    paid,
  );
  if (balance < 0) throw new Refusal('받은 금액이 합계보다 큽니다. 돌려줄 금액을 빼고 적어 주세요.');
  return balance;
}

function paidAt(tx: Ctx, line: StoreOrderLine): string {
  return dateTime(line.paid_at ?? tx.now());
}

async function savePrices(tx: Ctx, id: number, lines: readonly EditedLine[]): Promise<void> {
  for (const line of lines) {
    await tx
      .db('store_order_lines')
      .where({ order_id: id, line_no: line.lineNo })
      .update({ unit_price: line.unitPrice, discount: line.discount });
  }
}

async function savePayment(tx: Ctx, order: StoreOrder, input: OrderCorrection): Promise<void> {
  const before = { payment: order.paymentMethod, paid: order.totals.paid };
  const after = { payment: input.paymentMethod, paid: input.paidAmount };
  await tx.db('store_orders').where({ order_id: order.id }).update({
    buyer_phone2: input.buyer.phone2,
    payment_method: after.payment,
    paid_amount: after.paid,
  });
  if (before.payment !== after.payment || before.paid !== after.paid) {
    await record(tx, 'order.payment_changed', 'order', order.id, { before, after });
  }
}

/** Cancels a line of an order form that has not been sent; its delivery follows. */
export async function cancelStoreLine(ctx: Ctx, id: number, lineId: number, reason: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    const order = await findStoreOrder(tx, id);
    if (!order.lines.some((line) => line.id === lineId)) {
      throw new Refusal('이 주문에 없는 상품입니다. 주문을 새로 열어 주세요.');
    }
    const cancelled = await cancelLines(tx, [lineId], reason);
    await followLines(
      tx,
      cancelled.map((line) => line.id),
    );
  });
}
