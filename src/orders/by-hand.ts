import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { record } from '#lib/events.ts';
import { CountChanges } from './counts.ts';
import type { LineContent, LineRow, Moment } from './tables.ts';

/** What an act by hand sets on a line. */
export type HandValues = Partial<
  Pick<
    LineRow,
    | 'status'
    | 'method'
    | 'method_text'
    | 'courier'
    | 'tracking_no'
    | 'dispatched_at'
    | 'mall_report'
    | 'hand_fields'
    | CorrectedField
  >
>;

/** What a person corrects in an order that was entered by hand. */
export type CorrectedField =
  | 'channel_option_id'
  | 'method'
  | 'method_text'
  | 'quantity'
  | 'amount'
  | 'buyer_name'
  | 'buyer_phone'
  | 'recipient_name'
  | 'recipient_phone'
  | 'recipient_phone2'
  | 'postcode'
  | 'address'
  | 'address_detail'
  | 'memo'
  | 'paid_at'
  | 'ship_by'
  | 'wished_on';

export interface HandChange {
  line: LineRow;
  values: HandValues;
}

/** What the event of an act tells of each line: enough to say it in words and to take it back. */
export interface ActedLine {
  no: string;
  before: HandValues;
}

/**
 * Writes an act by hand on locked lines: the rows, the counts of the tabs and one event for each order, which keeps
 * what the lines were before.
 */
export async function changeByHand(
  tx: Ctx,
  event: string,
  changes: readonly HandChange[],
  data: Record<string, unknown> = {},
): Promise<void> {
  const counts = new CountChanges();
  for (const { line, values } of changes) {
    await tx
      .db('order_lines')
      .where({ id: line.id })
      .update({ ...values, revision: line.revision + 1 });
    counts.add(line, -1);
    counts.add({ ...line, ...values }, 1);
  }
  await counts.save(tx);

  for (const [orderId, acted] of Map.groupBy(changes, ({ line }) => line.order_id)) {
    await record(tx, event, 'order', orderId, { ...data, lines: acted.map(actedLine) });
  }
}

function actedLine({ line, values }: HandChange): ActedLine {
  const names = Object.keys(values) as (keyof HandValues)[];
  const before = Object.fromEntries(names.map((name) => [name, plain(line[name])]));
  return { no: line.line_no, before };
}

/** What lines were before the newest `event` that names them; lines without one are left out. */
export async function valuesBefore(
  tx: Ctx,
  event: string,
  lines: readonly LineRow[],
): Promise<Map<string, HandValues>> {
  const events: { data: string }[] = await tx
    .db('events')
    .where({ subject_type: 'order', name: event })
    .whereIn('subject_id', [...new Set(lines.map((line) => line.order_id))])
    .orderBy('id')
    .select('data');
  const acted = events.flatMap(({ data }) => (JSON.parse(data) as { lines: ActedLine[] }).lines);
  return new Map(acted.map(({ no, before }) => [no, before]));
}

/** The names in `hand_fields` and these: imports leave such fields alone. */
export function withHandFields(line: LineRow, fields: readonly (keyof LineContent)[]): string {
  const known = line.hand_fields === '' ? [] : line.hand_fields.split(',');
  return [...new Set([...known, ...fields])].join(',');
}

/** Where a line goes back to: a file may have told meanwhile that the mall knows it as acknowledged. */
export function statusToReturnTo(line: LineRow, before: HandValues | undefined): 'new' | 'acknowledged' {
  return before?.status === 'new' && line.acknowledged_at === null ? 'new' : 'acknowledged';
}

export function plain(value: Moment | number | undefined): string | number | null {
  return value instanceof Date ? dateTime(value) : (value ?? null);
}
