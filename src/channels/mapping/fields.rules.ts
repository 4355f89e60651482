import type { Column } from '../layouts/index.ts';
import type { Content } from './content.rules.ts';

/** What a person may say a column is. */
export type Field = Exclude<
  Column,
  'detail' | 'productKind' | 'extras' | 'quantityClaim' | 'bundleNo' | 'acknowledgedAt'
>;

interface FieldFacts {
  name: string;
  group: (typeof fieldGroups)[number];
  /** What its cells must look like. */
  content?: Content;
}

export const fieldGroups = ['주문', '상품', '금액', '받는 사람', '주문한 사람', '배송', '날짜'] as const;

export const fields: Readonly<Record<Field, FieldFacts>> = {
  orderNo: { name: '주문번호', group: '주문' },
  lineNo: { name: '상품주문번호', group: '주문' },
  lineSerial: { name: '주문 안의 순번', group: '주문' },
  status: { name: '주문상태', group: '주문' },
  productName: { name: '상품명', group: '상품' },
  option: { name: '옵션', group: '상품' },
  quantity: { name: '수량', group: '상품', content: 'count' },
  productNo: { name: '상품번호', group: '상품' },
  optionCode: { name: '옵션코드', group: '상품' },
  sellerCode: { name: '판매자 상품코드', group: '상품' },
  amount: { name: '주문금액', group: '금액', content: 'won' },
  unitPrice: { name: '단가', group: '금액', content: 'won' },
  optionPrice: { name: '옵션가격', group: '금액', content: 'won' },
  shippingFee: { name: '배송비', group: '금액', content: 'won' },
  recipientName: { name: '수취인', group: '받는 사람' },
  recipientPhone: { name: '수취인 전화', group: '받는 사람', content: 'phone' },
  recipientPhone2: { name: '수취인 전화 2', group: '받는 사람', content: 'phone' },
  postcode: { name: '우편번호', group: '받는 사람', content: 'postcode' },
  wholeAddress: { name: '주소', group: '받는 사람', content: 'address' },
  baseAddress: { name: '기본 주소', group: '받는 사람', content: 'address' },
  detailAddress: { name: '상세 주소', group: '받는 사람' },
  memo: { name: '배송메시지', group: '받는 사람' },
  buyerName: { name: '구매자', group: '주문한 사람' },
  buyerId: { name: '구매자 아이디', group: '주문한 사람' },
  buyerPhone: { name: '구매자 전화', group: '주문한 사람', content: 'phone' },
  method: { name: '배송방법', group: '배송' },
  courier: { name: '택배사', group: '배송' },
  trackingNo: { name: '송장번호', group: '배송' },
  orderedAt: { name: '주문일', group: '날짜', content: 'moment' },
  paidAt: { name: '결제일', group: '날짜', content: 'moment' },
  shipBy: { name: '발송기한', group: '날짜', content: 'moment' },
  wishedOn: { name: '배송희망일', group: '날짜', content: 'moment' },
  dispatchedAt: { name: '발송일', group: '날짜', content: 'moment' },
  deliveredAt: { name: '배송완료일', group: '날짜', content: 'moment' },
  confirmedAt: { name: '구매확정일', group: '날짜', content: 'moment' },
};

export const fieldKeys = Object.keys(fields) as Field[];

export function isField(text: string): text is Field {
  return Object.hasOwn(fields, text);
}

/** Without one of each of these a file is no list of orders. */
export const requiredFields: readonly (readonly Field[])[] = [
  ['orderNo', 'lineNo'],
  ['productName'],
  ['quantity'],
  ['recipientName'],
  ['recipientPhone'],
  ['wholeAddress', 'baseAddress'],
];
