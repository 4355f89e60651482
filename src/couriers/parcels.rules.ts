import { isMasked } from '#lib/masked.ts';

/** What decides which lines go into one box. */
export interface ParcelLine {
  channel_id: number;
  order_no: string;
  bundle_no: string;
  recipient_name: string;
  recipient_phone: string;
  address: string;
  address_detail: string;
}

/** Lines of one bundle of a channel for one recipient are a parcel; the bundle may name two recipients. */
export function parcelKey(line: ParcelLine): string {
  return [
    line.channel_id,
    line.bundle_no || `order:${line.order_no}`,
    squeeze(line.recipient_name),
    line.recipient_phone,
    squeeze(line.address + line.address_detail),
  ].join('|');
}

/** Spaces and punctuation tell nothing of a name or an address. */
export function squeeze(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s,.()[\]·-]/g, '')
    .toLowerCase();
}

/** A parcel's own number: letters keep spreadsheets from taking it for a number, and it is found in any text. */
export function parcelNo(id: number): string {
  return `MOA${String(id).padStart(8, '0')}`;
}

const parcelNoPattern = /MOA(\d{8,15})(?!\d)/gi;

/** The parcels a text names. */
export function parcelIdsIn(text: string): number[] {
  return [...new Set([...text.matchAll(parcelNoPattern)].map(([, digits]) => Number(digits)))];
}

export interface Item {
  product: string;
  option: string;
  quantity: number;
}

/** `침대 퀸(Q) x2`: a quantity of one is not said. */
export function itemText({ product, option, quantity }: Item): string {
  return [product, option, quantity > 1 ? `x${quantity}` : ''].filter((part) => part !== '').join(' ');
}

/** All items, or as many as fit and how many are left; the first is always there, cut if it must be. */
export function itemsText(items: readonly Item[], limit: number): string {
  const texts = items.map(itemText);
  for (let shown = texts.length; shown > 1; shown--) {
    const rest = texts.length - shown;
    const text = texts.slice(0, shown).join(' / ') + (rest > 0 ? ` 외 ${rest}건` : '');
    if (text.length <= limit) return text;
  }
  const [first = ''] = texts;
  const ending = texts.length > 1 ? ` 외 ${texts.length - 1}건` : '';
  if (first.length + ending.length <= limit) return first + ending;
  return `${[...first].slice(0, Math.max(limit - ending.length - 1, 1)).join('')}…${ending}`;
}

/** What a courier's file says of who gets a parcel. */
export interface ToldRecipient {
  name: string;
  phones: readonly string[];
  address: string;
}

/**
 * Name, one of the phones and the address must all agree; an address that only begins alike does too, for couriers
 * cut or lengthen them. What is masked says nothing.
 */
export function isSameRecipient(
  told: ToldRecipient,
  line: Pick<ParcelLine, 'recipient_name' | 'recipient_phone' | 'address' | 'address_detail'> & {
    recipient_phone2: string;
  },
): boolean {
  const phones = told.phones.filter((phone) => phone.length >= 8 && !isMasked(phone));
  if ([told.name, told.address].some((text) => text === '' || isMasked(text))) return false;
  return (
    squeeze(told.name) === squeeze(line.recipient_name) &&
    phones.some((phone) => phone === line.recipient_phone || phone === line.recipient_phone2) &&
    isSameAddress(squeeze(told.address), squeeze(line.address + line.address_detail))
  );
}

const tellingLength = 12;

function isSameAddress(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short === long || (short.length >= tellingLength && long.startsWith(short));
}
