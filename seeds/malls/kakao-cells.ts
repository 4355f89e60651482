import { numbered, type Sale, whole } from './sales.ts';

/** Every fifth is a gift whose receiver has not said yet where to. */
export const waitsForAddress = ({ at }: Sale) => at % 5 === 0;

const packed = (moment: string) => moment.replace(/\D/g, '');

/** A sale as 카카오톡 톡스토어 lists it. */
export function kakaoCells(sale: Sale): Record<string, string | number> {
  const known = (text: string) => (waitsForAddress(sale) ? '' : text);
  return {
    결제번호: numbered('20', sale),
    '배송지/수신자정보 입력일': known(packed(sale.paidAt)),
    주문상태: '배송준비중',
    주문번호: numbered('14', sale),
    채널상품번호: sale.productNo,
    상품명: sale.product,
    옵션: sale.option,
    수량: sale.quantity,
    배송방법: '택배배송',
    수령인명: known(sale.recipient),
    수령인연락처1: known(packed(sale.phone)),
    '하이픈포함 수령인연락처1': known(sale.phone),
    배송지주소: known(whole(sale)),
    우편번호: known(sale.postcode),
    배송메세지: sale.memo,
    주문일: packed(sale.orderedAt),
    상품금액: sale.price,
    정산기준금액: sale.amount,
  };
}
