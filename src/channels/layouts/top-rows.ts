import { FileRefused, type Row } from '#lib/xlsx/index.ts';
import type { Match } from './header.ts';

/** The first rows of a sheet, as far as a header and what stands below it show what its columns hold. */
export interface Top {
  sheet: string;
  rows: Pick<Row, 'row' | 'texts'>[];
}

const rowsKept = 220;
const sheetsKept = 5;
const columnsKept = 500;
const cellKept = 500;

/** Keeps the tops of the sheets that go by; a file made to be huge is cut. */
export class TopRows {
  readonly sheets: Top[] = [];

  add({ sheet, row, texts }: Omit<Row, 'kinds'>): void {
    let top = this.sheets.find((one) => one.sheet === sheet);
    if (!top) {
      if (this.sheets.length === sheetsKept) return;
      top = { sheet, rows: [] };
      this.sheets.push(top);
    }
    if (top.rows.length === rowsKept) return;
    top.rows.push({ row, texts: texts.slice(0, columnsKept).map((text) => text.slice(0, cellKept)) });
  }
}

/** No layout fits the file. What stands at its top may tell what its columns are. */
export class LayoutUnknown extends FileRefused {
  override name = 'LayoutUnknown';
  readonly tops: readonly Top[];
  /** The layout known from the start that lacks least. */
  readonly nearest: Match | undefined;

  constructor(message: string, tops: readonly Top[], nearest?: Match) {
    super(message);
    this.tops = tops;
    this.nearest = nearest;
  }
}

/** The next rows, and all rows from there with these first. */
export async function takeRows(rows: AsyncGenerator<Row>): Promise<[Row[], AsyncGenerator<Row>]> {
  const first: Row[] = [];
  while (first.length < rowsKept) {
    const next = await rows.next();
    if (next.done) break;
    first.push(next.value);
  }
  return [
    first,
    (async function* () {
      yield* first;
      yield* rows;
    })(),
  ];
}
