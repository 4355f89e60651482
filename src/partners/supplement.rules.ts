import { formatPhone } from '#lib/phone.ts';
import { type Claim, type LineStatus, methodNames } from '#orders';
import type { RowKind, SheetLine } from './fields.rules.ts';

/** What the partner believes of a line it was sent: to be made, to be kept waiting, not to be made. */
export type Standing = 'live' | 'held' | 'cancelled';

/** A cell the partner knows otherwise. */
export interface CellChange {
  key: keyof SheetLine;
  name: string;
  before: string;
  after: string;
}

/** What the partner was told of a line. */
export interface Told {
  standing: Standing;
  line: SheetLine;
}

/** The line as it is now; undefined when it is no longer there. */
export interface Present {
  line: SheetLine;
  status: LineStatus;
  claim: Claim | null;
  /** The partner its product belongs to, null when it is ours. */
  owner_id: number | null;
  owner_name: string | null;
}

/** What the partner has to be told of a line. */
export interface News {
  kind: Extract<RowKind, 'changed' | 'resumed' | 'held' | 'cancelled'>;
  standing: Standing;
  /** The values the sheet shows: of a line that is not to be made those the partner knows. */
  line: SheetLine;
  changes: CellChange[];
  /** Why, where the cells do not say it. */
  note: string;
}

/**
 * What changed for the partner since it was last told; undefined when nothing did. A line on its way is past being
 * changed. A product that was merely given another name is the product that was ordered.
 */
export function newsOf(told: Told, now: Present | undefined, partnerId: number): News | undefined {
  const stop = stopOf(told, now, partnerId);
  if (stop) {
    if (told.standing === stop.standing || told.standing === 'cancelled') return undefined;
    return {
      kind: stop.standing,
      standing: stop.standing,
      line: told.line,
      changes: [],
      note: stop.note,
    };
  }
  if (told.standing === 'cancelled' || !now) return undefined;
  const resumed = told.standing === 'held';
  if (isOnItsWay(now.status) && !resumed) return undefined;
  const changes = changedCells(told.line, now.line);
  if (!resumed && changes.length === 0) return undefined;
  return { kind: resumed ? 'resumed' : 'changed', standing: 'live', line: now.line, changes, note: '' };
}

/** Why a line is not to be made now, if so. */
function stopOf(
  told: Told,
  now: Present | undefined,
  partnerId: number,
): { standing: 'held' | 'cancelled'; note: string } | undefined {
  if (!now) return { standing: 'cancelled', note: '주문이 없어짐' };
  if (now.status === 'cancelled') return { standing: 'cancelled', note: '주문 취소' };
  if (now.status === 'held') return { standing: 'held', note: '주문 보류' };
  if (now.status === 'claimed' && now.claim === 'cancel_requested') {
    return { standing: 'held', note: '취소 요청 중' };
  }
  const isOther = isOtherProduct(told.line, now.line) && now.owner_id !== partnerId;
  if (isOther && !isOnItsWay(now.status)) {
    return {
      standing: 'cancelled',
      note: now.owner_name === null ? '자체 상품으로 바뀜' : '다른 협력사 상품으로 바뀜',
    };
  }
  return undefined;
}

/** One that was taken back with its import and found again is another row of the same name. */
function isOtherProduct(before: SheetLine, after: SheetLine): boolean {
  return before.product_id !== after.product_id && before.product !== after.product;
}

function isOnItsWay(status: LineStatus): boolean {
  return status !== 'new' && status !== 'acknowledged' && status !== 'held';
}

/** The cells of a line that a partner acts on. */
const watched = {
  quantity: '수량',
  recipient_name: '수취인',
  recipient_phone: '연락처',
  recipient_phone2: '연락처2',
  postcode: '우편번호',
  address: '주소',
  address_detail: '상세주소',
  memo: '배송메모',
  method: '배송방법',
  ship_by: '발송기한',
  wished_on: '희망일',
} as const satisfies Partial<Record<keyof SheetLine, string>>;

export function changedCells(before: SheetLine, after: SheetLine): CellChange[] {
  const changes: CellChange[] = [];
  if (before.option_id !== after.option_id) {
    if (before.product !== after.product) {
      changes.push({ key: 'product', name: '상품명', before: before.product, after: after.product });
    }
    if (before.option !== after.option) {
      changes.push({ key: 'option', name: '옵션명', before: before.option, after: after.option });
    }
  }
  for (const [key, name] of Object.entries(watched) as [keyof typeof watched, string][]) {
    if (before[key] !== after[key]) {
      changes.push({ key, name, before: cellText(key, before), after: cellText(key, after) });
    }
  }
  return changes;
}

function cellText(key: keyof typeof watched, line: SheetLine): string {
  if (key === 'method') return methodNames[line.method];
  if (key === 'recipient_phone' || key === 'recipient_phone2') return formatPhone(line[key]);
  return String(line[key]);
}

/** '수취인: 김하나 → 이두리 / 주소: …', or why the line stops: one cell of the sheet. */
export function changesInWords(news: { changes: readonly CellChange[]; note: string }): string {
  const cells = news.changes.map(
    ({ name, before, after }) => `${name}: ${before || '없음'} → ${after || '없음'}`,
  );
  return [news.note, ...cells].filter(Boolean).join(' / ');
}
