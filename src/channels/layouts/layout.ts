import type { Claim, DeliveryMethod, LineStatus } from '#orders';
import type { Problem } from '../tables.ts';

/** What a mall's word can say of how far a line has come; the rest is decided here. */
export type MallStatus = Exclude<LineStatus, 'held' | 'claimed'>;

/** What a word can mean. A plain one says no more than the rest of the row; rows of an ignored one are left out. */
export type Meaning = MallStatus | Claim | 'plain' | 'ignored';

/**
 * A line as a mall's file tells it. A field is undefined when the file has no column for it, and blank (or null for
 * a moment) when the column is there and the cell is empty. Money in won, moments `2026-11-21 09:05:00` Korean time.
 */
export interface MallLine {
  /** `standing`: the file lists known lines only, to say where they stand. */
  tells: 'all' | 'standing';
  /** Ascii, at most 40 characters, never twice in a channel. */
  lineNo: string;
  orderNo: string;
  kind: 'main' | 'addon';
  /** '' where the mall does not number its products. */
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
  status: MallStatus | undefined;
  claim: Claim | null | undefined;
  mallStatus: string | undefined;
  mallDetail: string | undefined;
  method: DeliveryMethod | undefined;
  methodText: string | undefined;
  /** How a new line is delivered when the file does not say. */
  usualMethod: DeliveryMethod;
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
  /** '' for a gift whose receiver has not said yet where to. */
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
  'lineSerial',
  'orderNo',
  'status',
  'detail',
  'productNo',
  'productName',
  'productKind',
  'option',
  'extras',
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
  'deliveredAt',
  'confirmedAt',
] as const;
export type Column = (typeof columns)[number];

/** One kind of file of one mall. */
export interface Layout {
  /** Names it for good: imports remember it. */
  code: string;
  /** The code of the channel whose files these are. */
  channel: string;
  /** As the clerk knows it. */
  name: string;
  tells: MallLine['tells'];
  /**
   * The header texts of each column. Where several stand in the file, also the same one twice, a row's value is the
   * first of them that is filled: in the order given here, then from left to right. Where a number counts within
   * another, `lineNo` and `lineSerial` together are the line's number. `extras` are add-ons the mall writes into the
   * row of the main product; they become part of its option text.
   */
  headers: Partial<Record<Column, readonly string[]>>;
  /** A file is refused unless it has a column of each of these groups. */
  required: readonly (readonly Column[])[];
  /** Every word of the status column, without its spaces. */
  statuses: Readonly<Record<string, Meaning>>;
  /** Where a line stands by all the mall says of it; undefined for a detail we do not know. */
  standing(said: Said): Standing | undefined;
  /** The mall's words for ways to deliver; any other word is kept as `other`. */
  methods: Readonly<Record<string, DeliveryMethod>>;
  isAddon(product: { kind: string; name: string; option: string }): boolean;
  /** Rows that hold nothing but these words explain the columns. */
  helpWords?: readonly string[];
  /** The mall fills in a courier before anything is sent: without a tracking number it says nothing. */
  courierIsPrefilled?: boolean;
  /** The bundle number counts within an order. */
  bundleWithinOrder?: boolean;
  /** Gifts have no address until the receiver has given it. */
  addressMayCome?: boolean;
  /** A layout a person has taught: the header texts that must all be there. The same text twice is told apart. */
  learnt?: readonly string[];
}

export interface Said {
  /** Undefined where the file has no status column. */
  status: MallStatus | undefined;
  /** The status word itself tells of a claim. */
  claim: Claim | undefined;
  /** Undefined where the file has no column for it. */
  detail: string | undefined;
  /** The claim is about some of the pieces only. */
  partial: boolean;
  acknowledged: boolean;
  dispatched: boolean;
  delivered: boolean;
  confirmed: boolean;
}

export interface Standing {
  status: MallStatus | undefined;
  claim: Claim | null | undefined;
}

/** What the people of a channel have decided on top of its layouts. */
export interface Ways {
  usualMethod: DeliveryMethod;
  words: Readonly<Record<WordField, ReadonlyMap<string, Meaning>>>;
  /** Words that nobody knows any more say nothing: for rows that have been accepted once. */
  lenient?: boolean;
}

/** The columns whose words a person may explain. */
export type WordField = 'status' | 'detail';

export const nothingDecided: Ways = {
  usualMethod: 'direct',
  words: { status: new Map(), detail: new Map() },
};

/** A row that can be used, or everything that is wrong with it. */
export type Parsed =
  | { line: MallLine; problems?: undefined }
  | { line?: undefined; problems: readonly Problem[] };
