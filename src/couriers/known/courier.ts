/** What can stand in a column of a courier's sheet. */
export const fields = {
  blank: '비워 둠',
  text: '정해 둔 글자',
  name: '받는 분 이름',
  phone: '받는 분 전화',
  phone2: '받는 분 다른 전화',
  postcode: '받는 분 우편번호',
  address: '받는 분 주소',
  items: '품목',
  itemsWithNo: '품목과 우리 번호',
  boxes: '박스 수',
  quantity: '수량 합계',
  memo: '배송메시지',
  parcelNo: '우리 번호',
  orderNo: '몰의 주문번호',
  channel: '채널',
  buyer: '주문한 분',
  today: '오늘 날짜',
  senderName: '보내는 분 이름',
  senderPhone: '보내는 분 전화',
  senderPhone2: '보내는 분 다른 전화',
  senderPostcode: '보내는 분 우편번호',
  senderAddress: '보내는 분 주소',
} as const;
export type Field = keyof typeof fields;

export interface TemplateColumn {
  title: string;
  field: Field;
  /** What stands there when the field is `text`. */
  text: string;
}

/** A courier's upload sheet. Each courier lets its customers arrange the columns, so the shop may change all of it. */
export interface Template {
  container: 'xlsx' | 'xls';
  /** The longest text of items the courier takes; what goes beyond is counted: `외 2건`. */
  itemLength: number;
  columns: TemplateColumn[];
}

/** A courier: how its upload sheet looks from the start, and how its result file is told and read. */
export interface Courier {
  code: string;
  /** As order lines name it. */
  name: string;
  template: Template;
  /** Headers of its files, spaces left out; the more of them stand in a row, the surer it is the courier's. */
  headers: readonly string[];
  /** Where a result file has what. The first header that stands there counts; all of `phones` do. */
  result: Record<'trackingNo' | 'orderNo' | 'name' | 'phones' | 'address' | 'items', readonly string[]>;
  /** How many digits its tracking numbers have, loosely. */
  digits: readonly [number, number];
}

export const column = (title: string, field: Field = 'blank', text = ''): TemplateColumn => ({
  title,
  field,
  text,
});
