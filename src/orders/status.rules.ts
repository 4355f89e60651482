/** Where an order line stands. An open claim takes the line out of the usual way until it is settled. */
export const statuses = [
  'new',
  'acknowledged',
  'held',
  'claimed',
  'dispatched',
  'delivered',
  'confirmed',
  'cancelled',
  'returned',
  'exchanged',
] as const;
export type LineStatus = (typeof statuses)[number];

export const statusNames: Record<LineStatus, string> = {
  new: '신규',
  acknowledged: '발주확인',
  held: '보류',
  claimed: '클레임 요청',
  dispatched: '배송중',
  delivered: '배송완료',
  confirmed: '구매확정',
  cancelled: '취소',
  returned: '반품',
  exchanged: '교환',
};

export const claims = ['cancel_requested', 'return_requested', 'exchange_requested'] as const;
export type Claim = (typeof claims)[number];

export const claimNames: Record<Claim, string> = {
  cancel_requested: '취소 요청',
  return_requested: '반품 요청',
  exchange_requested: '교환 요청',
};

export const methods = ['direct', 'courier', 'pickup', 'quick', 'other', 'none'] as const;
export type DeliveryMethod = (typeof methods)[number];

export const methodNames: Record<DeliveryMethod, string> = {
  direct: '직접전달',
  courier: '택배',
  pickup: '방문수령',
  quick: '퀵서비스',
  other: '기타',
  none: '미정',
};

/** The usual way a line goes; a file that puts it further back than it is known to be is older than what we know. */
const way: readonly LineStatus[] = ['new', 'acknowledged', 'dispatched', 'delivered', 'confirmed'];
const ends: ReadonlySet<LineStatus> = new Set(['cancelled', 'returned', 'exchanged']);

/** True when the mall saying `next` about a line known to be `current` would turn time back. */
export function goesBack(current: LineStatus, next: LineStatus): boolean {
  if (current === next || next === 'claimed') return false;
  if (ends.has(current)) return true;
  const from = way.indexOf(current);
  const to = way.indexOf(next);
  return from >= 0 && to >= 0 && to < from;
}

/** True for a line that can still be sent: not sent yet, not cancelled, no claim open. */
export function canDispatch(status: LineStatus): boolean {
  return status === 'new' || status === 'acknowledged';
}
