import type { Invariant } from '#lib/invariants.ts';
import { keysStand, parts, rowsOf } from '#lib/invariants.ts';

export const invariants: readonly Invariant[] = [
  keysStand('products.keys', '상품', { channel_options: ['channel_id,text_hash'] }),
  {
    name: 'products.options',
    sentence: '채널의 옵션은 모두 우리 옵션과 상품으로 이어집니다.',
    betweenBatches: true,
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT entry.id FROM channel_options entry
         LEFT JOIN options ON options.id = entry.option_id
         LEFT JOIN products ON products.id = options.product_id
         LEFT JOIN channels ON channels.id = entry.channel_id
         WHERE products.id IS NULL OR channels.id IS NULL`,
      );
      for (const { id } of rows)
        yield { words: `옵션 사전의 ${id}번이 가리키는 옵션이나 상품이 없습니다.`, href: '/products' };
    },
  },
  {
    name: 'products.lines',
    sentence: '모든 상품주문에는 그 채널의 옵션이 있습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines')) {
        const rows = await rowsOf<{ order_id: number; line_no: string }>(
          snap,
          `SELECT line.order_id, line.line_no FROM order_lines line
           LEFT JOIN channel_options entry
             ON entry.id = line.channel_option_id AND entry.channel_id = line.channel_id
           WHERE line.id BETWEEN ? AND ? AND entry.id IS NULL`,
          [from, to],
        );
        for (const { order_id, line_no } of rows)
          yield {
            words: `상품주문 ${line_no}번의 옵션이 옵션 사전에 없습니다.`,
            href: `/orders/${order_id}`,
          };
      }
    },
  },
];
