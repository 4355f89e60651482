import { dateTime } from '#lib/dates.ts';
import { isMasked } from '#lib/masked.ts';
import { goesBack, type LineStatus } from './status.rules.ts';
import { type ContentField, contentFields, type LineContent, type LineRow } from './tables.ts';

export type Value = string | number | null;

/** One cell of a change-set: what we hold and what the file says. */
export interface Change {
  field: ContentField;
  before: Value;
  after: Value;
}

/** A cell where what we hold stays, and why. */
export interface KeptCell extends Change {
  why: 'older' | 'by_hand';
}

export interface Comparison {
  kind: 'new' | 'changed' | 'same' | 'conflict';
  changes: Change[];
  kept: KeptCell[];
}

/** Who someone is and where they live: a mall that leaves these empty has destroyed them, not corrected them. */
const personal: ReadonlySet<ContentField> = new Set([
  'buyer_name',
  'buyer_id',
  'buyer_phone',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'postcode',
  'address',
  'address_detail',
]);

/** Set together when a line is marked as sent; the mall's file still says the older thing until it is told. */
const told: ReadonlySet<ContentField> = new Set([
  'method',
  'method_text',
  'courier',
  'tracking_no',
  'dispatched_at',
]);

/**
 * What a file would change in a line. Fields the file does not have are left out of `incoming`. A masked or
 * emptied personal value changes nothing; what a hand set stays; a file older than what we know changes no status.
 */
export function compareLine(current: LineRow | undefined, incoming: Partial<LineContent>): Comparison {
  if (!current) return { kind: 'new', changes: [], kept: [] };

  const byHand = new Set(current.hand_fields === '' ? [] : current.hand_fields.split(','));
  const changes: Change[] = [];
  const kept: KeptCell[] = [];
  const statusStays = stays(current, incoming, byHand);

  for (const field of contentFields) {
    const given = incoming[field];
    if (given === undefined) continue;
    const before = plain(current[field]);
    const after = plain(given);
    if (before === after) continue;
    if (personal.has(field) && hidesRealValue(before, after)) continue;
    if (field === 'postcode' && lostZero(before, after)) continue;

    if (statusStays && isStatusCell(field)) {
      if (field === 'status' && statusStays === 'older') kept.push({ field, before, after, why: 'older' });
      continue;
    }
    if (byHand.has(field) && field !== 'status') {
      if (!saysNothing(field, after)) kept.push({ field, before, after, why: 'by_hand' });
      continue;
    }
    changes.push({ field, before, after });
  }

  const kind = kept.length > 0 ? 'conflict' : changes.length > 0 ? 'changed' : 'same';
  return { kind, changes, kept };
}

/** Where a person puts a line before the mall hears of it. */
const setByHand: ReadonlySet<LineStatus> = new Set(['acknowledged', 'held', 'dispatched']);

/** Why the status we hold outlives the file's, or false. */
function stays(
  current: LineRow,
  incoming: Partial<LineContent>,
  byHand: ReadonlySet<string>,
): false | 'older' | 'ahead' {
  const next = incoming.status;
  if (next === undefined || next === current.status) return false;
  if (byHand.has('status') && setByHand.has(current.status)) {
    return next === 'new' || next === 'acknowledged' ? 'ahead' : false;
  }
  return goesBack(current.status, next as LineStatus) ? 'older' : false;
}

function isStatusCell(field: ContentField): boolean {
  return field === 'status' || field === 'claim' || field === 'mall_status' || field === 'mall_detail';
}

function hidesRealValue(before: Value, after: Value): boolean {
  if (before === '' || before === null || isMasked(String(before))) return false;
  return after === '' || after === null || isMasked(String(after));
}

/** Excel takes 06236 for a number and saves 6236: the same code, less well written. */
function lostZero(before: Value, after: Value): boolean {
  return /^\d{4}$/.test(String(after)) && before === `0${after}`;
}

/** The mall's moment of dispatch is when it heard of ours: no other opinion. */
function saysNothing(field: ContentField, after: Value): boolean {
  return (
    field === 'dispatched_at' ||
    after === '' ||
    after === null ||
    (told.has(field) && (after === 'none' || after === 'courier'))
  );
}

function plain(value: LineContent[ContentField]): Value {
  return value instanceof Date ? dateTime(value) : value;
}
