import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { maskPhone } from '#lib/masking.ts';
import { sees } from '#lib/sight.ts';
import { type ShownLine, showLines, visibleLines } from '#orders';
import { type FormTotals, formTotals, type PaymentMethod } from './payment.rules.ts';
import { findStore, type Store } from './stores.ts';

export interface StoreOrderLine extends ShownLine {
  unitPrice: number;
  discount: number;
}

/** An order that was taken down in a store, with what its form knew. */
export interface StoreOrder {
  id: number;
  orderNo: string;
  store: Store;
  lines: StoreOrderLine[];
  /** Of the lines that are still wanted. */
  totals: FormTotals;
  buyerPhone2: string;
  paymentMethod: PaymentMethod;
  enteredByName: string;
}

interface FormRow {
  store_id: number;
  order_no: string;
  buyer_phone2: string;
  payment_method: PaymentMethod;
  paid_amount: number;
  entered_by_name: string;
}

/** Throws `NotFound` for an order that did not come from a store, or one the actor may not see. */
export async function findStoreOrder(ctx: Ctx, id: number): Promise<StoreOrder> {
  return snapshot(ctx, async (snap) => {
    const form: FormRow | undefined = await snap
      .db('store_orders')
      .join('orders', 'orders.id', 'store_orders.order_id')
      .where({ order_id: id })
      .first(
        'store_id',
        'orders.order_no',
        'buyer_phone2',
        'payment_method',
        'paid_amount',
        'entered_by_name',
      );
    if (!form) throw new NotFound('찾는 주문서가 없습니다.');
    const store = await findStore(snap, form.store_id);

    const rowIds: number[] = await visibleLines(snap)
      .where({ 'order_lines.order_id': id })
      .orderBy('order_lines.id')
      .pluck('order_lines.id');
    const prices: { line_no: string; unit_price: number; discount: number }[] = await snap
      .db('store_order_lines')
      .where({ order_id: id })
      .select('line_no', 'unit_price', 'discount');
    const priceOf = new Map(prices.map((row) => [row.line_no, row]));
    const lines = (await showLines(snap, rowIds)).map((line) => {
      const price = priceOf.get(line.line_no)!;
      return { ...line, unitPrice: price.unit_price, discount: price.discount };
    });
    if (lines.length === 0) throw new NotFound('찾는 주문서가 없습니다.');
    return {
      id,
      orderNo: form.order_no,
      store,
      lines,
      totals: formTotals(
        lines.filter((line) => line.status !== 'cancelled'),
        form.paid_amount,
      ),
      buyerPhone2: sees(ctx, 'orders.personal', 'order', id)
        ? form.buyer_phone2
        : maskPhone(form.buyer_phone2),
      paymentMethod: form.payment_method,
      enteredByName: form.entered_by_name,
    };
  });
}
