import { Parser } from 'htmlparser2';
import { limits } from './limits.ts';
import { ownCopy } from './own-copy.ts';
import { damaged, FileRefused, tooMuch } from './refusals.ts';
import { noDates, type Row, RowBuilder } from './rows.ts';
import type { TextReader } from './text-files.ts';

interface Table {
  builder: RowBuilder;
  inRow: boolean;
  column: number;
  /** Where the cell after the open one stands. */
  next: number;
  /** Cells of the row so far, with those they cover. */
  cells: number;
  rowNumber: number;
  /** By column: the last row that a cell from above reaches down to. */
  reaches: number[];
  /** The text of the open cell. */
  cell: string | undefined;
}

/**
 * Reads web pages saved as .xls. Each table is a sheet, also one inside another's cell; whatever stands outside is
 * left out. All values are texts as they are shown, so that `06236` keeps its zero. A cell that spans several has its
 * value in the first, as a merged cell has. Lines end only where the page says so (`<br>`, a paragraph).
 */
export class HtmlTables implements TextReader {
  private parser: Parser;
  private rows: Row[] = [];
  /** The open tables, the innermost last. */
  private open: Table[] = [];
  private tables = 0;
  private depth = 0;
  private silent = 0;
  private found = false;

  constructor() {
    this.parser = new Parser({
      onopentag: (name, attributes) => this.openTag(name, attributes),
      onclosetag: (name) => this.closeTag(name),
      ontext: (text) => this.text(text),
    });
  }

  write(text: string): void {
    this.parser.write(text);
  }

  end(): void {
    if (this.open.length > 0) throw damaged();
    this.parser.end();
    if (!this.found) {
      throw new FileRefused(
        '표가 없는 웹 페이지입니다. 쇼핑몰에 다시 로그인해 엑셀 파일을 내려받은 뒤 올려 주세요.',
      );
    }
  }

  take(): Row[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private openTag(name: string, attributes: Readonly<Record<string, string>>): void {
    this.depth += 1;
    if (this.depth > limits.htmlDepth) throw damaged();
    if (name === 'input' && attributes.type?.toLowerCase() === 'password') throw loginPage();
    if (silentTags.has(name)) this.silent += 1;

    const table = this.open.at(-1);
    if (name === 'table') this.openTable();
    else if (!table) return;
    else if (name === 'tr') this.startRow(table);
    else if (name === 'td' || name === 'th') this.startCell(table, attributes);
    else if (name === 'br' && table.cell !== undefined) this.add(table, lineEnd);
    else if (blockTags.has(name)) this.breakLine(table);
  }

  private closeTag(name: string): void {
    this.depth -= 1;
    if (silentTags.has(name)) this.silent -= 1;
    const table = this.open.at(-1);
    if (!table) return;
    if (name === 'table') this.closeTable(table);
    else if (name === 'tr') this.endRow(table);
    else if (name === 'td' || name === 'th') this.endCell(table);
    else if (blockTags.has(name)) this.breakLine(table);
  }

  private text(text: string): void {
    const table = this.open.at(-1);
    if (table?.cell !== undefined && this.silent === 0) this.add(table, text);
  }

  private openTable(): void {
    this.tables += 1;
    if (this.tables > limits.parts) throw tooMuch(`표가 ${limits.parts}개가 넘습니다.`);
    const builder = new RowBuilder(`표${this.tables}`, [], noDates);
    this.open.push({
      builder,
      inRow: false,
      column: 0,
      next: 0,
      cells: 0,
      rowNumber: 0,
      reaches: [],
      cell: undefined,
    });
  }

  private closeTable(table: Table): void {
    this.endRow(table);
    this.open.pop();
  }

  private startRow(table: Table): void {
    this.endRow(table);
    table.builder.startRow(undefined);
    table.inRow = true;
    table.rowNumber += 1;
    table.column = 0;
    table.cells = 0;
  }

  private endRow(table: Table): void {
    if (!table.inRow) return;
    this.endCell(table);
    table.inRow = false;
    table.builder.endRow(table.cells);
    const rows = table.builder.take();
    if (rows.length === 0) return;
    this.found = true;
    for (const row of rows) this.rows.push(row);
  }

  private startCell(table: Table, attributes: Readonly<Record<string, string>>): void {
    if (!table.inRow) this.startRow(table);
    this.endCell(table);
    while ((table.reaches[table.column] ?? 0) >= table.rowNumber) table.column += 1;
    const across = span(attributes.colspan);
    const last = table.rowNumber + span(attributes.rowspan) - 1;
    if (table.column + across > limits.columns) throw tooMuch('열이 지나치게 많습니다.');
    if (last > table.rowNumber) {
      while (table.reaches.length < table.column) table.reaches.push(0);
      for (let at = table.column; at < table.column + across; at += 1) table.reaches[at] = last;
    }
    table.cells += across;
    table.cell = '';
    table.next = table.column + across;
  }

  private endCell(table: Table): void {
    if (table.cell === undefined) return;
    const text = shown(table.cell);
    table.cell = undefined;
    if (text !== '') table.builder.asIs(table.column, text);
    table.column = table.next;
  }

  private breakLine(table: Table): void {
    if (table.cell !== undefined && table.cell !== '' && !table.cell.endsWith(lineEnd))
      this.add(table, lineEnd);
  }

  private add(table: Table, text: string): void {
    table.cell += text;
    if (table.cell!.length > limits.token) throw tooMuch('한 칸의 글이 지나치게 깁니다.');
  }
}

const silentTags = new Set(['style', 'script', 'title', 'noscript', 'select']);
const blockTags = new Set(['p', 'div', 'li']);
/** Stands for a line end that is meant, until spaces have been put together. */
const lineEnd = '\u2028';

/** A cell's text as a browser shows it, and the value of `="01012345678"`, which Excel is told not to take as a number. */
function shown(text: string): string {
  const tidy = text
    .replace(/[\t\n\f\r ]+/g, ' ')
    .replace(/ ?\u2028 ?/g, '\n')
    .replaceAll('\u00a0', ' ')
    .trim();
  return ownCopy(/^="([^"]*)"$/.exec(tidy)?.[1] ?? tidy);
}

function span(said: string | undefined): number {
  const count = Number.parseInt(said ?? '', 10);
  return count >= 1 ? Math.min(count, limits.rows) : 1;
}

const loginPage = () =>
  new FileRefused(
    '로그인 화면이 저장된 파일입니다. 쇼핑몰에 다시 로그인해 엑셀 파일을 내려받은 뒤 올려 주세요.',
  );
