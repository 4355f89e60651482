import type { Claim, DeliveryMethod, LineStatus } from '#orders';
import type { Problem } from '../tables.ts';

/** What a mall's word can say of a line; the rest is decided here. */
export type MallStatus = Exclude<LineStatus, 'held' | 'claimed'>;

/**
 * A line as a mall's file tells it. A field is undefined when the file has no column for it, and blank (or null for
 * a moment) when the column is there and the cell is empty. Money in won, moments `2026-11-21 09:05:00` Korean time.
 */
export interface MallLine {
  lineNo: string;
  orderNo: string;
  kind: 'main' | 'addon';
  productNo: string;
  productName: string;
  /** As the mall writes it: it may hold what the buyer typed. */
  optionText: string;
  optionCode: string | undefined;
  sellerCode: string | undefined;
  quantity: number;
  amount: number | undefined;
  optionPrice: number | undefined;
  unitPrice: number | undefined;
  status: MallStatus;
  claim: Claim | null | undefined;
  mallStatus: string;
  mallDetail: string | undefined;
  method: DeliveryMethod | undefined;
  methodText: string | undefined;
  courier: string | undefined;
  trackingNo: string | undefined;
  bundleNo: string | undefined;
  /** Of the whole bundle, repeated on each of its lines. */
  shippingFee: number | undefined;
  buyerName: string | undefined;
  buyerId: string | undefined;
  /** Digits, or the mall's masked text. */
  buyerPhone: string | undefined;
  recipientName: string;
  recipientPhone: string | undefined;
  recipientPhone2: string | undefined;
  /** As given, except for spaces around it: reading it is the regions module's work. */
  postcode: string | undefined;
  address: string;
  addressDetail: string | undefined;
  memo: string | undefined;
  orderedAt: string | null | undefined;
  paidAt: string | null | undefined;
  shipBy: string | null | undefined;
  wishedOn: string | null | undefined;
  acknowledgedAt: string | null | undefined;
  dispatchedAt: string | null | undefined;
}

/** What we look for in a file, each under whatever header the mall gives it. */
export const columns = [
  'lineNo',
  'orderNo',
  'status',
  'detail',
  'productNo',
  'productName',
  'productKind',
  'option',
  'optionCode',
  'sellerCode',
  'quantity',
  'quantityClaim',
  'amount',
  'optionPrice',
  'unitPrice',
  'method',
  'courier',
  'trackingNo',
  'bundleNo',
  'shippingFee',
  'buyerName',
  'buyerId',
  'buyerPhone',
  'recipientName',
  'recipientPhone',
  'recipientPhone2',
  'postcode',
  'baseAddress',
  'detailAddress',
  'wholeAddress',
  'memo',
  'orderedAt',
  'paidAt',
  'shipBy',
  'wishedOn',
  'acknowledgedAt',
  'dispatchedAt',
] as const;
export type Column = (typeof columns)[number];

/** One kind of file of one mall. */
export interface Layout {
  /** As the clerk knows it. */
  name: string;
  /**
   * The header texts of each column. Where several stand in the file, also the same one twice, a row's value is the
   * first of them that is filled: in the order given here, then from left to right.
   */
  headers: Partial<Record<Column, readonly string[]>>;
  /** A file is refused unless it has a column of each of these groups. */
  required: readonly (readonly Column[])[];
  /** Every word of the status column. */
  statuses: Readonly<Record<string, MallStatus>>;
  /** Where a line stands by all the mall says of it; undefined for a detail we do not know. */
  standing(said: Said): Standing | undefined;
  /** The mall's words for ways to deliver; any other word is kept as `other`. */
  methods: Readonly<Record<string, DeliveryMethod>>;
  isAddon(product: { kind: string; name: string; option: string }): boolean;
}

export interface Said {
  status: MallStatus;
  detail: string;
  acknowledged: boolean;
}

export interface Standing {
  status: MallStatus;
  claim: Claim | null;
}

/** A row that can be used, or everything that is wrong with it. */
export type Parsed =
  | { line: MallLine; problems?: undefined }
  | { line?: undefined; problems: readonly Problem[] };
