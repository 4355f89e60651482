import { FileRefused, type Kind, kinds, type Row, readRows } from '#lib/xlsx/index.ts';
import {
  bestMatches,
  headerRefusal,
  headerRows,
  headerText,
  isNearer,
  isOurNote,
  type Match,
  matchesOf,
  numberedHeader,
  tieRefusal,
} from './header.ts';
import type { Layout, Parsed, Ways } from './layout.ts';
import { LineParser } from './line-parser.ts';
import { LayoutUnknown, type Top, TopRows, takeRows } from './top-rows.ts';
import { plainNumber } from './values.rules.ts';

export interface MallFile {
  layout: Layout;
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

export interface MallFileOptions {
  /** Told which layout the file has before its first row is read; answers what else is known of its words. */
  onLayout?: (layout: Layout) => Promise<Ways>;
  /** Layouts to take before others that would fit as well. */
  prefer?: (layout: Layout) => boolean;
  /** Told what stands at the top of a file whose layout was taught, before `onLayout`: may still refuse it. */
  onLearnt?: (layout: Layout, top: Top) => Promise<void>;
}

/**
 * Opens an unlocked mall file at its header, on whichever sheet that stands, by the layout that fits it best. Refuses
 * a file without a header, without a required column, that fits two layouts equally, or with two sheets that both
 * look like the mall's.
 */
export async function readMallFile(
  file: string | Buffer,
  layouts: Layout | readonly Layout[],
  { onLayout, prefer = () => true, onLearnt }: MallFileOptions = {},
): Promise<MallFile> {
  const known: readonly Layout[] = Array.isArray(layouts) ? layouts : [layouts];
  const share = { done: 0, total: 1 };
  const all = readRows(file, { onProgress: (done, total) => Object.assign(share, { done, total }) });
  const header = await findHeader(all, known, prefer);
  const rows = header.layout.learnt ? await peek(all, header, onLearnt) : all;
  const ways = await onLayout?.(header.layout);
  const start = share.done;
  let count = 0;

  return {
    layout: header.layout,
    sheet: header.sheet,
    columns: header.columns,
    get expectedRows() {
      const read = share.done - start;
      return read > 0 ? Math.max(count, Math.round((count * (share.total - start)) / read)) : count;
    },
    rows: (async function* () {
      const parser = new LineParser(header.layout, header.columns, ways);
      for await (const row of rowsBelow(rows, header)) {
        const cells = header.columns.map((title, at) => (isOurNote(title) ? '' : (row.texts[at] ?? '')));
        if (count === 0 && isHelp(header.layout, cells)) continue;
        if (cells.every((text) => text.trim() === '')) continue;
        count += 1;
        yield readRow(row, cells, parser);
      }
    })(),
  };
}

interface Header {
  layout: Layout;
  sheet: string;
  row: number;
  columns: string[];
}

async function findHeader(
  rows: AsyncGenerator<Row>,
  layouts: readonly Layout[],
  prefer: (layout: Layout) => boolean,
): Promise<Header> {
  let nearest: Match | undefined;
  const tops = new TopRows();
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const { row, texts } = next.value;
    tops.add(next.value);
    if (row > headerRows) continue;
    const matches = matchesOf(layouts, texts);
    const preferred = bestMatches(matches.filter(({ layout }) => prefer(layout)));
    const best = preferred.length > 0 ? preferred : bestMatches(matches);
    if (best.length > 1) throw tieRefusal(best);
    if (best.length === 1) return headerOf(best[0]!.layout, next.value);
    const known = matches.filter(({ layout }) => !layout.learnt);
    for (const match of known) if (!nearest || isNearer(match, nearest)) nearest = match;
  }
  const { message } = headerRefusal(layouts, nearest);
  throw new LayoutUnknown(message, tops.sheets, nearest);
}

function headerOf(layout: Layout, { sheet, row, texts }: Row): Header {
  return { layout, sheet, row, columns: layout.learnt ? numberedHeader(texts) : texts.map(headerText) };
}

/** Shows the top of the sheet below its header to `onLearnt`; the rows come again afterwards. */
async function peek(
  rows: AsyncGenerator<Row>,
  { layout, sheet, row, columns: texts }: Header,
  onLearnt: MallFileOptions['onLearnt'],
): Promise<AsyncGenerator<Row>> {
  const [first, all] = await takeRows(rows);
  const tops = new TopRows();
  for (const next of [{ sheet, row, texts }, ...first]) if (next.sheet === sheet) tops.add(next);
  await onLearnt?.(layout, tops.sheets[0]!);
  return all;
}

/** The rows of the header's sheet. What stands on other sheets is passed over, unless it is another such list. */
async function* rowsBelow(rows: AsyncGenerator<Row>, { layout, sheet }: Header): AsyncGenerator<Row> {
  for await (const row of rows) {
    if (row.sheet === sheet) yield row;
    else if (row.row <= headerRows && bestMatches(matchesOf([layout], row.texts)).length > 0) {
      throw new FileRefused(
        `주문 목록이 있는 시트가 둘입니다(${sheet}, ${row.sheet}). 하나만 남기고 저장한 뒤 올려 주세요.`,
      );
    }
  }
}

/** A row right below the header that only explains its columns. */
function isHelp({ helpWords }: Layout, cells: readonly string[]): boolean {
  return helpWords !== undefined && cells.every((cell) => cell === '' || helpWords.includes(cell.trim()));
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
