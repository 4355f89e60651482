import { serialText } from './dates.ts';
import { limits } from './limits.ts';
import { damaged, tooMuch } from './refusals.ts';

/** What a cell holds: a plain number, so that a row is two flat arrays. */
export const kinds = { empty: 0, text: 1, number: 2, date: 3, boolean: 4, error: 5 } as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

/** A row with at least one value. */
export interface Row {
  sheet: string;
  /** As Excel counts: the first is 1. */
  row: number;
  /**
   * By column, from 0; '' for an empty cell, and nothing after the last value. A number keeps the digits of the
   * file, so that an id that lost some can be told; a date is `2026-11-21 09:05:00`, a time of day `09:05:00`;
   * a boolean TRUE or FALSE; an error what Excel shows, `#N/A`.
   */
  texts: string[];
  kinds: Kind[];
}

/** Which numbers are dates, and when the calendar of the file begins. */
export interface DateRules {
  /** By a cell's style number: true when the number in it is a date. */
  dateStyles: readonly boolean[];
  date1904: boolean;
}

/** For containers in which everything is text. */
export const noDates: DateRules = { dateStyles: [], date1904: false };

/** What cells mean, whoever takes the file apart: puts rows together and keeps count of them. */
export class RowBuilder {
  /** The rows finished and not taken yet. */
  rows: Row[] = [];
  private sheet: string;
  private strings: readonly string[];
  private dates: DateRules;
  private row = 0;
  private rowBefore = 0;
  private texts: string[] = [];
  private kinds: Kind[] = [];
  private rowCount = 0;
  private cellCount = 0;
  private characters = 0;
  private valued = new Uint8Array(limits.columns);
  private valuedCount = 0;

  constructor(sheet: string, strings: readonly string[], dates: DateRules) {
    this.sheet = sheet;
    this.strings = strings;
    this.dates = dates;
  }

  /** Begins a row; without a number of its own it is the next one. */
  startRow(number: number | undefined): void {
    this.rowBefore = this.row;
    this.row = number ?? this.row + 1;
    this.rowCount += 1;
    this.characters = 0;
    if (number === undefined && this.row > limits.rows) throw tooMuch('줄이 1,048,576개가 넘습니다.');
    if (!(this.row >= 1 && this.row <= limits.rows) || this.rowCount > limits.rows) throw damaged();
  }

  /** Forgets the row begun last: it will be read again another way. */
  abandonRow(): void {
    this.row = this.rowBefore;
    this.rowCount -= 1;
    this.texts = [];
    this.kinds = [];
  }

  /** Ends a row in which `elements` cells were written, with a value or without. */
  endRow(elements: number): void {
    this.cellCount += Math.max(elements, this.texts.length);
    if (this.cellCount > limits.cells) throw tooMuch('칸이 4천만 개가 넘습니다.');
    if (this.texts.length === 0) return;
    this.rows.push({ sheet: this.sheet, row: this.row, texts: this.texts, kinds: this.kinds });
    this.texts = [];
    this.kinds = [];
  }

  take(): Row[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  shared(column: number, index: number): void {
    const text = this.strings[index];
    if (text === undefined) throw damaged();
    this.set(column, text, kinds.text);
  }

  /** Text as it stands, where nothing is escaped. */
  asIs(column: number, text: string): void {
    this.set(column, text, kinds.text);
  }

  text(column: number, text: string): void {
    this.set(column, unescapeControls(text), kinds.text);
  }

  number(column: number, digits: string, style: number): void {
    if (this.dates.dateStyles[style]) {
      const date = serialText(Number(digits), this.dates.date1904);
      if (date !== undefined && digits !== '') {
        this.set(column, date, kinds.date);
        return;
      }
    }
    this.set(column, digits, kinds.number);
  }

  /** A date written as ISO 8601 text, without zone. */
  isoDate(column: number, text: string): void {
    const date = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d*)?)?$/.exec(text);
    if (date) this.set(column, `${date[1]} ${date[2] ?? '00:00:00'}`, kinds.date);
    else this.set(column, text, kinds.text);
  }

  boolean(column: number, text: string): void {
    this.set(column, text === '' ? '' : text === '1' || text === 'true' ? 'TRUE' : 'FALSE', kinds.boolean);
  }

  date(column: number, text: string): void {
    this.set(column, text, kinds.date);
  }

  error(column: number, text: string): void {
    this.set(column, text, kinds.error);
  }

  private set(column: number, text: string, kind: Kind): void {
    if (text === '') return;
    if (this.valued[column] !== 1) this.countColumn(column);
    this.characters += text.length;
    if (this.characters > limits.rowCharacters) throw tooMuch('한 줄의 글이 지나치게 깁니다.');
    const { texts, kinds } = this;
    while (texts.length < column) {
      texts.push('');
      kinds.push(0);
    }
    texts[column] = text;
    kinds[column] = kind;
  }

  private countColumn(column: number): void {
    if (column >= limits.columns) throw damaged();
    this.valued[column] = 1;
    this.valuedCount += 1;
    if (this.valuedCount > limits.valuedColumns)
      throw tooMuch(`값이 있는 열이 ${limits.valuedColumns}개가 넘습니다.`);
  }
}

/** Excel writes characters that XML cannot hold as `_x000D_`, and an underscore that looks like one as `_x005F_`. */
export function unescapeControls(text: string): string {
  if (text.length < 7 || !text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
