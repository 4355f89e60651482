import type { Layout } from '../layout.ts';
import {
  isSmartStoreAddon,
  smartStoreMethods,
  smartStoreStanding,
  smartStoreStatuses,
} from './smartstore-words.ts';

const known = {
  channel: 'smartstore',
  tells: 'standing',
  statuses: smartStoreStatuses,
  standing: smartStoreStanding,
  methods: smartStoreMethods,
  isAddon: isSmartStoreAddon,
} as const;

/** What all of these files have; buyers and receivers are masked in them, or have no address. */
const headers: Layout['headers'] = {
  lineNo: ['상품주문번호'],
  orderNo: ['주문번호'],
  status: ['주문상태'],
  productNo: ['상품번호'],
  productName: ['상품명'],
  productKind: ['상품종류'],
  option: ['옵션정보', '판매옵션정보'],
  quantity: ['수량'],
  quantityClaim: ['수량클레임 여부'],
  recipientName: ['수취인명'],
};

/** 주문조회: a line's claim stands in a column of its own. */
export const smartStoreQuery: Layout = {
  ...known,
  code: 'smartstore.query',
  name: '스마트스토어 주문조회',
  headers: { ...headers, detail: ['클레임상태'] },
  required: [['lineNo'], ['status'], ['detail'], ['productName']],
};

/** 구매확정내역: lines whose buyer has confirmed the purchase. */
export const smartStoreConfirmed: Layout = {
  ...known,
  code: 'smartstore.confirmed',
  name: '스마트스토어 구매확정내역',
  headers: {
    ...headers,
    method: ['배송방법'],
    courier: ['택배사'],
    trackingNo: ['송장번호'],
    dispatchedAt: ['발송처리일'],
    confirmedAt: ['구매확정일'],
  },
  required: [['lineNo'], ['status'], ['confirmedAt'], ['productName']],
};

/** 취소, 반품 and 교환 관리: the word of the claim counts. No shop's header was at hand, so they are known by names. */
export const smartStoreClaims: readonly Layout[] = (
  [
    ['cancels', '취소'],
    ['returns', '반품'],
    ['exchanges', '교환'],
  ] as const
).map(([code, word]) => ({
  ...known,
  code: `smartstore.${code}`,
  name: `스마트스토어 ${word}관리`,
  headers: {
    ...headers,
    detail: [`${word}처리상태`, `${word} 처리상태`, `${word}상태`, `${word} 상태`, `${word}진행상태`],
  },
  required: [['lineNo'], ['orderNo'], ['detail']],
}));
