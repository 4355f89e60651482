import Papa from 'papaparse';
import { delimiterOf } from './delimiters.ts';
import { limits } from './limits.ts';
import { ownCopy } from './own-copy.ts';
import { FileRefused, tooMuch } from './refusals.ts';
import { noDates, type Row, RowBuilder } from './rows.ts';
import type { TextReader } from './text-files.ts';

/**
 * Reads values between commas, tabs or semicolons (found out from the first rows). All are texts: `06236` keeps its
 * zero. Quotes that do not fit refuse the file, because a quote left open swallows the rows after it without a trace.
 */
export class SeparatedRows implements TextReader {
  private builder = new RowBuilder('Sheet1', [], noDates);
  private rest = '';
  private parser: Papa.Parser | undefined;
  private rows = 0;

  write(text: string): void {
    // A line end cut in two would count as two.
    const whole = this.rest + text;
    const cut = whole.endsWith('\r') ? whole.length - 1 : whole.length;
    this.rest = this.parse(whole.slice(0, cut).replace(/\r\n?/g, '\n'), false) + whole.slice(cut);
    if (this.rest.length > limits.token) throw tooMuch('한 줄의 글이 지나치게 깁니다.'); // it is looked at again and again
  }

  end(): void {
    this.parse(this.rest.replace(/\r\n?/g, '\n'), true);
  }

  take(): Row[] {
    return this.builder.take();
  }

  /** Takes the whole rows of a text and returns what is left of it. */
  private parse(text: string, last: boolean): string {
    if (text === '') return '';
    this.parser ??= new Papa.Parser({ delimiter: delimiterOf(text), newline: '\n' });
    const { data, errors, meta } = this.parser.parse(text, 0, !last) as Papa.ParseResult<string[]>;
    // One fault in the row that goes on in the next piece may only be that it goes on there.
    const [broken, another] = errors.filter((error) => error.type === 'Quotes');
    const row = broken?.row ?? 0;
    if (broken && (last || another || row < data.length)) throw brokenQuotes(this.rows + row + 1);
    for (const values of data) this.addRow(values);
    return text.slice(meta.cursor);
  }

  private addRow(values: readonly string[]): void {
    if (values.length > limits.columns) throw tooMuch('열이 지나치게 많습니다.');
    const { builder } = this;
    this.rows += 1;
    builder.startRow(undefined);
    for (let column = 0; column < values.length; column += 1) {
      const value = values[column]!;
      if (value !== '') builder.asIs(column, ownCopy(unwrapped(value)));
    }
    builder.endRow(values.length);
  }
}

/** The value of `="01012345678"`, which Excel is told not to take as a number. */
export function unwrapped(text: string): string {
  return text.startsWith('="') ? (/^="([^"]*)"$/.exec(text)?.[1] ?? text) : text;
}

const brokenQuotes = (row: number) =>
  new FileRefused(
    `${row}번째 줄의 따옴표가 맞지 않아 줄을 나눌 수 없습니다. 쇼핑몰에서 엑셀 파일로 내려받거나, 이 줄을 고친 뒤 올려 주세요.`,
  );
