import { phoneDigits } from '#lib/phone.ts';
import { type Courier, couriers } from './known/index.ts';

/** Rows in which a header may stand. */
export const headerRows = 20;

/** One row of a result file. */
export interface ResultRow {
  row: number;
  told: Told;
  /** Digits only; '' when `refused` says why. */
  trackingNo: string;
  refused?: string;
}

export interface Told {
  /** What stands under the courier's column for our number. */
  orderNo: string;
  /** Parcel numbers of ours wherever they stand in the row. */
  text: string;
  name: string;
  /** Digits, or as masked. */
  phones: string[];
  address: string;
  items: string;
}

export interface ResultHeader {
  courier: Courier;
  places: Record<keyof Courier['result'], number[]>;
}

/**
 * The courier whose header this row is; undefined for a row that is none. What the clerk chose counts for a header
 * that no courier's is, never against one.
 */
export function headerOf(texts: readonly string[], chosen?: Courier): ResultHeader | undefined {
  const cells = texts.map(squeezed);
  const [best, next] = couriers
    .map((courier) => ({ courier, places: placesOf(courier, cells), score: scoreOf(courier, cells) }))
    .filter(({ places, score }) => isUsable(places) && score >= enough)
    .sort((a, b) => b.score - a.score);
  if (best && best.score !== next?.score)
    return chosen && chosen.code !== best.courier.code ? undefined : best;
  const places = chosen && placesOf(chosen, cells);
  return places && isUsable(places) ? { courier: chosen, places } : undefined;
}

/** With this many of a courier's own headers a file is the courier's. */
const enough = 3;

function scoreOf(courier: Courier, cells: readonly string[]): number {
  return courier.headers.filter((header) => cells.includes(header)).length;
}

function isUsable(places: ResultHeader['places']): boolean {
  return places.trackingNo.length > 0 && (places.orderNo.length > 0 || places.name.length > 0);
}

function placesOf(courier: Courier, cells: readonly string[]): ResultHeader['places'] {
  const places = Object.entries(courier.result).map(([what, headers]) => [
    what,
    headers.flatMap((header) => cells.flatMap((cell, at) => (cell === header ? [at] : []))),
  ]);
  return Object.fromEntries(places);
}

/** Undefined for a row that tells of no parcel. */
export function readResultRow(
  header: ResultHeader,
  { row, texts }: { row: number; texts: readonly string[] },
): ResultRow | undefined {
  const { places, courier } = header;
  const first = (what: keyof typeof places) =>
    places[what].map((at) => texts[at]?.trim() ?? '').find((text) => text !== '') ?? '';
  const told: Told = {
    orderNo: first('orderNo').slice(0, 60),
    text: [...new Set(texts.join(' ').match(/MOA\d{8,15}/gi) ?? [])].join(' '),
    name: first('name').slice(0, 100),
    phones: places.phones.map((at) => phoneOf(texts[at] ?? '')).filter((phone) => phone !== ''),
    address: first('address').slice(0, 500),
    items: first('items').slice(0, 300),
  };
  const written = first('trackingNo');
  const tellsNobody = told.orderNo === '' && told.name === '' && told.text === '';
  if (tellsNobody && !/\d/.test(written)) return undefined; // a total, or a helper row

  const refused = trackingFault(written, courier);
  return refused ? { row, told, trackingNo: '', refused } : { row, told, trackingNo: digitsOf(written) };
}

/** A spreadsheet may have taken a phone for a number and lost its zero. */
function phoneOf(text: string): string {
  if (/[*＊●]/.test(text)) return text.trim();
  const digits = phoneDigits(text);
  return /^1[016789]\d{7,8}$/.test(digits) ? `0${digits}` : digits;
}

/** What is wrong with a tracking number, in Korean; undefined when it is sound. */
function trackingFault(written: string, courier: Courier): string | undefined {
  if (written === '') return '송장번호가 비어 있습니다.';
  if (/^\d+(\.\d+)?e[+-]?\d+$/i.test(written.replace(/\s/g, '')))
    return `엑셀이 줄여 쓴 번호(${written})라 자릿수를 잃었습니다. 택배사에서 다시 받은 원본 파일을 올려 주세요.`;
  const digits = digitsOf(written);
  if (!/^\d+$/.test(digits)) return `송장번호에 숫자가 아닌 글자가 있습니다(${written.slice(0, 40)}).`;
  const [least, most] = courier.digits;
  if (digits.length < least || digits.length > most)
    return `${courier.name} 송장번호는 ${least}~${most}자리인데 ${digits.length}자리입니다(${written.slice(0, 40)}).`;
  return undefined;
}

/** With hyphens or without, it is the same number. */
export function digitsOf(trackingNo: string): string {
  return trackingNo.replace(/[\s-]/g, '').replace(/^(\d+)\.0+$/, '$1');
}

function squeezed(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '');
}
