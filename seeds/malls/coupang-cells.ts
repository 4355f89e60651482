import { coupang40 } from './columns.ts';
import { numbered, type Sale, whole } from './sales.ts';

export const coupangItem = (sale: Sale) => numbered('84', sale);
export const coupangBox = (sale: Sale) => `6${sale.order.slice(4)}`;

/** A sale as 쿠팡 lists it for delivery; all of it is text, also what counts. */
export function coupangCells(sale: Sale, header: readonly string[] = coupang40): Record<string, string> {
  return {
    번호: String(sale.at + 1),
    묶음배송번호: coupangBox(sale),
    주문번호: sale.order.replace(/\D/g, ''),
    택배사: 'CJ 대한통운',
    '분리배송 Y/N': '분리배송불가',
    '주문시 출고예정일': sale.shipBy.slice(0, 10),
    주문일: sale.orderedAt,
    등록상품명: sale.product,
    등록옵션명: sale.option,
    '노출상품명(옵션명)': `${sale.product}, ${sale.option}`,
    노출상품ID: sale.productNo,
    옵션ID: coupangItem(sale),
    [header === coupang40 ? '최초등록등록상품명/옵션명' : '최초등록옵션명']: `${sale.product}/${sale.option}`,
    업체상품코드: sale.code,
    결제액: String(sale.amount),
    배송비구분: '무료배송',
    배송비: '0',
    '도서산간 추가배송비': '0',
    '구매수(수량)': String(sale.quantity),
    '옵션판매가(판매단가)': String(sale.price),
    구매자: sale.buyer,
    구매자전화번호: sale.buyerPhone,
    수취인이름: sale.recipient,
    수취인전화번호: sale.phone,
    우편번호: sale.postcode,
    '수취인 주소': whole(sale),
    배송메세지: sale.memo,
    결제위치: '모바일',
    배송유형: '판매자 배송',
  };
}
