import { isDateFormat } from './dates.ts';
import { limits } from './limits.ts';
import { damaged, tooMuch } from './refusals.ts';
import { type DateRules, type Row, RowBuilder } from './rows.ts';
import type { TextReader } from './text-files.ts';
import { type Attributes, attribute, type XmlListener, XmlTextReader } from './xml.ts';

/** Reads the XML that Excel of 2003 and many report programs write as .xls. */
export class Xml2003 implements TextReader {
  private workbook = new Workbook2003();
  private xml = new XmlTextReader(this.workbook);
  private started = false;

  write(text: string): void {
    this.xml.write(this.started ? text : text.trimStart()); // nothing may stand before `<?xml`
    this.started ||= text.trim() !== '';
  }

  end(): void {
    this.xml.end();
  }

  take(): Row[] {
    return this.workbook.take();
  }
}

class Workbook2003 implements XmlListener {
  private rows: Row[] = [];
  private path: string[] = [];
  private styles = new Styles();
  private sheets = 0;
  private builder: RowBuilder | undefined;
  private row = 0;
  private rowStyle: string | undefined;
  private cells = 0;
  private column = 0;
  private across = 0;
  private style: string | undefined;
  private type: string | undefined;
  private value = '';

  take(): Row[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  open(name: string, attributes: Attributes): void {
    const parent = this.path.at(-1);
    this.path.push(name);
    if (name === 'Style' || name === 'NumberFormat') this.styles.open(name, attributes);
    else if (name === 'Worksheet') this.startSheet(attribute(attributes, 'Name') ?? '');
    else if (!this.builder) return;
    else if (name === 'Row' && parent === 'Table') this.startRow(attributes);
    else if (name === 'Cell' && parent === 'Row') this.startCell(attributes);
    else if (name === 'Data' && parent === 'Cell') this.type = attribute(attributes, 'Type') ?? 'String';
  }

  text(text: string): void {
    if (this.type === undefined) return;
    this.value += text;
    if (this.value.length > limits.token) throw tooMuch('한 칸의 글이 지나치게 깁니다.');
  }

  close(name: string): void {
    this.path.pop();
    const parent = this.path.at(-1);
    if (name === 'Worksheet') this.builder = undefined;
    else if (!this.builder) return;
    else if (name === 'Row' && parent === 'Table') this.endRow(this.builder);
    else if (name === 'Cell' && parent === 'Row') this.column += this.across;
    else if (name === 'Data' && parent === 'Cell') this.endValue(this.builder);
  }

  private startSheet(name: string): void {
    this.sheets += 1;
    if (this.sheets > limits.parts) throw tooMuch('시트가 지나치게 많습니다.');
    this.builder = new RowBuilder(name, [], this.styles);
    this.row = 0;
  }

  private startRow(attributes: Attributes): void {
    this.row = place(attributes, this.row, limits.rows) + 1;
    this.rowStyle = attribute(attributes, 'StyleID');
    this.builder!.startRow(this.row);
    this.row += count(attribute(attributes, 'Span')); // the same row several times over, which only empty ones are
    this.cells = 0;
    this.column = 0;
  }

  private endRow(builder: RowBuilder): void {
    builder.endRow(this.cells);
    for (const row of builder.take()) this.rows.push(row);
  }

  private startCell(attributes: Attributes): void {
    this.column = place(attributes, this.column, limits.columns);
    this.across = 1 + count(attribute(attributes, 'MergeAcross'));
    this.style = attribute(attributes, 'StyleID') ?? this.rowStyle;
    this.cells += 1;
  }

  private endValue(builder: RowBuilder): void {
    const { column, type, value } = this;
    this.type = undefined;
    this.value = '';
    if (type === 'Number') builder.number(column, value.trim(), this.styles.numberOf(this.style));
    else if (type === 'DateTime') putDate(builder, column, value.trim());
    else if (type === 'Boolean') builder.boolean(column, value.trim());
    else if (type === 'Error') builder.error(column, value);
    else builder.asIs(column, value);
  }
}

/** Which numbers are dates. A program that has no dates of its own writes them as numbers with a format. */
class Styles implements DateRules {
  readonly dateStyles: boolean[] = [false];
  readonly date1904 = false;
  private numbers = new Map<string, number>();

  open(name: string, attributes: Attributes): void {
    if (name === 'Style') {
      const parent = this.numberOf(attribute(attributes, 'Parent'));
      this.numbers.set(attribute(attributes, 'ID') ?? '', this.dateStyles.length);
      this.dateStyles.push(this.dateStyles[parent] ?? false);
    } else {
      const format = attribute(attributes, 'Format');
      if (format !== undefined) this.dateStyles[this.dateStyles.length - 1] = showsDate(format);
    }
  }

  numberOf(id: string | undefined): number {
    return (id !== undefined && this.numbers.get(id)) || 0;
  }
}

/** Some formats go by names. */
function showsDate(format: string): boolean {
  if (
    /^(General|Fixed|Standard|Currency|Euro Currency|Percent|Scientific|Yes\/No|True\/False|On\/Off)/i.test(
      format,
    )
  )
    return /^General Date$/i.test(format);
  return /^(Long|Medium|Short) (Date|Time)$/i.test(format) || isDateFormat(0, format);
}

/** `2026-11-21T09:05:00.000`; a time of day stands on the day before the calendar begins. */
function putDate(builder: RowBuilder, column: number, text: string): void {
  const time = /^1899-12-3[01]T(\d\d:\d\d:\d\d)(?:\.\d*)?$/.exec(text);
  if (time) builder.date(column, time[1]!);
  else builder.isoDate(column, text);
}

/** Where a row or cell stands, from 0: at its own index, else after the one before. */
function place(attributes: Attributes, next: number, limit: number): number {
  const said = attribute(attributes, 'Index');
  const at = said === undefined ? next : count(said) - 1;
  if (at < next || at >= limit) throw damaged();
  return at;
}

function count(said: string | undefined): number {
  if (said === undefined) return 0;
  if (!/^\d{1,7}$/.test(said)) throw damaged();
  return Number(said);
}
