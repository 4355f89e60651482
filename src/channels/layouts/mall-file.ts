import { FileRefused, type Kind, kinds, type Row, readRows } from '#lib/xlsx/index.ts';
import { headerRefusal, headerRows, headerText, isHeader, missingColumns, placesOf } from './header.ts';
import type { Layout, Parsed } from './layout.ts';
import { LineParser } from './line-parser.ts';
import { plainNumber } from './values.rules.ts';

export interface MallFile {
  sheet: string;
  /** The header as it stands in the file, from left to right. */
  columns: string[];
  /** A guess at how many rows there will be, better the more have been read. */
  readonly expectedRows: number;
  /** To be read once. */
  rows: AsyncIterable<MallRow>;
}

/** `row` as Excel counts; `cells` are the mall's own values, one for each of the columns. */
export type MallRow = { row: number; cells: string[] } & Parsed;

/**
 * Opens an unlocked mall file at its header, on whichever sheet that stands. Refuses a file without a header, without
 * a required column, or with two sheets that both look like the mall's.
 */
export async function readMallFile(file: string | Buffer, layout: Layout): Promise<MallFile> {
  const share = { done: 0, total: 1 };
  const rows = readRows(file, { onProgress: (done, total) => Object.assign(share, { done, total }) });
  const header = await findHeader(rows, layout);
  const start = share.done;
  let count = 0;

  return {
    sheet: header.sheet,
    columns: header.columns,
    get expectedRows() {
      const read = share.done - start;
      return read > 0 ? Math.max(count, Math.round((count * (share.total - start)) / read)) : count;
    },
    rows: (async function* () {
      const parser = new LineParser(layout, header.columns);
      for await (const row of rowsBelow(rows, header, layout)) {
        const cells = header.columns.map((_, at) => row.texts[at] ?? '');
        if (cells.every((text) => text.trim() === '')) continue;
        count += 1;
        yield readRow(row, cells, parser);
      }
    })(),
  };
}

interface Header {
  sheet: string;
  columns: string[];
}

async function findHeader(rows: AsyncGenerator<Row>, layout: Layout): Promise<Header> {
  let missing: string[] | undefined;
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const { sheet, row, texts } = next.value;
    if (row > headerRows) continue;
    const lacking = lackingColumns(layout, texts);
    if (lacking?.length === 0) return { sheet, columns: texts.map(headerText) };
    if (lacking && (!missing || lacking.length < missing.length)) missing = lacking;
  }
  throw headerRefusal(layout, missing);
}

/** The rows of the header's sheet. What stands on other sheets is passed over, unless it is another order list. */
async function* rowsBelow(rows: AsyncGenerator<Row>, header: Header, layout: Layout): AsyncGenerator<Row> {
  for await (const row of rows) {
    if (row.sheet === header.sheet) yield row;
    else if (row.row <= headerRows && lackingColumns(layout, row.texts)?.length === 0) {
      throw new FileRefused(
        `주문 목록이 있는 시트가 둘입니다(${header.sheet}, ${row.sheet}). 하나만 남기고 저장한 뒤 올려 주세요.`,
      );
    }
  }
}

/** Undefined for a row that is no header. */
function lackingColumns(layout: Layout, texts: readonly string[]): string[] | undefined {
  const places = placesOf(layout, texts);
  return isHeader(layout, places) ? missingColumns(layout, places) : undefined;
}

function readRow({ row, texts, kinds: kindsOfCells }: Row, cells: string[], parser: LineParser): MallRow {
  const parsed = parser.parse(texts, kindsOfCells);
  return { row, cells: parsed.line ? asRead(cells, kindsOfCells) : cells, ...parsed };
}

/** Cells of a sound row as a person reads them, so that reading them again without the file tells the same. */
function asRead(cells: string[], kindsOfCells: readonly Kind[]): string[] {
  for (let at = 0; at < cells.length; at += 1) {
    if (kindsOfCells[at] === kinds.number) cells[at] = plainNumber(cells[at]!);
  }
  return cells;
}
