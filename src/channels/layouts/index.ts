import { headerText } from './header.ts';
import {
  type Column,
  type Layout,
  type MallLine,
  nothingDecided,
  columns as ours,
  type Ways,
} from './layout.ts';
import { LineParser } from './line-parser.ts';
import { smartStore } from './malls/smartstore.ts';

export { headerText, isOurNote, noteTitle, numberedHeader } from './header.ts';
export { knownLayout, knownLayouts } from './known.ts';
export type { Column, Layout, MallLine, Meaning, Parsed, Ways, WordField } from './layout.ts';
export { nothingDecided } from './layout.ts';
export { LineParser } from './line-parser.ts';
export { type MallFile, type MallFileOptions, type MallRow, readMallFile } from './mall-file.ts';
export { LayoutUnknown, type Top } from './top-rows.ts';
export { smartStore };

/** Reads again the cells that were kept of a file's sound rows. */
export interface KeptLayout {
  parseTexts(cells: readonly string[]): MallLine;
  /** The cell under a header, '' when there is none. */
  textOf(cells: readonly string[], header: string): string;
  /** What the cells of any row, also of a rejected one, have for one of our columns. */
  valueOf(cells: readonly string[], column: Column): string;
  /** What the file's own column at a place means to us; nothing where we do not read it. */
  readAs(at: number): Column[];
}

export function layoutOf(
  columns: readonly string[],
  layout: Layout = smartStore,
  ways: Ways = nothingDecided,
): KeptLayout {
  const parser = new LineParser(layout, columns, { ...ways, lenient: true });
  return {
    parseTexts(cells) {
      const { line, problems } = parser.parse(cells);
      if (line) return line;
      throw new Error(`kept cells are not sound: ${problems.map((problem) => problem.column).join(', ')}`);
    },
    textOf: (cells, header) => cells[columns.findIndex((column) => headerText(column) === header)] ?? '',
    valueOf: (cells, column) =>
      parser.places[column].map((at) => (cells[at] ?? '').trim()).find((text) => text !== '') ?? '',
    readAs: (at) => ours.filter((column) => parser.places[column].includes(at)),
  };
}
