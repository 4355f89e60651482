import { compareLine, type LineContent, type LineRow } from '#orders';
import type { ChannelText } from '#products';
import type { MallLine } from './layouts/layout.ts';
import type { Outcome } from './tables.ts';

/** How the mall names what was ordered. */
export function channelText(line: MallLine): ChannelText {
  return {
    productNo: line.productNo,
    isAddon: line.kind === 'addon',
    productName: line.productName,
    optionText: line.optionText,
  };
}

/** A mall's line in the words of the orders module; what its file does not have is undefined. */
export function lineContent(
  line: MallLine,
  channelOptionId: number,
  mainLineNo: string | null,
): Partial<LineContent> {
  if (line.tells === 'standing') return standingContent(line);
  return {
    order_no: line.orderNo,
    kind: line.kind,
    // an add-on whose main line stands in another file keeps the one it has
    main_line_no: line.kind === 'addon' && mainLineNo === null ? undefined : mainLineNo,
    channel_option_id: channelOptionId,
    quantity: line.quantity,
    amount: line.amount,
    status: line.claim ? 'claimed' : line.status,
    claim: line.claim,
    mall_status: line.mallStatus,
    mall_detail: line.mallDetail,
    method: line.method,
    method_text: line.methodText,
    courier: line.courier,
    tracking_no: line.trackingNo,
    bundle_no: line.bundleNo,
    shipping_fee: line.shippingFee,
    buyer_name: line.buyerName,
    buyer_id: line.buyerId,
    buyer_phone: line.buyerPhone,
    recipient_name: line.recipientName,
    recipient_phone: line.recipientPhone,
    recipient_phone2: line.recipientPhone2,
    postcode: line.postcode,
    address: line.address,
    address_detail: line.addressDetail,
    memo: line.memo,
    ordered_at: line.orderedAt,
    paid_at: line.paidAt,
    ship_by: line.shipBy,
    wished_on: line.wishedOn,
    acknowledged_at: line.acknowledgedAt,
    dispatched_at: line.dispatchedAt,
  };
}

/** Where a line stands and how it was sent, as far as the file says: it has nothing else to tell of the line. */
function standingContent(line: MallLine): Partial<LineContent> {
  return {
    status: line.claim ? 'claimed' : line.status,
    claim: line.claim,
    mall_status: line.mallStatus || undefined,
    mall_detail: line.mallDetail,
    method: line.methodText ? line.method : undefined,
    method_text: line.methodText || undefined,
    courier: line.courier || undefined,
    tracking_no: line.trackingNo || undefined,
    dispatched_at: line.dispatchedAt ?? undefined,
  };
}

/** What a file's line comes to against the line as it is known. A file of standings waits for a line, it makes none. */
export function compareWith(
  current: LineRow | undefined,
  line: MallLine,
  content: Partial<LineContent>,
): Outcome {
  if (!current && line.tells === 'standing') return { kind: 'waiting', changes: [], kept: [] };
  return compareLine(current, content);
}

/** All fields of a line that is new: what the file does not have is blank, or as usual in its channel. */
export function wholeContent(content: Partial<LineContent>, line?: MallLine): LineContent {
  const whole: Record<string, unknown> = { ...blank };
  if (line) whole.method = line.usualMethod;
  for (const field in content) {
    const value = content[field as keyof LineContent];
    if (value !== undefined) whole[field] = value;
  }
  return whole as unknown as LineContent;
}

const blank = {
  main_line_no: null,
  amount: 0,
  status: 'new',
  claim: null,
  mall_status: '',
  mall_detail: '',
  method: 'none',
  method_text: '',
  courier: '',
  tracking_no: '',
  bundle_no: '',
  shipping_fee: 0,
  buyer_name: '',
  buyer_id: '',
  buyer_phone: '',
  recipient_phone: '',
  recipient_phone2: '',
  postcode: '',
  address: '',
  address_detail: '',
  memo: '',
  ordered_at: null,
  paid_at: null,
  ship_by: null,
  wished_on: null,
  acknowledged_at: null,
  dispatched_at: null,
} satisfies Partial<LineContent>;
