import { maskHome, maskName, maskPhone } from '#lib/masking.ts';
import { formatPhone } from '#lib/phone.ts';
import { type DeliveryMethod, methodNames } from '#orders';

/** A line as a sheet freezes it. Days are `2026-11-21`, phones digits, money won. */
export interface SheetLine {
  line_no: string;
  channel_id: number;
  line_id: number;
  revision: number;
  channel: string;
  order_id: number;
  order_no: string;
  product_id: number;
  option_id: number;
  product: string;
  option: string;
  kind: 'main' | 'addon';
  quantity: number;
  amount: number;
  buyer_name: string;
  buyer_phone: string;
  recipient_name: string;
  recipient_phone: string;
  recipient_phone2: string;
  postcode: string;
  address: string;
  address_detail: string;
  sido: string;
  sigungu: string;
  memo: string;
  method: DeliveryMethod;
  bundle_no: string;
  ordered_on: string;
  ship_by: string;
  wished_on: string;
}

/** What a row of a sheet is for the partner. */
export const rowKinds = ['new', 'again', 'added', 'changed', 'resumed', 'held', 'cancelled'] as const;
export type RowKind = (typeof rowKinds)[number];

export const rowKindNames: Record<RowKind, string> = {
  new: '신규',
  again: '재발송',
  added: '추가',
  changed: '변경',
  resumed: '보류 해제',
  held: '보류',
  cancelled: '취소',
};

/** Where a row stands: what a field may tell besides the line itself. */
export interface RowPlace {
  /** '12' or '12-2'. */
  number: string;
  day: string;
  position: number;
  kind: RowKind;
}

export interface Field {
  name: string;
  /** Numbers may stand in the sheet as numbers. */
  type: 'text' | 'number' | 'phone';
  of: (line: SheetLine, place: RowPlace) => string | number;
}

/** What a column of a sheet can show, in the order the editor offers it. */
export const fields = {
  number: { name: '발주번호', type: 'text', of: (_line, place) => place.number },
  day: { name: '발주일', type: 'text', of: (_line, place) => place.day },
  position: { name: '순번', type: 'number', of: (_line, place) => place.position },
  row_kind: { name: '구분', type: 'text', of: (_line, place) => rowKindNames[place.kind] },
  channel: { name: '채널', type: 'text', of: (line) => line.channel },
  order_no: { name: '주문번호', type: 'text', of: (line) => line.order_no },
  line_no: { name: '상품주문번호', type: 'text', of: (line) => line.line_no },
  product: { name: '상품명', type: 'text', of: (line) => line.product },
  option: { name: '옵션명', type: 'text', of: (line) => line.option },
  goods: {
    name: '상품명 + 옵션명',
    type: 'text',
    of: (line) => [line.product, line.option].filter(Boolean).join(' / '),
  },
  kind: { name: '상품구분', type: 'text', of: (line) => (line.kind === 'addon' ? '추가구성' : '본상품') },
  quantity: { name: '수량', type: 'number', of: (line) => line.quantity },
  recipient_name: { name: '수취인', type: 'text', of: (line) => line.recipient_name },
  recipient_phone: { name: '연락처', type: 'phone', of: (line) => line.recipient_phone },
  recipient_phone2: { name: '연락처2', type: 'phone', of: (line) => line.recipient_phone2 },
  postcode: { name: '우편번호', type: 'text', of: (line) => line.postcode },
  address: { name: '주소', type: 'text', of: (line) => line.address },
  address_detail: { name: '상세주소', type: 'text', of: (line) => line.address_detail },
  full_address: {
    name: '주소 + 상세주소',
    type: 'text',
    of: (line) => [line.address, line.address_detail].filter(Boolean).join(' '),
  },
  sido: { name: '시도', type: 'text', of: (line) => line.sido },
  sigungu: { name: '시군구', type: 'text', of: (line) => line.sigungu },
  memo: { name: '배송메모', type: 'text', of: (line) => line.memo },
  method: { name: '배송방법', type: 'text', of: (line) => methodNames[line.method] },
  ordered_on: { name: '주문일', type: 'text', of: (line) => line.ordered_on },
  ship_by: { name: '발송기한', type: 'text', of: (line) => line.ship_by },
  wished_on: { name: '희망일', type: 'text', of: (line) => line.wished_on },
  amount: { name: '금액', type: 'number', of: (line) => line.amount },
  buyer_name: { name: '주문자', type: 'text', of: (line) => line.buyer_name },
  buyer_phone: { name: '주문자 연락처', type: 'phone', of: (line) => line.buyer_phone },
  bundle_no: { name: '묶음번호', type: 'text', of: (line) => line.bundle_no },
} as const satisfies Record<string, Field>;

export type FieldKey = keyof typeof fields;

export function isFieldKey(text: string): text is FieldKey {
  return Object.hasOwn(fields, text);
}

/** How a column writes its value: `digits` leaves the hyphens of a phone out. */
export const formats = ['text', 'number', 'digits'] as const;
export type Format = (typeof formats)[number];

export const formatNames: Record<Format, string> = { text: '글자', number: '숫자', digits: '숫자만(글자)' };

export function fieldValue(key: FieldKey, format: Format, line: SheetLine, place: RowPlace): string | number {
  const field: Field = fields[key];
  const value = field.of(line, place);
  if (format === 'number' && field.type === 'number') return value;
  if (format === 'digits') return String(value).replace(/\D/g, '');
  return field.type === 'phone' ? formatPhone(String(value)) : String(value);
}

/** For those who may not know the people: a sheet still shows which rows belong together. */
export function maskedLine(line: SheetLine): SheetLine {
  return {
    ...line,
    buyer_name: maskName(line.buyer_name),
    buyer_phone: maskPhone(line.buyer_phone),
    recipient_name: maskName(line.recipient_name),
    recipient_phone: maskPhone(line.recipient_phone),
    recipient_phone2: maskPhone(line.recipient_phone2),
    ...maskHome(line),
    memo: line.memo === '' ? '' : '***',
  };
}
