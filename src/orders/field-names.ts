import { maskAddress, maskName, maskPhone, maskText } from '#lib/masking.ts';
import { won } from '#lib/money.ts';
import { formatPhone } from '#lib/phone.ts';
import type { Value } from './changes.rules.ts';
import { claimNames, methodNames, statusNames } from './status.rules.ts';
import type { ContentField } from './tables.ts';

/** What the screens call the fields of a line. */
export const fieldNames: Record<ContentField, string> = {
  order_no: '주문번호',
  kind: '상품 종류',
  main_line_no: '본상품',
  channel_option_id: '상품·옵션',
  quantity: '수량',
  amount: '금액',
  status: '상태',
  claim: '클레임',
  mall_status: '몰 주문상태',
  mall_detail: '몰 세부상태',
  method: '배송방법',
  method_text: '몰 배송방법',
  courier: '택배사',
  tracking_no: '송장번호',
  bundle_no: '묶음번호',
  shipping_fee: '배송비',
  buyer_name: '구매자',
  buyer_id: '구매자 ID',
  buyer_phone: '구매자 연락처',
  recipient_name: '수취인',
  recipient_phone: '수취인 연락처',
  recipient_phone2: '수취인 연락처2',
  postcode: '우편번호',
  address: '주소',
  address_detail: '상세주소',
  memo: '배송메모',
  ordered_at: '주문일시',
  paid_at: '결제일시',
  ship_by: '발송기한',
  wished_on: '희망일',
  acknowledged_at: '발주확인일',
  dispatched_at: '발송일시',
};

const wordsOf: Partial<Record<ContentField, Record<string, string>>> = {
  status: statusNames,
  claim: claimNames,
  method: methodNames,
  kind: { main: '본상품', addon: '추가구성' },
};

/** A value as a person reads it; '없음' where there is none. */
export function fieldText(field: ContentField, value: Value): string {
  if (value === null || value === '') return '없음';
  const word = wordsOf[field]?.[String(value)];
  if (word) return word;
  if (field === 'amount' || field === 'shipping_fee') return `${won(Number(value))}원`;
  if (field.endsWith('_phone') || field === 'recipient_phone2') return formatPhone(String(value));
  return String(value).replace(/ 00:00:00$/, '');
}

const masks: Partial<Record<ContentField, (text: string) => string>> = {
  buyer_name: maskName,
  buyer_id: maskText,
  buyer_phone: maskPhone,
  recipient_name: maskName,
  recipient_phone: maskPhone,
  recipient_phone2: maskPhone,
  address: maskAddress,
  address_detail: maskText,
  memo: maskText,
};

/** The value as it is shown while its people are hidden. */
export function maskedValue(field: ContentField, value: Value): Value {
  const mask = masks[field];
  return mask && typeof value === 'string' ? mask(value) : value;
}

/** The fields that name or reach a person. */
export function isAboutPeople(field: ContentField): boolean {
  return masks[field] !== undefined;
}
