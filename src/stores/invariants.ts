import type { Invariant } from '#lib/invariants.ts';
import { keysStand, rowsOf } from '#lib/invariants.ts';

const at = (id: number) => `/orders/${id}`;

export const invariants: readonly Invariant[] = [
  keysStand('stores.keys', '매장', {
    stores: ['channel_id', 'prefix'],
    store_orders: ['order_id', 'submission_key'],
    store_order_lines: ['order_id,line_no'],
  }),
  {
    name: 'stores.forms',
    sentence: '매장 주문에는 모두 그 매장의 주문서가 있고, 주문서에는 모두 주문이 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number; order_no: string | null }>(
        snap,
        `SELECT own.id, own.order_no FROM stores store JOIN orders own ON own.channel_id = store.channel_id
         LEFT JOIN store_orders form ON form.order_id = own.id AND form.store_id = store.id
         WHERE form.order_id IS NULL
         UNION SELECT form.order_id, NULL FROM store_orders form LEFT JOIN orders own ON own.id = form.order_id
         WHERE own.id IS NULL`,
      );
      for (const { id, order_no } of rows)
        yield order_no
          ? { words: `매장 주문 ${order_no}에 주문서가 없습니다.`, href: at(id) }
          : { words: `매장 주문서의 주문(${id}번)이 없습니다.`, href: '/orders' };
    },
  },
  {
    name: 'stores.prices',
    sentence: '주문서의 상품 금액은 단가와 수량, 할인과 맞고 상품마다 하나씩 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ order_id: number; line_no: string }>(
        snap,
        `SELECT line.order_id, line.line_no FROM stores store
         JOIN order_lines line ON line.channel_id = store.channel_id
         LEFT JOIN store_order_lines price ON price.order_id = line.order_id AND price.line_no = line.line_no
         WHERE price.order_id IS NULL OR line.amount <> line.quantity * price.unit_price - price.discount
         UNION SELECT price.order_id, price.line_no FROM store_order_lines price
         LEFT JOIN order_lines line ON line.order_id = price.order_id AND line.line_no = price.line_no
         WHERE line.id IS NULL`,
      );
      for (const { order_id, line_no } of rows)
        yield {
          words: `매장 상품주문 ${line_no}번의 금액이 단가와 맞지 않거나 단가가 없습니다.`,
          href: at(order_id),
        };
    },
  },
  {
    name: 'stores.paid',
    sentence: '매장에서 받은 금액은 0원보다 적지 않습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ order_id: number }>(
        snap,
        'SELECT order_id FROM store_orders WHERE paid_amount < 0',
      );
      for (const { order_id } of rows)
        yield { words: `매장 주문 ${order_id}의 받은 금액이 0원보다 적습니다.`, href: at(order_id) };
    },
  },
  {
    name: 'stores.numbers',
    sentence: '매장 주문번호는 그날까지 나간 번호를 넘지 않습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number; order_no: string }>(
        snap,
        `SELECT own.id, own.order_no FROM stores store JOIN orders own ON own.channel_id = store.channel_id
         LEFT JOIN counters series
           ON series.name = CONCAT('order:', SUBSTRING_INDEX(own.order_no, '-', 2))
         WHERE series.value IS NULL OR CAST(SUBSTRING_INDEX(own.order_no, '-', -1) AS UNSIGNED) > series.value`,
      );
      for (const { id, order_no } of rows)
        yield { words: `매장 주문번호 ${order_no}번은 나간 적이 없는 번호입니다.`, href: at(id) };
    },
  },
];
