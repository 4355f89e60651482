import type { Top } from '../layouts/index.ts';
import { headerText, numberedHeader } from '../layouts/index.ts';
import { type Cell, type Profile, profileOf } from './content.rules.ts';
import type { UnknownColumn } from './mapping.rules.ts';

/** The top of a file that holds a table: its header, what its columns hold and some rows to show. */
export interface TableHead {
  sheet: string;
  /** Where the header stands, as Excel counts. */
  row: number;
  columns: UnknownColumn[];
  /** The first rows below the header. */
  samples: string[][];
}

const headerRows = 20;
const samplesShown = 5;
/** An order cannot be told in fewer columns. */
const fewestColumns = 5;
const longestTitle = 40;

/**
 * Finds the table in the tops of the sheets: several short texts that differ, with a row
 * below. The row with most of the names we know wins, then the one with most titles, then the first.
 */
export function findTable(
  tops: readonly Top[],
  isName: (text: string) => boolean,
  isPostcode: (text: string) => boolean,
): TableHead | undefined {
  let best: { top: Top; at: number; score: number } | undefined;
  for (const top of tops) {
    top.rows.forEach(({ row, texts }, at) => {
      if (row > headerRows || !isHeader(texts, top.rows[at + 1]?.texts)) return;
      const score = texts.reduce((sum, text) => sum + weight(headerText(text), isName), 0);
      if (!best || score > best.score) best = { top, at, score };
    });
  }
  return best && tableAt(best.top, best.at, isPostcode);
}

/** The table whose header is the first of these rows. */
export function tableAt(top: Top, at: number, isPostcode: (text: string) => boolean): TableHead {
  const { row, texts } = top.rows[at]!;
  const below = top.rows.slice(at + 1).filter((next) => next.texts.some((text) => text.trim() !== ''));
  const width = Math.max(texts.length, ...below.map((next) => next.texts.length));
  const header = numberedHeader(Array.from({ length: width }, (_, column) => texts[column] ?? ''));
  const profiles = header.map((_, column): Profile => {
    const cells = below.map((next): Cell => ({ row: next.row, text: next.texts[column] ?? '' }));
    return profileOf(cells, isPostcode);
  });
  return {
    sheet: top.sheet,
    row,
    columns: header.map((title, column) => ({ header: title, profile: profiles[column]! })),
    samples: below
      .slice(0, samplesShown)
      .map((next) => header.map((_, column) => (next.texts[column] ?? '').trim().slice(0, 200))),
  };
}

function isHeader(texts: readonly string[], below: readonly string[] | undefined): boolean {
  const titles = texts.map(headerText).filter((text) => text !== '');
  const different = new Set(titles).size;
  if (different < fewestColumns || different * 2 < titles.length) return false;
  if (titles.some((text) => text.length > longestTitle)) return false;
  const values = titles.filter((text) => !/\p{L}/u.test(text) || /^\d{4,}/.test(text)).length;
  const filled = below?.filter((text) => text.trim() !== '').length ?? 0;
  return values * 5 < titles.length && filled * 3 >= titles.length;
}

function weight(title: string, isName: (text: string) => boolean): number {
  if (title === '') return 0;
  return isName(title) ? 10 : 1;
}
