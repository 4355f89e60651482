import { type Kind, kinds } from '#lib/xlsx/index.ts';
import type { Problem } from '../tables.ts';
import { headerTexts, type Places, placesOf } from './header.ts';
import type { Column, Layout } from './layout.ts';
import { idFault, plainNumber, plainText, readMoment, readPhone, readWon } from './values.rules.ts';

/** The cells of the row at hand under our own columns, read by what they are; gathers what is wrong with them. */
export class RowCells {
  readonly places: Places;
  problems: Problem[] = [];
  private layout: Layout;
  private header: readonly string[];
  private needs: ReadonlySet<Column>;
  private texts: readonly string[] = [];
  private kinds: readonly Kind[] = [];

  constructor(layout: Layout, header: readonly string[]) {
    this.layout = layout;
    this.header = header;
    this.places = placesOf(layout, headerTexts(header));
    this.needs = new Set(layout.required.flat());
  }

  /** Goes on to another row, with nothing wrong yet. */
  turnTo(texts: readonly string[], kindsOfCells: readonly Kind[]): void {
    this.texts = texts;
    this.kinds = kindsOfCells;
    this.problems = [];
  }

  /** The layout cannot do without it. */
  isNeeded(column: Column): boolean {
    return this.needs.has(column);
  }

  neededId(column: Column): string {
    const id = this.id(column);
    if (!id && this.isNeeded(column)) this.empty(column);
    return id ?? '';
  }

  id(column: Column): string | undefined {
    const at = this.place(column);
    if (at === undefined) return undefined;
    const text = plainText(this.texts[at] ?? '');
    if (text === '' || this.isError(column, at)) return '';
    const isNumber = this.kinds[at] === kinds.number;
    const fault = idFault(text, isNumber);
    if (fault === undefined) return text;
    const plain = isNumber ? plainNumber(text) : text;
    // Some programs write every number as 8210034501.0, which loses nothing.
    if (/^\d+\.0+$/.test(text) && idFault(plain, isNumber) === undefined) return plain;
    this.fault(column, fault);
    return text;
  }

  needed(column: Column, longest: number): string {
    const text = this.text(column, longest);
    if (!text && this.isNeeded(column)) this.empty(column);
    return text ?? '';
  }

  /** Undefined when the file has no such column. */
  text(column: Column, longest: number): string | undefined {
    const at = this.place(column);
    if (at === undefined) return undefined;
    const raw = this.texts[at] ?? '';
    if (raw === '' || this.isError(column, at)) return '';
    const text = plainText(this.kinds[at] === kinds.number ? plainNumber(raw) : raw);
    if (text.length > longest) this.fault(column, `글이 너무 깁니다. ${longest}자까지 쓸 수 있습니다.`);
    return text;
  }

  won(column: Column): number | undefined {
    const text = this.text(column, 60);
    if (text === undefined) return undefined;
    const amount = text === '' ? 0 : readWon(text);
    if (amount === undefined)
      this.fault(column, '금액을 읽을 수 없습니다. 1,290,000처럼 원 단위 정수여야 합니다.');
    return amount;
  }

  phone(column: Column): string | undefined {
    const text = this.text(column, 200);
    return text && readPhone(text);
  }

  moment(column: Column): string | null | undefined {
    const text = this.text(column, 60);
    if (text === undefined) return undefined;
    if (text === '') return null;
    const moment = readMoment(text);
    if (moment === undefined) {
      this.fault(column, '날짜를 읽을 수 없습니다. 2026-11-21 09:05처럼 실제로 있는 날짜여야 합니다.');
    }
    return moment ?? null;
  }

  /** Of the columns that may hold it, the first that is filled; undefined when the file has none. */
  place(column: Column): number | undefined {
    const places = this.places[column];
    for (const at of places) {
      if ((this.texts[at] ?? '').trim() !== '') return at;
    }
    return places[0];
  }

  raw(column: Column): string {
    const at = this.place(column);
    return at === undefined ? '' : (this.texts[at] ?? '').trim();
  }

  private isError(column: Column, at: number): boolean {
    if (this.kinds[at] !== kinds.error) return false;
    this.fault(column, '엑셀 오류 값입니다. 수식이 없는 원본 파일을 올려 주세요.');
    return true;
  }

  empty(column: Column): void {
    const known = this.problems.some((problem) => problem.column === this.headerOf(column));
    if (!known) this.fault(column, '비어 있습니다. 이 값이 없으면 주문을 받을 수 없습니다.');
  }

  fault(column: Column, reason: string, unknown?: Problem['unknown']): void {
    const problem: Problem = { column: this.headerOf(column), value: this.raw(column), reason };
    this.problems.push(unknown ? { ...problem, unknown } : problem);
  }

  headerOf(column: Column): string {
    const at = this.place(column);
    return (at === undefined ? undefined : this.header[at]) ?? this.layout.headers[column]?.[0] ?? column;
  }
}
