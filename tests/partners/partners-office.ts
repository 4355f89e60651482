import type { SheetLine } from '../../src/partners/fields.rules.ts';
import { addProducts } from '../../src/partners/owning.ts';
import { createPartner } from '../../src/partners/partners.ts';
import type { Present } from '../../src/partners/supplement.rules.ts';
import type { Office } from '../support/office.ts';

/** A partner that supplies the products of these names, which orders must have brought already. */
export async function aPartner(
  office: Office,
  { name = '침대공방', products = [] }: { name?: string; products?: readonly string[] } = {},
): Promise<number> {
  const ctx = office.ctx('office');
  const id = await createPartner(ctx, {
    name,
    contact: '최공장',
    phone: '0311234567',
    memo: '',
    purpose: '협력사 배송 위탁',
  });
  if (products.length > 0) {
    const ids: number[] = await office.runtime.db('products').whereIn('name', products).pluck('id');
    if (ids.length < products.length) throw new Error(`only ${ids.length} of ${products.join(', ')}`);
    await addProducts(ctx, id, ids);
  }
  return id;
}

/** A line of a sheet that is the same each time. */
export function aSheetLine(given: Partial<SheetLine> = {}): SheetLine {
  return {
    line_no: '2026111000000101',
    channel_id: 1,
    line_id: 1,
    revision: 1,
    channel: '스마트스토어',
    order_id: 1,
    order_no: '2026111000000100',
    product_id: 1,
    option_id: 1,
    product: '모아 매트리스',
    option: '퀸(Q)',
    kind: 'main',
    quantity: 1,
    amount: 500_000,
    buyer_name: '김하나',
    buyer_phone: '01011112222',
    recipient_name: '김하나',
    recipient_phone: '01011112222',
    recipient_phone2: '',
    postcode: '06236',
    address: '서울특별시 강남구 테헤란로 1',
    address_detail: '101동 1호',
    sido: '서울특별시',
    sigungu: '강남구',
    memo: '문 앞에',
    method: 'courier',
    bundle_no: '777',
    ordered_on: '2026-11-10',
    ship_by: '2026-11-13',
    wished_on: '',
    ...given,
  };
}

/** The same line as it is now, still to be made by partner 1. */
export function present(line: Partial<SheetLine> = {}, rest: Partial<Omit<Present, 'line'>> = {}): Present {
  return {
    line: aSheetLine(line),
    status: 'acknowledged',
    claim: null,
    owner_id: 1,
    owner_name: '침대공방',
    ...rest,
  };
}
