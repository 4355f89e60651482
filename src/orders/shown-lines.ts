import { noteSeen } from '#lib/access.ts';
import type { Snapshot } from '#lib/batches.ts';
import { maskHome, maskName, maskPhone, maskText } from '#lib/masking.ts';
import { sees } from '#lib/sight.ts';
import { publicId } from '#lib/versions.ts';
import { loadRegionBook, type Region, type RegionBook, regionOf } from '#regions';
import type { LineRow } from './tables.ts';

const columns = [
  'id',
  'overlay_of',
  'order_id',
  'order_no',
  'line_no',
  'kind',
  'main_line_no',
  'quantity',
  'amount',
  'shipping_fee',
  'bundle_no',
  'status',
  'claim',
  'method',
  'courier',
  'tracking_no',
  'mall_report',
  'buyer_name',
  'buyer_id',
  'buyer_phone',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'postcode',
  'address',
  'address_detail',
  'memo',
  'ordered_at',
  'paid_at',
  'ship_by',
  'wished_on',
  'dispatched_at',
  'delivery_id',
  'added',
  'source_import_id',
  'source_row',
] as const satisfies readonly (keyof LineRow)[];

type Stored = Pick<LineRow, (typeof columns)[number]>;
type Times = 'ordered_at' | 'paid_at' | 'ship_by' | 'wished_on' | 'dispatched_at';

/** A line as screens show it: with our own names for what was ordered, masked for those who have not uncovered it. */
export interface ShownLine extends Omit<Stored, Times>, Record<Times, Date | null> {
  /** Known by this outside, also while an import replaces the row. */
  id: number;
  product: string;
  option: string;
  region: Region;
  /** The name the list is sorted by, masked or not. */
  sortName: string;
  /** True when its people are hidden. */
  masked: boolean;
}

type Row = Omit<Stored, Times> &
  Record<Times, Date | null> & { product: string | null; option: string | null; mall_product: string | null };

/** The lines of these rows in the order of their ids' places; `ids` are those of a query on this snapshot. */
export async function showLines(snap: Snapshot, ids: readonly number[]): Promise<ShownLine[]> {
  if (ids.length === 0) return [];
  const rows = (await snap
    .db('order_lines')
    .whereIn('order_lines.id', ids)
    .leftJoin('channel_options as entry', 'entry.id', 'order_lines.channel_option_id')
    .leftJoin('options', 'options.id', 'entry.option_id')
    .leftJoin('products', 'products.id', 'options.product_id')
    .select(columns.map((column) => `order_lines.${column}`))
    .select({
      product: 'products.name',
      option: 'options.name',
      mall_product: 'entry.product_name',
    })) as Row[];
  const book = await loadRegionBook(snap);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => shown(snap, byId.get(id)!, book));
}

function shown(snap: Snapshot, { product, option, mall_product, ...row }: Row, book: RegionBook): ShownLine {
  const open = sees(snap, 'orders.personal', 'order', row.order_id);
  if (open) noteSeen(snap, 'order', row.order_id, `${row.recipient_name} ${row.recipient_phone}`);
  return {
    ...(open ? row : masked(row)),
    id: publicId(row),
    product: product || mall_product || '이름 없는 상품',
    option: option ?? '',
    region: regionOf(book, row),
    sortName: row.recipient_name,
    masked: !open,
  };
}

function masked<R extends Omit<Row, 'product' | 'option' | 'mall_product'>>(row: R): R {
  return {
    ...row,
    buyer_name: maskName(row.buyer_name),
    buyer_id: '',
    buyer_phone: maskPhone(row.buyer_phone),
    recipient_name: maskName(row.recipient_name),
    recipient_phone: maskPhone(row.recipient_phone),
    recipient_phone2: maskPhone(row.recipient_phone2),
    ...maskHome(row),
    memo: maskText(row.memo),
  };
}
