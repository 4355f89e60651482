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

/** Finds the layout's columns among header texts. Whole texts count, never parts of them. */
export function placesOf(layout: Layout, header: readonly string[]): Places {
  const texts = header.map(headerText);
  const places = columns.map((column) => {
    const names = layout.headers[column] ?? [];
    return [column, names.flatMap((name) => texts.flatMap((text, at) => (text === name ? [at] : [])))];
  });
  return Object.fromEntries(places);
}

export function isHeader(layout: Layout, places: Places): boolean {
  return layout.required.filter((group) => has(places, group)).length >= enough;
}

/** The required columns that are not there, in the mall's words. */
export function missingColumns(layout: Layout, places: Places): string[] {
  return layout.required
    .filter((group) => !has(places, group))
    .map((group) => group.flatMap((column) => layout.headers[column] ?? []).join(' 또는 '));
}

/** The file has no header we know, or one without columns we need. */
export function headerRefusal(layout: Layout, missing: readonly string[] | undefined): FileRefused {
  if (!missing) {
    return new FileRefused(
      `${layout.name} 파일이 아닙니다. 첫 ${headerRows}줄 안에서 제목 줄(${someHeaders(layout)} …)을 찾지 못했습니다.`,
    );
  }
  return new FileRefused(
    `필요한 열이 없습니다: ${missing.join(', ')}. ${layout.name}에서 이 열을 켜고 다시 내려받아 주세요.`,
  );
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
