import {
  type CellKind,
  type CellValue,
  cellXml,
  escapeText,
  lettersOf,
  numberCell,
  styles,
  stylesXml,
  textCell,
} from './cells.rules.ts';
import { type Sink, ZipWriter } from './zip-writer.ts';

export interface TableColumn<Row> {
  title: string;
  kind: CellKind;
  value: (row: Row) => CellValue;
  /** In characters. */
  width?: number;
}

export interface Table<Row> {
  name: string;
  columns: readonly TableColumn<Row>[];
  pages: AsyncIterable<readonly Row[]>;
  /** Written below the last row, once all rows have been read: one value for each column, or one more. */
  totals: () => readonly (string | number | null)[];
}

/** Excel's own limit. */
export const rowsOfSheet = 1_048_576;
const pieceSize = 64 * 1024;

/**
 * Writes a table as an xlsx file in one pass and little memory, several times as fast as a general writer: a heading
 * that stays in view and on each printed page, the rows, a row of totals. What one sheet cannot hold goes on in the
 * next.
 */
export async function writeTable<Row>(
  sink: Sink,
  { name, columns, pages, totals }: Table<Row>,
  sheetRows = rowsOfSheet,
): Promise<void> {
  const zip = new ZipWriter(sink);
  const rows = new PagedRows(pages);
  const letters = columns.map((_, at) => lettersOf(at));
  let sheets = 0;
  do {
    sheets += 1;
    await zip.part(`xl/worksheets/sheet${sheets}.xml`, async (write) => {
      await write(sheetHead(columns, letters));
      let row = 1;
      let piece = '';
      // The last place of a sheet is kept for the totals.
      while (row < sheetRows - 1 && (await rows.more())) {
        row += 1;
        piece += rowXml(row, columns, letters, rows.take());
        if (piece.length >= pieceSize) {
          await write(piece);
          piece = '';
        }
      }
      if (!(await rows.more())) piece += totalsXml(row + 1, totals());
      await write(`${piece}</sheetData>${filterXml(row, letters)}${printXml(columns)}</worksheet>`);
    });
  } while (await rows.more());

  for (const [part, text] of Object.entries(frame(name, sheets)))
    await zip.part(part, (write) => write(text));
  await zip.end();
}

/** The rows of pages one by one. */
class PagedRows<Row> {
  #pages: AsyncIterator<readonly Row[]>;
  #page: readonly Row[] = [];
  #at = 0;

  constructor(pages: AsyncIterable<readonly Row[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Answers at once, without a promise, while the page lasts. */
  more(): boolean | Promise<boolean> {
    return this.#at < this.#page.length || this.#turn();
  }

  take(): Row {
    return this.#page[this.#at++]!;
  }

  async #turn(): Promise<boolean> {
    for (;;) {
      const next = await this.#pages.next();
      if (next.done) return false;
      [this.#page, this.#at] = [next.value, 0];
      if (this.#page.length > 0) return true;
    }
  }
}

function rowXml<Row>(
  at: number,
  columns: readonly TableColumn<Row>[],
  letters: readonly string[],
  row: Row,
): string {
  let cells = `<row r="${at}">`;
  for (let column = 0; column < columns.length; column++) {
    const { kind, value } = columns[column]!;
    cells += cellXml(letters[column]! + at, kind, value(row));
  }
  return `${cells}</row>`;
}

function totalsXml(at: number, totals: readonly (string | number | null)[]): string {
  const cells = totals.map((total, column) => {
    const place = lettersOf(column) + at;
    if (typeof total === 'number') return numberCell(place, styles.totalNumber, total);
    return total === null
      ? `<c r="${place}" s="${styles.totalText}"/>`
      : textCell(place, styles.totalText, total);
  });
  return `<row r="${at}">${cells.join('')}</row>`;
}

/** What is written from the right has its title there too. */
const standsRight: ReadonlySet<CellKind> = new Set(['number', 'money']);
const usualWidth: Record<CellKind, number> = { text: 16, number: 9, money: 12, day: 11, time: 16 };
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const namespace = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

const widthOf = ({ width, kind }: TableColumn<never>): number => width ?? usualWidth[kind];

function sheetHead<Row>(columns: readonly TableColumn<Row>[], letters: readonly string[]): string {
  const cols = columns.map(
    (column, at) => `<col min="${at + 1}" max="${at + 1}" width="${widthOf(column)}" customWidth="1"/>`,
  );
  const titles = columns.map(({ title, kind }, at) =>
    textCell(`${letters[at]}1`, standsRight.has(kind) ? styles.numberHeader : styles.header, title),
  );
  return (
    `${declaration}<worksheet xmlns="${namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<cols>${cols.join('')}</cols><sheetData><row r="1">${titles.join('')}</row>`
  );
}

/** The totals stay below the filter. */
function filterXml(lastRow: number, letters: readonly string[]): string {
  return `<autoFilter ref="A1:${letters.at(-1)}${lastRow}"/>`;
}

/** Characters that can still be read side by side on A4 laid across. */
const readableWidth = 190;

function printXml<Row>(columns: readonly TableColumn<Row>[]): string {
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  return (
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>' +
    `<pageSetup paperSize="9" orientation="landscape" fitToWidth="${Math.ceil(width / readableWidth)}" fitToHeight="0"/>` +
    '<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>'
  );
}

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const contentType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Everything around the sheets; written after them, when their number is known. */
function frame(name: string, sheets: number): Record<string, string> {
  const numbers = Array.from({ length: sheets }, (_, at) => at + 1);
  const nameOf = (at: number) => sheetName(sheets === 1 ? name : `${name} ${at}`);
  return {
    'xl/styles.xml': stylesXml,
    'xl/workbook.xml': `${declaration}<workbook xmlns="${namespace}" xmlns:r="${relations}"><sheets>${numbers
      .map((at) => `<sheet name="${nameOf(at)}" sheetId="${at}" r:id="rId${at}"/>`)
      .join('')}</sheets><definedNames>${numbers
      .map(
        (at) =>
          `<definedName name="_xlnm.Print_Titles" localSheetId="${at - 1}">'${nameOf(at)}'!$1:$1</definedName>`,
      )
      .join('')}</definedNames></workbook>`,
    'xl/_rels/workbook.xml.rels': `${declaration}<Relationships xmlns="${packageRelations}">${numbers
      .map(
        (at) =>
          `<Relationship Id="rId${at}" Type="${relations}/worksheet" Target="worksheets/sheet${at}.xml"/>`,
      )
      .join(
        '',
      )}<Relationship Id="rId${sheets + 1}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    '_rels/.rels': `${declaration}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    '[Content_Types].xml': `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${contentType}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${contentType}.styles+xml"/>${numbers
      .map(
        (at) =>
          `<Override PartName="/xl/worksheets/sheet${at}.xml" ContentType="${contentType}.worksheet+xml"/>`,
      )
      .join('')}</Types>`,
  };
}

/** Excel refuses some characters in the name of a sheet, and more than 31. */
function sheetName(name: string): string {
  return escapeText(name.replace(/[*?:\\/[\]'"]/g, ' ').slice(0, 31));
}
