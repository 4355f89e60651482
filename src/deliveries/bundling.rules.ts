import { createHash } from 'node:crypto';
import { day } from '#lib/dates.ts';
import { isMasked } from '#lib/masked.ts';
import type { LineContent, LineStatus, Moment } from '#orders';

export const deliveryStates = [
  'waiting',
  'partial',
  'dispatched',
  'delivered',
  'returned',
  'cancelled',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const deliveryStateNames: Record<DeliveryState, string> = {
  waiting: '대기',
  partial: '일부 출고',
  dispatched: '배송중',
  delivered: '배송완료',
  returned: '반품',
  cancelled: '취소',
};

/** What bundling needs to know of a line. */
export type BundleLine = LineContent & { line_no: string; added: 0 | 1 };

/** Only what our own people bring is a delivery; parcels and pick-ups never bundle with it. */
export function isDirect(line: Pick<LineContent, 'method'>): boolean {
  return line.method === 'direct';
}

/** The mall's bundle number, or the order where the mall gave none. */
export function bundleKey(line: Pick<LineContent, 'bundle_no' | 'order_no'>): string {
  return line.bundle_no || `order:${line.order_no}`;
}

const noHome = Buffer.alloc(16);

/**
 * The same recipient, phone and address give the same 16 bytes. A 050 safe number differs from order to order, so
 * the buyer's phone stands in for it. All zeros, which match nothing, where a part is missing or masked.
 */
export function homeKey(
  line: Pick<
    LineContent,
    'recipient_name' | 'recipient_phone' | 'buyer_phone' | 'postcode' | 'address' | 'address_detail'
  >,
): Buffer {
  const name = squeeze(line.recipient_name);
  const phone = line.recipient_phone.startsWith('050') ? `buyer ${line.buyer_phone}` : line.recipient_phone;
  const address = squeeze(line.address + line.address_detail);
  const known = name !== '' && phone.length > 6 && address !== '' && ![name, phone, address].some(isMasked);
  return known ? createHash('md5').update([name, phone, address].join('\n')).digest() : noHome;
}

export function hasHome(key: Buffer): boolean {
  return !key.equals(noHome);
}

function squeeze(text: string): string {
  if (text === '') return '';
  return text
    .normalize('NFKC')
    .replace(/[\s,.()[\]·-]/g, '')
    .toLowerCase();
}

/** A delivery as its lines make it; everything but where it lies. */
export interface DeliverySummary {
  state: DeliveryState;
  home_key: Buffer;
  recipient_name: string;
  recipient_phone: string;
  recipient_phone2: string;
  buyer_name: string;
  buyer_phone: string;
  address: string;
  address_detail: string;
  address_differs: 0 | 1;
  memo: string;
  ordered_on: string | null;
  ship_by: string | null;
  wished_on: string | null;
  line_count: number;
  live_count: number;
  added_count: number;
  returned_count: number;
  exchanged_count: number;
  cancelled_count: number;
}

/**
 * Sums up the lines of one delivery, whatever order they come in. Recipient and address are those of the line that
 * was ordered first among the lines still wanted. `postcode` is that line's, as the mall wrote it. `homeOf` is for
 * those who know the home of a line already.
 */
export function summarise(
  lines: readonly BundleLine[],
  homeOf: (line: BundleLine) => Buffer = homeKey,
): DeliverySummary & { postcode: string } {
  const wanted = lines.filter((line) => line.status !== 'cancelled');
  const inOrder = [...(wanted.length > 0 ? wanted : lines)].sort(byOrderTime);
  const first = inOrder[0];
  if (!first) throw new Error('a delivery without lines has no summary');

  return {
    state: stateOf(lines.map((line) => line.status)),
    home_key: homeOf(first),
    recipient_name: first.recipient_name,
    recipient_phone: first.recipient_phone,
    recipient_phone2: first.recipient_phone2,
    buyer_name: first.buyer_name,
    buyer_phone: first.buyer_phone,
    postcode: first.postcode,
    address: first.address,
    address_detail: first.address_detail,
    address_differs: inOrder.some((line) => differs(line, first)) ? 1 : 0,
    memo: [...new Set(inOrder.map((line) => line.memo).filter((memo) => memo !== ''))]
      .join(' / ')
      .slice(0, 1000),
    ordered_on: earliest(inOrder.map((line) => line.ordered_at)),
    ship_by: earliest(inOrder.map((line) => line.ship_by)),
    wished_on: earliest(inOrder.map((line) => line.wished_on)),
    line_count: lines.length,
    live_count: wanted.length,
    added_count: wanted.filter((line) => line.added).length,
    returned_count: wanted.filter((line) => line.status === 'returned' || line.claim === 'return_requested')
      .length,
    exchanged_count: wanted.filter(
      (line) => line.status === 'exchanged' || line.claim === 'exchange_requested',
    ).length,
    cancelled_count: lines.filter((line) => line.status === 'cancelled' || line.claim === 'cancel_requested')
      .length,
  };
}

/** A cancelled line leaves its siblings alone; with nothing left the delivery is cancelled, not gone. */
export function stateOf(statuses: readonly LineStatus[]): DeliveryState {
  const wanted = statuses.filter((status) => status !== 'cancelled');
  if (wanted.length === 0) return 'cancelled';
  if (wanted.every((status) => status === 'returned')) return 'returned';

  const atHome = wanted.filter((status) =>
    ['new', 'acknowledged', 'held', 'claimed'].includes(status),
  ).length;
  if (atHome === wanted.length) return 'waiting';
  if (atHome > 0) return 'partial';
  return wanted.includes('dispatched') ? 'dispatched' : 'delivered';
}

/** A later order joins a home's delivery only while something of it still has to go out. */
export function isOpen(state: DeliveryState): boolean {
  return state === 'waiting' || state === 'partial';
}

/** Order time, then line number: never the order in which a file or the database gives them. */
export function byOrderTime(
  a: { ordered_at: Moment; line_no: string },
  b: { ordered_at: Moment; line_no: string },
): number {
  return compare(momentText(a.ordered_at), momentText(b.ordered_at)) || compare(a.line_no, b.line_no);
}

/** By code unit: numbers and moments need no dictionary. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function differs(line: BundleLine, first: BundleLine): boolean {
  if (line === first) return false;
  return (
    isOther(line.recipient_name, first.recipient_name) ||
    isOther(line.address + line.address_detail, first.address + first.address_detail)
  );
}

function isOther(a: string, b: string): boolean {
  return a !== b && squeeze(a) !== squeeze(b);
}

function earliest(moments: readonly Moment[]): string | null {
  const days = moments.filter((moment) => moment !== null).map((moment) => momentText(moment).slice(0, 10));
  return days.length === 0 ? null : days.reduce((a, b) => (a < b ? a : b));
}

function momentText(moment: Moment): string {
  if (moment === null) return '';
  return moment instanceof Date ? `${day(moment)} ${moment.toTimeString().slice(0, 8)}` : moment;
}
