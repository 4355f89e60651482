import { FileRefused } from '#lib/xlsx/index.ts';
import { type Column, columns, type Layout } from './layout.ts';

/** Where a file's columns lie: for each of ours the places of its headers, the best first. */
export type Places = Readonly<Record<Column, readonly number[]>>;

/** Rows in which a header may stand: a notice or a title may come before it. */
export const headerRows = 20;

/** A row with this many of the required headers is a header; a notice that merely mentions them is none. */
const enough = 3;

export function headerText(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** The title of a column that we have put beside a mall's own, in a file of rows to put right. */
export function noteTitle(text: string): string {
  return `[모아] ${text}`;
}

export function isOurNote(title: string): boolean {
  return title.startsWith(noteTitle(''));
}

/** A header in which no text stands twice: the second 전화번호 is `전화번호 (2)`. */
export function numberedHeader(row: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return row.map((cell) => {
    const text = headerText(cell);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return text === '' || times === 1 ? text : `${text} (${times})`;
  });
}

/** The texts of a row with the places each stands at. */
export type HeaderTexts = ReadonlyMap<string, readonly number[]>;

export function headerTexts(row: readonly string[]): HeaderTexts {
  const texts = new Map<string, number[]>();
  row.forEach((cell, at) => {
    const text = headerText(cell);
    if (text === '') return;
    const places = texts.get(text);
    if (places) places.push(at);
    else texts.set(text, [at]);
  });
  return texts;
}

/** Finds the layout's columns among header texts. Whole texts count, never parts of them. */
export function placesOf(layout: Layout, texts: HeaderTexts): Places {
  const places = columns.map((column) => {
    const names = layout.headers[column] ?? [];
    return [column, names.flatMap((name) => texts.get(name) ?? [])];
  });
  return Object.fromEntries(places);
}

function isHeader(layout: Layout, places: Places): boolean {
  return layout.required.filter((group) => has(places, group)).length >= enough;
}

function missingColumns(layout: Layout, places: Places, texts: HeaderTexts): string[] {
  if (layout.learnt) return layout.learnt.filter((text) => !texts.has(text));
  return layout.required
    .filter((group) => !has(places, group))
    .map((group) => group.flatMap((column) => layout.headers[column] ?? []).join(' 또는 '));
}

/** How well a row fits a layout as its header. */
export interface Match {
  layout: Layout;
  /** The required columns that are not there, in the mall's words. */
  missing: readonly string[];
  /** How many of the layout's columns were found. */
  found: number;
}

/** The layouts a row may be the header of. */
export function matchesOf(layouts: readonly Layout[], row: readonly string[]): Match[] {
  const asWritten = headerTexts(row);
  if (asWritten.size < enough) return [];
  const numbered = layouts.some(({ learnt }) => learnt) ? headerTexts(numberedHeader(row)) : asWritten;
  return layouts.flatMap((layout) => {
    const texts = layout.learnt ? numbered : asWritten;
    const places = placesOf(layout, texts);
    if (!isHeader(layout, places)) return [];
    const found = columns.filter((column) => places[column].length > 0).length;
    return [{ layout, missing: missingColumns(layout, places, texts), found }];
  });
}

/**
 * Of the layouts whose needed columns are all there, those that know most of the row: more than one is a tie. What a
 * person has taught wins over what we knew from the start.
 */
export function bestMatches(matches: readonly Match[]): Match[] {
  const whole = matches.filter(({ missing }) => missing.length === 0);
  const most = Math.max(...whole.map(({ found }) => found));
  const best = whole.filter(({ found }) => found === most);
  const learnt = best.filter(({ layout }) => layout.learnt);
  return learnt.length > 0 ? learnt : best;
}

/** True when `one` lacks less of what its layout needs than `other`. */
export function isNearer(one: Match, other: Match): boolean {
  const lacks = ({ layout, missing }: Match) => missing.length / layout.required.length;
  return lacks(one) - lacks(other) < 0 || (lacks(one) === lacks(other) && one.found > other.found);
}

/** No row is the header of a layout we know: the nearest one is named with what it lacks. */
export function headerRefusal(layouts: readonly Layout[], nearest: Match | undefined): FileRefused {
  const [only] = layouts;
  if (nearest) {
    return new FileRefused(
      `${nearest.layout.name} 파일로 보이지만 필요한 열이 없습니다: ${nearest.missing.join(', ')}. ${nearest.layout.name}에서 이 열을 켜고 다시 내려받아 주세요.`,
    );
  }
  const [what, headers] =
    layouts.length === 1
      ? [`${only!.name} 파일이 아닙니다.`, someHeaders(only!)]
      : ['아는 쇼핑몰의 파일이 아닙니다.', '주문번호, 상품명, 수취인'];
  return new FileRefused(`${what} 첫 ${headerRows}줄 안에서 제목 줄(${headers} …)을 찾지 못했습니다.`);
}

export function tieRefusal(matches: readonly Match[]): FileRefused {
  const names = matches.map(({ layout }) => layout.name).join(', ');
  return new FileRefused(`어느 파일인지 가릴 수 없습니다(${names}). 채널을 골라 다시 올려 주세요.`);
}

function someHeaders(layout: Layout): string {
  return layout.required
    .slice(0, enough)
    .map(([column]) => layout.headers[column!]?.[0])
    .join(', ');
}

function has(places: Places, group: readonly Column[]): boolean {
  return group.some((column) => places[column].length > 0);
}
