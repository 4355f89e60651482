import type { Claim } from '#orders';
import type { Layout, MallStatus, Said, Standing } from './layout.ts';

/** SmartStore's 발주발송관리 export in all its forms since 2021; sellers choose and order the columns themselves. */
export const smartStore: Layout = {
  name: '스마트스토어 발주발송관리',
  headers: {
    lineNo: ['상품주문번호'],
    orderNo: ['주문번호'],
    status: ['주문상태'],
    detail: ['주문세부상태'],
    productNo: ['상품번호'],
    productName: ['상품명'],
    productKind: ['상품종류'],
    option: ['옵션정보'],
    optionCode: ['옵션관리코드'],
    sellerCode: ['판매자 상품코드'],
    quantity: ['수량'],
    quantityClaim: ['수량클레임 여부'],
    amount: ['최종 상품별 총 주문금액', '상품별 총 주문금액'],
    optionPrice: ['옵션가격'],
    unitPrice: ['상품가격'],
    // What the seller ships with, before what the buyer asked for.
    method: ['배송방법', '배송방법(구매자 요청)'],
    courier: ['택배사'],
    trackingNo: ['송장번호'],
    bundleNo: ['배송비 묶음번호'],
    shippingFee: ['배송비 합계'],
    buyerName: ['구매자명'],
    buyerId: ['구매자ID'],
    buyerPhone: ['구매자연락처'],
    recipientName: ['수취인명'],
    recipientPhone: ['수취인연락처1'],
    recipientPhone2: ['수취인연락처2'],
    postcode: ['우편번호'],
    baseAddress: ['기본배송지'],
    detailAddress: ['상세배송지'],
    wholeAddress: ['통합배송지', '배송지'],
    memo: ['배송메세지', '배송메시지'],
    orderedAt: ['주문일시'],
    paidAt: ['결제일'],
    shipBy: ['발송기한'],
    wishedOn: ['배송희망일'],
    acknowledgedAt: ['발주확인일'],
    // not 발송일: it is filled while a line still waits
    dispatchedAt: ['발송처리일'],
  },
  required: [
    ['lineNo'],
    ['orderNo'],
    ['status'],
    ['productNo'],
    ['productName'],
    ['quantity'],
    ['recipientName'],
    ['recipientPhone'],
    ['postcode'],
    ['wholeAddress', 'baseAddress'],
  ],
  statuses: {
    발송대기: 'new',
    결제완료: 'new',
    배송준비: 'acknowledged',
    배송중: 'dispatched',
    배송완료: 'delivered',
    구매확정: 'confirmed',
    취소: 'cancelled',
    취소완료: 'cancelled',
    반품: 'returned',
    반품완료: 'returned',
    교환: 'exchanged',
    교환완료: 'exchanged',
  },
  standing,
  methods: {
    '택배,등기,소포': 'courier',
    택배: 'courier',
    직접전달: 'direct',
    직접배송: 'direct',
    '직접배송(화물배달)': 'direct',
    방문수령: 'pickup',
    퀵서비스: 'quick',
  },
  /** Where the file does not say, an add-on's option value is its own name: `추가상품: 방수 커버`. */
  isAddon({ kind, name, option }) {
    if (kind !== '') return kind === '추가구성상품';
    const value = option.slice(option.indexOf(': ') + 2).trim();
    return option.includes(': ') && value === name;
  },
};

const closed: ReadonlySet<MallStatus> = new Set(['cancelled', 'returned', 'exchanged']);
const acknowledgedDetails = new Set(['발주확인', '배송준비', '배송준비중', '발송지연', '배송지연']);

/** Details that say no more than the status does. */
const plainDetails = new Set([
  '',
  '신규주문',
  '결제완료',
  '발송대기',
  '배송중',
  '배송완료',
  '구매확정',
  '구매확정요청',
  '구매확정보류',
  '구매확정보류해제',
  '구매확정연장',
  '미수령신고',
  '미수령신고철회',
  '취소',
  '반품',
  '교환',
]);

const step = '요청|접수|승인|처리중|진행중|완료|거부|철회|보류|해제|수거|지시|대기|중|재배송|배송';
const claimDetail = new RegExp(`^(?:직권)?(취소|반품|교환|수거)((?:${step})+)$`);

const claims: Readonly<Record<string, Claim>> = {
  취소: 'cancel_requested',
  반품: 'return_requested',
  수거: 'return_requested',
  교환: 'exchange_requested',
};
const outcomes: Readonly<Record<string, MallStatus>> = {
  취소완료: 'cancelled',
  반품완료: 'returned',
  교환완료: 'exchanged',
  교환재배송완료: 'exchanged',
};

/** The status says how far a line has come, the detail whether the buyer asks for it back and how that stands. */
function standing({ status, detail, acknowledged }: Said): Standing | undefined {
  const word = detail.replace(/\s+/g, '');
  const base = status === 'new' && (acknowledged || acknowledgedDetails.has(word)) ? 'acknowledged' : status;
  if (plainDetails.has(word) || acknowledgedDetails.has(word)) return { status: base, claim: null };

  const [, what, steps] = claimDetail.exec(word) ?? [];
  if (what === undefined || steps === undefined) return undefined;
  if (closed.has(base)) return { status: base, claim: null };
  const outcome = outcomes[word.replace(/^직권/, '')];
  if (outcome) return { status: outcome, claim: null };
  const over = /(거부|철회|보류해제)$/.test(steps);
  return { status: base, claim: over ? null : claims[what]! };
}
