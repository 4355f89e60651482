import { headerText } from './header.ts';
import type { MallLine } from './layout.ts';
import { LineParser } from './line-parser.ts';
import { smartStore } from './smartstore.ts';

export type { Layout, MallLine, Parsed } from './layout.ts';
export { LineParser } from './line-parser.ts';
export { type MallFile, type MallRow, readMallFile } from './mall-file.ts';
export { smartStore };

/** Reads again the cells that were kept of a file's sound rows. */
export interface KeptLayout {
  parseTexts(cells: readonly string[]): MallLine;
  /** The cell under a header, '' when there is none. */
  textOf(cells: readonly string[], header: string): string;
}

export function layoutOf(columns: readonly string[]): KeptLayout {
  const parser = new LineParser(smartStore, columns);
  return {
    parseTexts(cells) {
      const { line, problems } = parser.parse(cells);
      if (line) return line;
      throw new Error(`kept cells are not sound: ${problems.map((problem) => problem.column).join(', ')}`);
    },
    textOf: (cells, header) => cells[columns.findIndex((column) => headerText(column) === header)] ?? '',
  };
}
