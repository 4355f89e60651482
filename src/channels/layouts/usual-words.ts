import type { Claim, DeliveryMethod } from '#orders';
import type { Layout, Meaning, Said, Standing } from './layout.ts';

const ways: Record<string, { asked: Claim; done: Meaning }> = {
  취소: { asked: 'cancel_requested', done: 'cancelled' },
  반품: { asked: 'return_requested', done: 'returned' },
  교환: { asked: 'exchange_requested', done: 'exchanged' },
};
const askedSteps = ['요청', '신청', '접수', '승인', '진행', '진행중', '처리중', '중', '보류'];

/** What most malls write into their status column, without spaces. A claim given up again is left to a person. */
export const usualStatuses: Layout['statuses'] = {
  신규: 'new',
  신규주문: 'new',
  주문접수: 'new',
  결제완료: 'new',
  발송대기: 'new',
  배송요청: 'new',
  주문확인: 'acknowledged',
  발주확인: 'acknowledged',
  상품준비: 'acknowledged',
  상품준비중: 'acknowledged',
  배송준비: 'acknowledged',
  배송준비중: 'acknowledged',
  배송대기: 'acknowledged',
  배송지시: 'acknowledged',
  출고완료: 'dispatched',
  발송완료: 'dispatched',
  배송시작: 'dispatched',
  배송중: 'dispatched',
  배송완료: 'delivered',
  구매확정: 'confirmed',
  구매결정: 'confirmed',
  반품수거중: 'return_requested',
  반품수거완료: 'return_requested',
  교환수거중: 'exchange_requested',
  교환수거완료: 'exchange_requested',
  교환재배송중: 'exchange_requested',
  주문취소: 'cancelled',
  ...Object.fromEntries(
    Object.entries(ways).flatMap(([word, { asked, done }]) => [
      [word, done],
      [`${word}완료`, done],
      ...askedSteps.map((step) => [word + step, asked] as const),
    ]),
  ),
};

/** What most malls call the ways to deliver. */
export const usualMethods: Readonly<Record<string, DeliveryMethod>> = {
  택배: 'courier',
  택배배송: 'courier',
  '택배,등기,소포': 'courier',
  '우편(소포/등기)': 'courier',
  직접전달: 'direct',
  직접배송: 'direct',
  업체직접배송: 'direct',
  '직접전달(화물배달)': 'direct',
  '직접배송(화물배달)': 'direct',
  화물배달: 'direct',
  설치배송: 'direct',
  방문수령: 'pickup',
  퀵서비스: 'quick',
};

/** The status word says all; where there is none, the days on which something happened do. */
export function usualStanding({ status, claim, ...seen }: Said): Standing {
  if (claim) return { status: undefined, claim };
  if (status) return { status: status === 'new' && seen.acknowledged ? 'acknowledged' : status, claim: null };
  if (seen.confirmed) return { status: 'confirmed', claim: undefined };
  if (seen.delivered) return { status: 'delivered', claim: undefined };
  return { status: seen.dispatched ? 'dispatched' : undefined, claim: undefined };
}

export const noAddons: Layout['isAddon'] = () => false;
