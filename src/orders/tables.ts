import type { Versioned, VersionedTable } from '#lib/versions.ts';
import type { Claim, DeliveryMethod, LineStatus } from './status.rules.ts';

/** What the channel tells of a line: the fields an import compares and may change. Money in won, time Korean. */
export interface LineContent {
  order_no: string;
  kind: 'main' | 'addon';
  /** The line an add-on hangs on. */
  main_line_no: string | null;
  channel_option_id: number;
  quantity: number;
  amount: number;
  status: LineStatus;
  claim: Claim | null;
  mall_status: string;
  mall_detail: string;
  method: DeliveryMethod;
  method_text: string;
  courier: string;
  tracking_no: string;
  bundle_no: string;
  shipping_fee: number;
  buyer_name: string;
  buyer_id: string;
  /** Digits, or the mall's masked text. */
  buyer_phone: string;
  recipient_name: string;
  recipient_phone: string;
  recipient_phone2: string;
  /** As the file writes it; reading it is the regions module's work. */
  postcode: string;
  address: string;
  address_detail: string;
  memo: string;
  ordered_at: Moment;
  paid_at: Moment;
  ship_by: Moment;
  wished_on: Moment;
  acknowledged_at: Moment;
  dispatched_at: Moment;
}

/** `2026-11-21 09:05:00` in Korean time on its way in, a Date on its way out of the database. */
export type Moment = string | Date | null;

export type ContentField = keyof LineContent;

export const contentFields: readonly ContentField[] = [
  'order_no',
  'kind',
  'main_line_no',
  'channel_option_id',
  'quantity',
  'amount',
  'status',
  'claim',
  'mall_status',
  'mall_detail',
  'method',
  'method_text',
  'courier',
  'tracking_no',
  'bundle_no',
  'shipping_fee',
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
  'acknowledged_at',
  'dispatched_at',
];

/** Whether the mall knows that a line was sent: `due` we must tell it, `sent` it stands in a file, `seen` it says so itself. */
export type MallReport = 'none' | 'due' | 'sent' | 'seen';

export interface LineRow extends LineContent, Versioned {
  channel_id: number;
  order_id: number;
  line_no: string;
  mall_report: MallReport;
  /** Names of the fields set by hand, joined by commas: an import leaves these alone. */
  hand_fields: string;
  delivery_id: number | null;
  joined_by: 'bundle' | 'home' | null;
  /** 1 when the line came to its delivery after the delivery was first made. */
  added: 0 | 1;
  source_import_id: number | null;
  source_row: number | null;
  created_at: Date;
  updated_at: Date;
}

export const lineTable: VersionedTable = {
  name: 'order_lines',
  columns: [
    ...contentFields,
    'channel_id',
    'order_id',
    'line_no',
    'mall_report',
    'hand_fields',
    'delivery_id',
    'joined_by',
    'added',
    'source_import_id',
    'source_row',
  ],
};

export interface OrderRow {
  id: number;
  channel_id: number;
  order_no: string;
  created_at: Date;
}
