import type { Knex } from 'knex';
import type { Snapshot } from '#lib/batches.ts';
import { withinScope } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import { publicId } from '#lib/versions.ts';
import { type LineRow, visibleLines } from '#orders';
import { loadRegionBook, type RegionBook, regionOf } from '#regions';
import type { SheetLine } from './fields.rules.ts';
import type { Present } from './supplement.rules.ts';

/**
 * What can be ordered: the mall has heard that we take it, and nobody holds it back. A line nobody has acknowledged
 * may still be cancelled by the buyer at any moment.
 */
export const orderable = 'acknowledged';

const columns = [
  'id',
  'overlay_of',
  'revision',
  'line_no',
  'channel_id',
  'order_id',
  'order_no',
  'kind',
  'quantity',
  'amount',
  'status',
  'claim',
  'buyer_name',
  'buyer_phone',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'postcode',
  'address',
  'address_detail',
  'memo',
  'method',
  'bundle_no',
  'ordered_at',
  'ship_by',
  'wished_on',
] as const satisfies readonly (keyof LineRow)[];

type Times = 'ordered_at' | 'ship_by' | 'wished_on';
type Row = Omit<Pick<LineRow, (typeof columns)[number]>, Times> &
  Record<Times, Date | null> & {
    channel: string;
    product_id: number;
    option_id: number;
    product: string;
    option: string;
    owner_id: number | null;
    owner_name: string | null;
  };

/** Lines with what was ordered and whose product it is; the names of the joined tables are fixed. */
export function linesWithOwner(snap: Snapshot): Knex.QueryBuilder {
  return visibleLines(snap)
    .join('channel_options as entry', 'entry.id', 'order_lines.channel_option_id')
    .join('options', 'options.id', 'entry.option_id')
    .join('products', 'products.id', 'options.product_id')
    .leftJoin('partner_products as owned', 'owned.product_id', 'products.id');
}

/**
 * Lines of products that have a partner, not with it yet. An order the partner was told to forget may be given
 * again. Read along the lines of one status: of all orders ever only these few are open.
 */
export function waitingLines(snap: Snapshot, status: 'acknowledged' | 'new' = orderable): Knex.QueryBuilder {
  return linesWithOwner(snap)
    .where('order_lines.status', status)
    .whereNotNull('owned.partner_id')
    .whereNotExists(
      snap
        .db('partner_lines as standing')
        .whereRaw('standing.line_no = order_lines.line_no and standing.channel_id = order_lines.channel_id')
        .whereNot('standing.state', 'cancelled'),
    );
}

/** Lines of these days that can be ordered or are with the partner already. */
export function linesOfDays(snap: Snapshot, partnerId: number, from: string, to: string): Knex.QueryBuilder {
  return linesWithOwner(snap)
    .leftJoin('partner_lines as standing', (on) =>
      on.on('standing.line_no', 'order_lines.line_no').andOn('standing.channel_id', 'order_lines.channel_id'),
    )
    .where('order_lines.status', orderable)
    .where('order_lines.ordered_at', '>=', `${from} 00:00:00`)
    .where('order_lines.ordered_at', '<=', `${to} 23:59:59`)
    .where((mine) =>
      mine
        .where((kept) => kept.where('standing.partner_id', partnerId).whereNot('standing.state', 'cancelled'))
        .orWhere((free) =>
          free
            .where('owned.partner_id', partnerId)
            .where((none) => none.whereNull('standing.state').orWhere('standing.state', 'cancelled')),
        ),
    );
}

/**
 * The lines of a query of this file with all a sheet can show, in the order they were ordered; `extra` names further
 * columns, which come beside them.
 */
export async function readPresent<Extra extends string = never>(
  snap: Snapshot,
  query: Knex.QueryBuilder,
  extra: Record<Extra, string> = {} as Record<Extra, string>,
): Promise<(Present & { extra: Record<Extra, unknown> })[]> {
  const rows = (await query
    .join('channels', 'channels.id', 'order_lines.channel_id')
    .leftJoin('partners as owner', 'owner.id', 'owned.partner_id')
    .select(columns.map((column) => `order_lines.${column}`))
    .select({
      channel: 'channels.name',
      product_id: 'products.id',
      option_id: 'options.id',
      product: 'products.name',
      option: 'options.name',
      owner_id: 'owned.partner_id',
      owner_name: 'owner.name',
      ...extra,
    })
    .orderBy(['order_lines.ordered_at', 'order_lines.order_no', 'order_lines.line_no'])) as (Row &
    Record<Extra, unknown>)[];
  const names = Object.keys(extra) as Extra[];
  const book = await loadRegionBook(snap);
  return rows.map((row) => ({
    line: sheetLine(row, book),
    status: row.status,
    claim: row.claim,
    owner_id: row.owner_id,
    owner_name: row.owner_name,
    extra: Object.fromEntries(names.map((name) => [name, row[name]])) as Record<Extra, unknown>,
  }));
}

function sheetLine(row: Row, book: RegionBook): SheetLine {
  const { sido, sigungu, postcode } = regionOf(book, row);
  const dayOf = (date: Date | null) => (date ? day(date) : '');
  return {
    line_no: row.line_no,
    channel_id: row.channel_id,
    line_id: publicId(row),
    revision: row.revision,
    channel: row.channel,
    order_id: row.order_id,
    order_no: row.order_no,
    product_id: row.product_id,
    option_id: row.option_id,
    product: row.product,
    option: row.option,
    kind: row.kind,
    quantity: row.quantity,
    amount: row.amount,
    buyer_name: row.buyer_name,
    buyer_phone: row.buyer_phone,
    recipient_name: row.recipient_name,
    recipient_phone: row.recipient_phone,
    recipient_phone2: row.recipient_phone2,
    postcode: postcode || row.postcode,
    address: row.address,
    address_detail: row.address_detail,
    sido,
    sigungu,
    memo: row.memo,
    method: row.method,
    bundle_no: row.bundle_no,
    ordered_on: dayOf(row.ordered_at),
    ship_by: dayOf(row.ship_by),
    wished_on: dayOf(row.wished_on),
  };
}

/**
 * How each ordered line stands, as `standing`, beside its own line as it is to be seen: null where there is none. An
 * outer join, so that it is read from the few lines of a partner, never from all orders.
 */
export function standingsWithLine(snap: Snapshot): Knex.QueryBuilder {
  const { unseen, settling } = snap.window;
  const standings = withinScope(snap.db('partner_lines as standing'), snap, 'standing.channel_id');
  return standings.leftJoin('order_lines', (on) => {
    on.on('order_lines.line_no', 'standing.line_no').andOn('order_lines.channel_id', 'standing.channel_id');
    if (unseen.length > 0) on.onNotIn('order_lines.batch_id', [...unseen]);
    if (settling.length > 0) on.onNotIn('order_lines.hidden_batch_id', [...settling]);
  });
}
