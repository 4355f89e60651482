import { FileRefused } from './refusals.ts';

const delimiters = [',', '\t', ';'] as const;
type Delimiter = (typeof delimiters)[number];

const [sampleRows, sampleLength] = [50, 64 * 1024];

/** What stands between the values: whatever makes the most cells of a table out of the first rows. */
export function delimiterOf(text: string): Delimiter {
  const rows = unquoted(text.slice(0, sampleLength)).split('\n').slice(0, sampleRows);
  const [best] = delimiters
    .map((delimiter) => ({ delimiter, cells: cellsOf(rows, delimiter) }))
    .sort((a, b) => b.cells - a.cells);
  if (!best || best.cells === 0) {
    throw new FileRefused(
      '표가 없는 글 파일입니다. 쇼핑몰에서 내려받은 엑셀이나 CSV 파일을 그대로 올려 주세요.',
    );
  }
  return best.delimiter;
}

/** Values in quotes may hold any of them, and line ends too. */
function unquoted(text: string): string {
  return text.replace(/(^|[,\t;\n])"(?:[^"]|"")*"(?=[,\t;\n]|$)/g, '$1');
}

/** How many cells there would be in the rows that are as wide as most, not counting the first of each. */
function cellsOf(rows: readonly string[], delimiter: Delimiter): number {
  const rowsOfWidth = new Map<number, number>();
  for (const row of rows) {
    const more = row.split(delimiter).length - 1;
    rowsOfWidth.set(more, (rowsOfWidth.get(more) ?? 0) + 1);
  }
  return Math.max(0, ...[...rowsOfWidth].map(([more, count]) => more * count));
}
