/** How wide a text stands, in characters: Hangul takes the room of two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter > '\u1100' ? 2 : 1;
  return width;
}

const [narrowest, widest] = [8, 48];
const rowsMeasured = 200;

/** Widths of the columns of a table, by what stands in its first rows; a title above them belongs to none. */
export function columnWidths(table: readonly (readonly string[])[]): number[] {
  const first = table.slice(0, rowsMeasured);
  const columns = Math.max(0, ...first.map((row) => row.length));
  const isTitle = (row: readonly string[]) => columns > 1 && row.filter((cell) => cell !== '').length <= 1;
  const measured = first.filter((row) => !isTitle(row));
  return Array.from({ length: columns }, (_, at) => {
    const room = Math.max(0, ...measured.map((row) => widthOf(row[at] ?? ''))) + 2;
    return Math.min(Math.max(room, narrowest), widest);
  });
}
