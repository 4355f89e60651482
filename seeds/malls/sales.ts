import { type SmartStoreLine, smartStoreLines } from '../smartstore-file.ts';

/** One line sold, in no mall's words; the malls' files are made of these. */
export interface Sale {
  /** Counts the lines of the shop from 0. */
  at: number;
  /** Of the order: eight digits of a day and eight more. */
  order: string;
  /** The place of the line in its order, from 1, main products first. */
  serial: number;
  addon: boolean;
  productNo: string;
  product: string;
  option: string;
  code: string;
  quantity: number;
  price: number;
  amount: number;
  fee: number;
  buyer: string;
  buyerPhone: string;
  recipient: string;
  phone: string;
  postcode: string;
  base: string;
  detail: string;
  memo: string;
  /** `2026-11-21 09:05:00` */
  orderedAt: string;
  paidAt: string;
  shipBy: string;
  sold: SmartStoreLine;
}

/** When the orders came in, and until when they are listed. */
export interface SalesDays {
  from: string;
  days: number;
  asOf: string;
}

const usualDays: SalesDays = { from: '2026-11-10', days: 9, asOf: '2026-11-19 23:00:00' };

/** What a bed shop sold: Korean names, postal codes that exist, beds with their add-ons. Open orders only. */
export function sales(orders = 60, seed = 3, days = usualDays): Sale[] {
  const lines = [...smartStoreLines({ orders, seed, ...days })].filter(
    (line) => line.주문상태 === '발송대기' && !String(line.주문세부상태).startsWith('취소'),
  );
  const byOrder = Map.groupBy(lines.reverse(), (line) => String(line.주문번호));
  let at = 0;
  return [...byOrder.values()].flatMap((order) => order.map((line, index) => saleOf(line, at++, index + 1)));
}

/** Fourteen digits that stand for a sale at a mall. */
export function numbered(prefix: string, { sold }: Sale): string {
  return prefix + String(sold.상품주문번호).slice(4);
}

/** The address in one cell. */
export function whole({ base, detail }: Sale): string {
  return `${base} ${detail}`.trim();
}

function saleOf(line: SmartStoreLine, at: number, serial: number): Sale {
  const text = (column: keyof SmartStoreLine) => String(line[column] ?? '');
  return {
    at,
    order: text('주문번호'),
    serial,
    addon: line.상품종류 === '추가구성상품',
    productNo: text('상품번호'),
    product: text('상품명'),
    option: text('옵션정보'),
    code: text('옵션관리코드'),
    quantity: Number(line.수량),
    price: Number(line.상품가격),
    amount: Number(line['최종 상품별 총 주문금액']),
    fee: Number(line['배송비 합계']),
    buyer: text('구매자명'),
    buyerPhone: text('구매자연락처'),
    recipient: text('수취인명'),
    phone: text('수취인연락처1'),
    postcode: text('우편번호'),
    base: text('기본배송지'),
    detail: text('상세배송지'),
    memo: text('배송메세지'),
    orderedAt: text('주문일시'),
    paidAt: text('결제일'),
    shipBy: text('발송기한'),
    sold: line,
  };
}
