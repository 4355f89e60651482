import { type Claim, claimNames, type LineStatus, statusNames } from '#orders';
import type { DeliveryState } from './bundling.rules.ts';

/** One line of a delivery as a person reads it. */
export interface DeliveryItem {
  line_id: number;
  line_no: string;
  order_id: number;
  order_no: string;
  kind: 'main' | 'addon';
  main_line_no: string | null;
  name: string;
  quantity: number;
  status: LineStatus;
  claim: Claim | null;
  joined_by: 'bundle' | 'home' | null;
  added: 0 | 1;
  memo: string;
  ordered_at: Date | null;
  created_at: Date;
}

/** Add-ons stand under their main product; otherwise order time, then line number. */
export function arrangeItems(items: readonly DeliveryItem[]): DeliveryItem[] {
  const inOrder = [...items].sort(byOrder);
  const mains = new Set(inOrder.filter((item) => item.kind === 'main').map((item) => item.line_no));
  const hangs = (item: DeliveryItem) =>
    item.kind === 'addon' && item.main_line_no !== null && mains.has(item.main_line_no);
  return inOrder
    .filter((item) => !hangs(item))
    .flatMap((item) => [
      item,
      ...inOrder.filter((other) => hangs(other) && other.main_line_no === item.line_no),
    ]);
}

/** '기본 매트리스' and '퀸(Q)' → '기본 매트리스 퀸(Q)'; add-ons have a product name only. */
export function itemName(product: string | null, option: string | null): string {
  return [product, option].filter(Boolean).join(' ') || '이름 없는 상품';
}

/** Not to be delivered any more. */
export function isCancelled(item: Pick<DeliveryItem, 'status'>): boolean {
  return item.status === 'cancelled';
}

/** What is out of the ordinary about a line of a delivery in this state. */
export function itemMarks(
  item: Pick<DeliveryItem, 'status' | 'claim' | 'added'>,
  state: DeliveryState,
): string[] {
  const marks: string[] = [];
  if (item.added && !isCancelled(item)) marks.push('추가');
  if (item.status === 'claimed' && item.claim) marks.push(claimNames[item.claim]);
  else if (state === 'partial' ? !isUsual(item.status) : !isUsual(item.status) && !isSent(item.status)) {
    marks.push(statusNames[item.status]);
  }
  return marks;
}

function isUsual(status: LineStatus): boolean {
  return status === 'new' || status === 'acknowledged';
}

function isSent(status: LineStatus): boolean {
  return status === 'dispatched' || status === 'delivered' || status === 'confirmed';
}

function byOrder(a: DeliveryItem, b: DeliveryItem): number {
  const time = (a.ordered_at?.getTime() ?? 0) - (b.ordered_at?.getTime() ?? 0);
  return time || (a.line_no < b.line_no ? -1 : 1);
}
