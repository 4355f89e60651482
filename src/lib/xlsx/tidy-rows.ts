import { limits } from './limits.ts';
import type { RowBuilder } from './rows.ts';
import { code, TidyScanner, tag, tagEnd, untidy } from './tidy-scanner.ts';

/** Takes plainly written rows out of a sheet. */
export class TidyRows extends TidyScanner {
  private builder: RowBuilder;
  // What the last row or cell tag said.
  private reference = none;
  private style = 0;
  private type: Type = types.number;

  constructor(builder: RowBuilder) {
    super();
    this.builder = builder;
  }

  protected item(): boolean {
    const { builder } = this;
    if (!this.skip(tags.row) || !this.rowAttributes()) return false;
    builder.startRow(this.reference === none ? undefined : this.reference);
    const cells = this.closed ? 0 : this.cells();
    if (cells === untidy) {
      builder.abandonRow();
      return false;
    }
    builder.endRow(cells);
    this.skipSpace();
    return true;
  }

  /** Reads up to and with `</row>`; how many cells there were, or `untidy`. */
  private cells(): number {
    let count = 0;
    let column = -1;
    for (;;) {
      this.skipSpace();
      if (!this.skip(tags.cell)) break;
      if (!this.cellAttributes()) return untidy;
      column = this.reference === none ? column + 1 : this.reference;
      if (column >= limits.columns || !this.value(column)) return untidy;
      count += 1;
    }
    return this.skip(tags.rowEnd) ? count : untidy;
  }

  /** The inside of a cell and its end. */
  private value(column: number): boolean {
    if (this.closed) return true;
    this.skipSpace();
    if (this.skip(tags.formula) && !this.formula()) return false;
    this.skipSpace();
    if (this.skip(tags.value)) {
      if (!this.plainAttributes() || this.closed || !this.put(column)) return false;
    } else if (this.skip(tags.inline)) {
      if (!this.inline(column)) return false;
    }
    this.skipSpace();
    return this.skip(tags.cellEnd);
  }

  private put(column: number): boolean {
    const { builder, type, style } = this;
    if (type === types.shared) {
      const index = this.index();
      if (index < 0) return false;
      builder.shared(column, index);
    } else {
      const text = this.text();
      if (text === undefined) return false;
      if (type === types.string) builder.text(column, text);
      else if (type === types.number) builder.number(column, text, style);
      else if (type === types.boolean) builder.boolean(column, text);
      else if (type === types.error) builder.error(column, text);
      else return false;
    }
    return this.skip(tags.valueEnd);
  }

  /** `<is><t>…</t></is>`: one plain text. */
  private inline(column: number): boolean {
    if (this.type !== types.inline || !this.skip(tags.text) || !this.plainAttributes() || this.closed)
      return false;
    const text = this.text();
    if (text === undefined) return false;
    this.builder.text(column, text);
    return this.skip(tags.textEnd) && this.skip(tags.inlineEnd);
  }

  /** Passes over a formula: only its cached result counts. */
  private formula(): boolean {
    if (!this.plainAttributes()) return false;
    return this.closed || (this.text() !== undefined && this.skip(tags.formulaEnd));
  }

  private rowAttributes(): boolean {
    this.reference = none;
    this.startAttributes();
    for (;;) {
      const name = this.attribute();
      if (name === tagEnd) return true;
      if (name === untidy || !(name === letter.r ? this.readRow() : this.skipValue())) return false;
    }
  }

  private cellAttributes(): boolean {
    this.reference = none;
    this.style = 0;
    this.type = types.number;
    this.startAttributes();
    for (;;) {
      const name = this.attribute();
      if (name === tagEnd) return true;
      if (name === letter.r) {
        if (!this.readColumn()) return false;
      } else if (name === letter.s) {
        if (!this.readStyle()) return false;
      } else if (name === letter.t) {
        if (!this.readType()) return false;
      } else if (name === untidy || !this.skipValue()) return false;
    }
  }

  /** The number of `r="12"`. */
  private readRow(): boolean {
    this.reference = this.index();
    return this.reference >= 0 && this.endOfValue();
  }

  /** The column of `r="AB12"`, from 0. */
  private readColumn(): boolean {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    let column = 0;
    for (let letter = bytes[at]! - 64; letter >= 1 && letter <= 26; letter = bytes[++at]! - 64) {
      column = column * 26 + letter;
    }
    if (at === start || at - start > 3) return false;
    this.reference = column - 1;
    this.at = at;
    return this.index() >= 0 && this.endOfValue();
  }

  private readStyle(): boolean {
    this.style = this.index();
    return this.style >= 0 && this.endOfValue();
  }

  private readType(): boolean {
    const { bytes, at } = this;
    const first = bytes[at]!;
    let length = 1;
    if (first === letter.s && !this.isSingle()) {
      this.type = types.string;
      length = 3;
      if (bytes[at + 1] !== letter.t || bytes[at + 2] !== letter.r) return false;
    } else if (first === letter.s) this.type = types.shared;
    else if (first === letter.n) this.type = types.number;
    else if (first === letter.b) this.type = types.boolean;
    else if (first === letter.e) this.type = types.error;
    else if (first === letter.i && this.skip(inlineType)) {
      this.type = types.inline;
      return this.endOfValue();
    } else return false;
    this.at = at + length;
    return this.endOfValue();
  }
}

const none = -1;

const types = { number: 0, shared: 1, string: 2, inline: 3, boolean: 4, error: 5 } as const;
type Type = (typeof types)[keyof typeof types];

const letter = {
  b: code('b'),
  e: code('e'),
  i: code('i'),
  n: code('n'),
  r: code('r'),
  s: code('s'),
  t: code('t'),
};

const tags = {
  row: tag('<row'),
  rowEnd: tag('</row>'),
  cell: tag('<c'),
  cellEnd: tag('</c>'),
  formula: tag('<f'),
  formulaEnd: tag('</f>'),
  value: tag('<v'),
  valueEnd: tag('</v>'),
  inline: tag('<is>'),
  inlineEnd: tag('</is>'),
  text: tag('<t'),
  textEnd: tag('</t>'),
};
const inlineType = tag('inlineStr');
