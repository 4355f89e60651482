import type { Claim } from '#orders';
import type { Layout, MallStatus, Said, Standing } from '../layout.ts';

export const smartStoreStatuses: Layout['statuses'] = {
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
};

export const smartStoreMethods: Layout['methods'] = {
  '택배,등기,소포': 'courier',
  택배: 'courier',
  직접전달: 'direct',
  직접배송: 'direct',
  '직접배송(화물배달)': 'direct',
  방문수령: 'pickup',
  퀵서비스: 'quick',
};

/** Where the file does not say, an add-on's option value is its own name: `추가상품: 방수 커버`. */
export const isSmartStoreAddon: Layout['isAddon'] = ({ kind, name, option }) => {
  if (kind !== '') return kind === '추가구성상품';
  const value = option.slice(option.indexOf(': ') + 2).trim();
  return option.includes(': ') && value === name;
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

/**
 * The status says how far a line has come, the detail whether the buyer asks for it back and how that stands. A claim
 * about some pieces only leaves the line where it is.
 */
export function smartStoreStanding({ status, detail, acknowledged, partial }: Said): Standing | undefined {
  const word = (detail ?? '').replace(/\s+/g, '');
  const seen = acknowledged || acknowledgedDetails.has(word);
  const base = status === 'new' && seen ? 'acknowledged' : status;
  const told = detail === undefined ? undefined : null;
  if (plainDetails.has(word) || acknowledgedDetails.has(word)) return { status: base, claim: told };

  const [, what, steps] = claimDetail.exec(word) ?? [];
  if (what === undefined || steps === undefined) return undefined;
  if (base && closed.has(base)) return { status: base, claim: null };
  const outcome = outcomes[word.replace(/^직권/, '')];
  if (partial && base && outcome) return { status: base, claim: null };
  if (outcome) return { status: outcome, claim: null };
  const over = /(거부|철회|보류해제)$/.test(steps);
  // without a status nobody can say where a line goes back to
  if (over && !base) return undefined;
  return { status: base, claim: over ? null : claims[what]! };
}
