import { transaction } from '#lib/db.ts';
import { CountChanges } from '../../src/orders/counts.ts';
import type { LineRow } from '../../src/orders/tables.ts';
import type { Office } from './office.ts';

export interface AnOrder {
  id: number;
  orderNo: string;
  lines: { id: number; lineNo: string }[];
}

/** What a test says of a line; the rest is ordinary. */
export type LineGiven = Partial<
  Pick<
    LineRow,
    | 'line_no'
    | 'kind'
    | 'main_line_no'
    | 'quantity'
    | 'amount'
    | 'status'
    | 'claim'
    | 'method'
    | 'courier'
    | 'tracking_no'
    | 'bundle_no'
    | 'shipping_fee'
    | 'buyer_name'
    | 'buyer_phone'
    | 'recipient_name'
    | 'recipient_phone'
    | 'recipient_phone2'
    | 'postcode'
    | 'address'
    | 'address_detail'
    | 'memo'
    | 'ordered_at'
    | 'ship_by'
    | 'acknowledged_at'
    | 'mall_report'
    | 'hand_fields'
  >
> & { product?: string; option?: string };

let serial = 0;

/** An order of the mall's with these lines, written at once and counted; it belongs to no delivery. */
export async function anOrder(
  office: Office,
  { orderNo, lines = [{}] }: { orderNo?: string; lines?: readonly LineGiven[] } = {},
): Promise<AnOrder> {
  return transaction(office.ctx(), async (tx) => {
    const channel = await tx.db('channels').where({ code: 'smartstore' }).first('id');
    serial += 1;
    const number = orderNo ?? `20261110${String(serial).padStart(8, '0')}`;
    const [id] = await tx.db('orders').insert({ channel_id: channel.id, order_no: number });
    const counts = new CountChanges();
    const added: AnOrder['lines'] = [];
    for (const [at, { product = '침대', option = '퀸(Q)', ...given }] of lines.entries()) {
      const line = {
        ...ordinary,
        line_no: `20261110${String(serial * 100 + at * 10 + 50_000_001)}`,
        ...given,
        channel_id: channel.id,
        order_id: id!,
        order_no: number,
        channel_option_id: await anOption(office, channel.id, product, option),
      };
      const [lineId] = await tx.db('order_lines').insert(line);
      counts.add(line as unknown as LineRow, 1);
      added.push({ id: lineId!, lineNo: line.line_no });
    }
    await counts.save(tx);
    return { id: id!, orderNo: number, lines: added };
  });
}

const ordinary = {
  kind: 'main',
  main_line_no: null,
  quantity: 1,
  amount: 500_000,
  status: 'acknowledged',
  claim: null,
  mall_status: '발송대기',
  mall_detail: '발주확인',
  method: 'courier',
  method_text: '택배,등기,소포',
  courier: '',
  tracking_no: '',
  bundle_no: '',
  shipping_fee: 0,
  buyer_name: '김하나',
  buyer_id: 'ha****',
  buyer_phone: '01011112222',
  recipient_name: '김하나',
  recipient_phone: '01011112222',
  recipient_phone2: '',
  postcode: '06236',
  address: '서울특별시 강남구 테헤란로 1',
  address_detail: '101동 1호',
  memo: '',
  ordered_at: '2026-11-10 09:00:00',
  paid_at: '2026-11-10 09:00:00',
  ship_by: '2026-11-13 23:59:59',
  wished_on: null,
  acknowledged_at: null,
  dispatched_at: null,
  mall_report: 'none',
  hand_fields: '',
};

async function anOption(office: Office, channelId: number, product: string, option: string): Promise<number> {
  const { db } = office.runtime;
  const known = await db('channel_options')
    .where({ channel_id: channelId, product_name: product, option_text: option })
    .first('id');
  if (known) return known.id;
  const [productId] = await db('products').insert({ name: product, is_new: 0 });
  const [optionId] = await db('options').insert({ product_id: productId, name: option, is_new: 0 });
  const [id] = await db('channel_options').insert({
    channel_id: channelId,
    product_no: '1',
    is_addon: 0,
    product_name: product,
    option_text: option,
    text_hash: db.raw('unhex(md5(?))', [product + option]),
    option_id: optionId,
  });
  return id!;
}

/** The rows of a page's first list as the text of their cells. */
export function rowsOn(html: string): string[][] {
  const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(html)?.[1] ?? '';
  return [...body.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[dh][^>]*>([\s\S]*?)<\/t[dh]>/g)].map(([, cell]) =>
      cell!
        .replace(/<svg[\s\S]*?<\/svg>|<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  );
}

/** The tabs of a page with their counts. */
export function tabsOn(html: string): Record<string, number> {
  const nav = /<nav class="status-tabs"[\s\S]*?<\/nav>/.exec(html)?.[0] ?? '';
  const tabs = [...nav.matchAll(/>([^<]+?)\s*<span class="tab-count">([\d,]+)</g)];
  return Object.fromEntries(tabs.map(([, label, count]) => [label!, Number(count!.replaceAll(',', ''))]));
}
