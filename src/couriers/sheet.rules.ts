import { formatPhone } from '#lib/phone.ts';
import type { Field, Template } from './known/index.ts';
import { type Item, itemsText, parcelNo } from './parcels.rules.ts';
import type { Sender } from './templates.ts';

/** A parcel with all a courier's sheet may say of it. */
export interface SheetParcel {
  id: number;
  boxes: number;
  name: string;
  phone: string;
  phone2: string;
  postcode: string;
  address: string;
  memo: string;
  buyer: string;
  orderNos: readonly string[];
  channel: string;
  items: readonly Item[];
}

/** One row of the sheet, all of it text. */
export function sheetRow(
  template: Template,
  parcel: SheetParcel,
  { sender, today }: { sender: Sender; today: string },
): string[] {
  const no = parcelNo(parcel.id);
  const tail = ` (${no})`;
  const texts: Record<Exclude<Field, 'text'>, string> = {
    blank: '',
    name: parcel.name,
    phone: formatPhone(parcel.phone),
    phone2: formatPhone(parcel.phone2),
    postcode: parcel.postcode,
    address: parcel.address,
    items: itemsText(parcel.items, template.itemLength),
    itemsWithNo: itemsText(parcel.items, template.itemLength - tail.length) + tail,
    boxes: String(parcel.boxes),
    quantity: String(parcel.items.reduce((sum, item) => sum + item.quantity, 0)),
    memo: parcel.memo,
    parcelNo: no,
    orderNo: parcel.orderNos.join(', '),
    channel: parcel.channel,
    buyer: parcel.buyer,
    today,
    senderName: sender.name,
    senderPhone: formatPhone(sender.phone),
    senderPhone2: formatPhone(sender.phone2),
    senderPostcode: sender.postcode,
    senderAddress: sender.address,
  };
  return template.columns.map(({ field, text }) => oneLine(field === 'text' ? text : texts[field]));
}

/** A line break in a cell would begin a new row in some couriers' programs. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
