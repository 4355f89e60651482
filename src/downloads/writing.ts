import type { ListColumn, OpenList } from '#lib/list-source.ts';
import { writeTable } from '#lib/xlsx/table-sheet.ts';
import type { Sink } from '#lib/xlsx/zip-writer.ts';
import { Totals } from './totals.rules.ts';

/** Writes the rows of an open list with these columns. Throws when there are not as many as the list counted. */
export async function writeList(
  sink: Sink,
  title: string,
  columns: readonly ListColumn<unknown>[],
  list: OpenList<unknown>,
  onPage: (rows: number) => void | Promise<void> = () => {},
): Promise<number> {
  const totals = new Totals(columns);
  await writeTable(sink, {
    name: title,
    columns,
    pages: counted(list, totals, onPage),
    totals: () => totals.cells(),
  });
  return totals.rows;
}

async function* counted(
  list: OpenList<unknown>,
  totals: Totals,
  onPage: (rows: number) => void | Promise<void>,
): AsyncGenerator<readonly unknown[]> {
  for await (const rows of list.pages()) {
    for (const row of rows) totals.add(row);
    await onPage(totals.rows);
    yield rows;
  }
  if (totals.rows !== list.total)
    throw new Error(`the list counted ${list.total} rows and read ${totals.rows}`);
}
