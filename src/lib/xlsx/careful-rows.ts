import { limits } from './limits.ts';
import { damaged, tooMuch } from './refusals.ts';
import type { RowBuilder } from './rows.ts';
import type { Attributes, XmlListener } from './xml.ts';

/** Takes rows out of any well-formed sheet, however it is written. */
export class CarefulRows implements XmlListener {
  inside = false;
  private builder: RowBuilder;
  private cells = 0;
  private column = -1;
  private type = '';
  private style = 0;
  private value = '';
  private inline = '';
  private capturing: 'value' | 'inline' | undefined;
  private inInline = false;
  private phonetics = 0;

  constructor(builder: RowBuilder) {
    this.builder = builder;
  }

  open(name: string, attributes: Attributes): void {
    if (name === 'sheetData') this.inside = true;
    if (!this.inside) return;
    if (name === 'row') this.startRow(attributes);
    else if (name === 'c') this.startCell(attributes);
    else if (name === 'v') this.capturing = 'value';
    else if (name === 'is') this.inInline = true;
    else if (name === 'rPh') this.phonetics += 1;
    else if (name === 't' && this.inInline && this.phonetics === 0) this.capturing = 'inline';
  }

  text(text: string): void {
    if (this.capturing === 'value') this.value += text;
    else if (this.capturing === 'inline') this.inline += text;
    if (this.inline.length > limits.token) throw tooMuch('한 칸의 글이 지나치게 깁니다.');
  }

  close(name: string): void {
    if (!this.inside) return;
    if (name === 'v' || name === 't') this.capturing = undefined;
    else if (name === 'is') this.inInline = false;
    else if (name === 'rPh') this.phonetics -= 1;
    else if (name === 'c') this.endCell();
    else if (name === 'row') this.builder.endRow(this.cells);
    else if (name === 'sheetData') this.inside = false;
  }

  private startRow({ r }: Attributes): void {
    this.cells = 0;
    this.column = -1;
    if (r !== undefined && !/^\d{1,7}$/.test(r)) throw damaged();
    this.builder.startRow(r === undefined ? undefined : Number(r));
  }

  private startCell({ r, t = '', s = '0' }: Attributes): void {
    this.cells += 1;
    this.column = r === undefined ? this.column + 1 : columnOf(r);
    if (this.column >= limits.columns) throw damaged();
    this.type = t;
    this.style = Number(s);
    this.value = '';
    this.inline = '';
  }

  private endCell(): void {
    const { builder, column, value } = this;
    switch (this.type) {
      case '':
      case 'n':
        builder.number(column, value, this.style);
        break;
      case 's':
        if (value !== '') builder.shared(column, /^\d{1,9}$/.test(value) ? Number(value) : -1);
        break;
      case 'str':
        builder.text(column, value);
        break;
      case 'inlineStr':
        builder.text(column, this.inline);
        break;
      case 'b':
        builder.boolean(column, value);
        break;
      case 'e':
        builder.error(column, value);
        break;
      case 'd':
        builder.isoDate(column, value);
        break;
      default:
        throw damaged();
    }
  }
}

/** 0 for the A of A1. */
function columnOf(reference: string): number {
  const letters = /^([A-Z]{1,3})\d{1,7}$/.exec(reference)?.[1];
  if (!letters) throw damaged();
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
