import { maskAddress, maskName, maskPhone, maskText } from '#lib/masking.ts';
import { type RegionName, regionName } from '#regions';
import { type DeliveryItem, isCancelled, itemMarks } from './items.rules.ts';
import type { DeliveryRow } from './tables.ts';
import { changeBadges } from './wording.ts';

/** A delivery as it was printed; later changes do not reach it. */
export interface PrintedDelivery {
  sido: string;
  sigungu: string;
  recipient: string;
  /** Digits, the recipient's first. */
  phones: string[];
  postcode: string;
  address: string;
  memo: string;
  ordered_on: string | null;
  wished_on: string | null;
  badges: string[];
  items: PrintedItem[];
}

export interface PrintedItem {
  name: string;
  quantity: number;
  addon: boolean;
  /** Stays on the sheet, struck through, so that nobody brings it by mistake. */
  struck: boolean;
  marks: string[];
}

export function printedDelivery(row: DeliveryRow, items: readonly DeliveryItem[]): PrintedDelivery {
  return {
    sido: row.sido,
    sigungu: row.sigungu,
    recipient: row.recipient_name,
    phones: [row.recipient_phone, row.recipient_phone2].filter(Boolean),
    postcode: row.postcode,
    address: [row.address, row.address_detail].filter(Boolean).join(' '),
    memo: row.memo,
    ordered_on: row.ordered_on,
    wished_on: row.wished_on,
    badges: [...changeBadges(row).map(({ label }) => label), ...(row.address_differs ? ['주소 여럿'] : [])],
    items: items.map((item) => ({
      name: item.name,
      quantity: item.quantity,
      addon: item.kind === 'addon',
      struck: isCancelled(item),
      marks: itemMarks(item, row.state),
    })),
  };
}

/** For those who may not know the people. */
export function maskedPrint(printed: PrintedDelivery): PrintedDelivery {
  return {
    ...printed,
    recipient: maskName(printed.recipient),
    phones: printed.phones.map(maskPhone),
    address: maskAddress(printed.address),
    memo: maskText(printed.memo),
  };
}

export interface SheetTotals {
  deliveries: number;
  lines: number;
  items: number;
}

/** What is to be brought: cancelled lines stand on the sheet and do not count. */
export function sheetTotals(deliveries: readonly PrintedDelivery[]): SheetTotals {
  const items = deliveries.flatMap((delivery) => delivery.items).filter((item) => !item.struck);
  return {
    deliveries: deliveries.length,
    lines: items.length,
    items: items.reduce((sum, item) => sum + item.quantity, 0),
  };
}

/** How many of each product to load. */
export function loadList(deliveries: readonly PrintedDelivery[]): { name: string; quantity: number }[] {
  const sums = new Map<string, number>();
  for (const { name, quantity, struck } of deliveries.flatMap((delivery) => delivery.items)) {
    if (!struck) sums.set(name, (sums.get(name) ?? 0) + quantity);
  }
  return [...sums]
    .map(([name, quantity]) => ({ name, quantity }))
    .sort((a, b) => a.name.localeCompare(b.name, 'ko'));
}

export interface District<Row> extends RegionName {
  name: string;
  rows: Row[];
}

/** Neighbours of one district together, in the order given. */
export function byDistrict<Row extends RegionName>(rows: readonly Row[]): District<Row>[] {
  const districts: District<Row>[] = [];
  for (const row of rows) {
    const last = districts.at(-1);
    if (last && last.sido === row.sido && last.sigungu === row.sigungu) last.rows.push(row);
    else districts.push({ sido: row.sido, sigungu: row.sigungu, name: regionName(row), rows: [row] });
  }
  return districts;
}

/** Whoever finds a loose page must see which run it belongs to. */
export function pageStyle(run: { run_no: number; printed_by_name: string; filterWords: string }): string {
  const text = `배송 목록 ${run.run_no}회차 · ${run.filterWords} · ${run.printed_by_name}`;
  return `@page { @bottom-left { content: "${cssText(text)}"; font-size: 9pt; } }\n`;
}

/** Everything but letters, digits and spaces by its number: what was typed into a search box stays text. */
function cssText(text: string): string {
  return text.replace(/[^\p{L}\p{N} ]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `);
}
