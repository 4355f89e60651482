import { readFileSync, writeFileSync } from 'node:fs';
import officeCrypto from 'officecrypto-tool';
import {
  dateColumns,
  forms,
  olderNames,
  type SmartStoreColumn,
  type SmartStoreLine,
  wonColumns,
} from './smartstore-columns.ts';
import { writeZip } from './zip-file.ts';

export type { SmartStoreLine } from './smartstore-columns.ts';
export { type LineOptions, smartStoreLines } from './smartstore-lines.ts';

export interface FileOptions {
  columns?: 72 | 64 | 57;
  /** Another order of the columns: any number, the same order for the same number. */
  shuffled?: number;
  /** The notice the mall writes above the header; there unless false. */
  notice?: boolean;
  /** Locks the file as the mall does (agile), or as older programs do. */
  password?: string;
  locking?: 'agile' | 'standard';
  /** As Excel leaves it after a person opened and saved it: numbers for phones and postal codes, dates as text. */
  resaved?: boolean;
  /** Columns the seller switched off. */
  without?: readonly string[];
  sheet?: string;
  /** The last word on each row: cells by header, a number in `{ number }` is written digit for digit. */
  tweak?: (cells: Cells, index: number) => Cells;
}

export type Cells = Record<string, CellValue>;
export type CellValue = string | number | { number: string } | undefined;

/** Writes lines as the mall's own 발주발송관리 file; the lines may come from a generator, they are not held. */
export async function writeSmartStoreFile(
  path: string,
  lines: Iterable<SmartStoreLine>,
  options: FileOptions = {},
): Promise<void> {
  const strings = options.resaved ? new SharedStrings() : undefined;
  await writeZip(path, parts(lines, options, strings));
  if (options.password) lock(path, options.password, options.locking);
}

function lock(path: string, password: string, locking: FileOptions['locking']): void {
  const type = locking === 'standard' ? { type: 'standard' as const } : {};
  writeFileSync(path, officeCrypto.encrypt(readFileSync(path), { password, ...type }));
}

function* parts(lines: Iterable<SmartStoreLine>, options: FileOptions, strings: SharedStrings | undefined) {
  const sheet = options.sheet ?? '발주발송관리';
  yield { name: '[Content_Types].xml', text: contentTypes };
  yield { name: '_rels/.rels', text: packageRels };
  yield { name: 'xl/workbook.xml', text: workbook.replace('SHEET', escaped(sheet)) };
  yield { name: 'xl/_rels/workbook.xml.rels', text: workbookRels };
  yield { name: 'xl/worksheets/sheet1.xml', text: sheetXml(lines, options, strings) };
  yield { name: 'xl/sharedStrings.xml', text: strings ? strings.xml() : emptyStrings };
  yield { name: 'xl/styles.xml', text: styles };
}

function* sheetXml(
  lines: Iterable<SmartStoreLine>,
  options: FileOptions,
  strings: SharedStrings | undefined,
): Generator<string> {
  const columns = columnsOf(options);
  const letters = columns.map((_, at) => columnName(at + 1));
  const write = cellWriter(strings);
  let row = 0;
  const rowXml = (cells: readonly string[]) =>
    `<row r="${row}" spans="1:${columns.length}">${cells.join('')}</row>`;

  yield sheetStart;
  if (options.notice !== false) {
    row += 1;
    yield rowXml([write(`A${row}`, notice), write(`D${row}`, noticeBeside)]);
  }
  row += 1;
  yield rowXml(columns.map((column, at) => write(`${letters[at]}${row}`, column)));

  let index = 0;
  let pending: string[] = [];
  for (const line of lines) {
    row += 1;
    const found = cellsOf(line, columns, options.resaved ?? false);
    const cells = options.tweak ? options.tweak(found, index) : found;
    pending.push(rowXml(columns.map((column, at) => write(letters[at]! + row, cells[column], column))));
    index += 1;
    if (pending.length === 200) {
      yield pending.join('');
      pending = [];
    }
  }
  yield pending.join('');
  yield options.notice !== false ? `</sheetData>${merges}</worksheet>` : '</sheetData></worksheet>';
}

function columnsOf({ columns = 72, shuffled, without = [] }: FileOptions): string[] {
  const kept = forms[columns].filter((column) => !without.includes(column));
  if (shuffled === undefined) return kept;
  const place = (column: string) =>
    [...column].reduce((sum, char) => (sum * 31 + char.codePointAt(0)!) % 9973, shuffled);
  return kept.toSorted((a, b) => place(a) - place(b));
}

function cellsOf(line: SmartStoreLine, columns: readonly string[], resaved: boolean): Cells {
  const cells: Cells = {};
  for (const column of columns) {
    const value = line[olderNames[column] ?? (column as SmartStoreColumn)];
    cells[column] = resaved ? afterSaving(column, value) : value;
  }
  return cells;
}

const turnedToNumbers = new Set(['우편번호', '수취인연락처1', '수취인연락처2', '구매자연락처', '상품번호']);

function afterSaving(column: string, value: string | number | undefined): CellValue {
  if (typeof value !== 'string' || value === '') return value;
  if (turnedToNumbers.has(column) && !value.includes('*')) return Number(value.replaceAll('-', ''));
  return value;
}

const [textStyle, wonStyle, dateStyle, numberStyle] = [1, 2, 3, 4];

function cellWriter(strings: SharedStrings | undefined) {
  return (at: string, value: CellValue, column?: string): string => {
    if (value === undefined || value === '') return '';
    if (typeof value === 'object') return `<c r="${at}" s="${numberStyle}"><v>${value.number}</v></c>`;
    if (typeof value === 'number') {
      const style = column && wonColumns.has(column) ? wonStyle : numberStyle;
      return `<c r="${at}" s="${style}"><v>${value}</v></c>`;
    }
    if (strings) return `<c r="${at}" s="${textStyle}" t="s"><v>${strings.index(value)}</v></c>`;
    const day = column && dateColumns.has(column) ? serial(value) : undefined;
    if (day !== undefined) return `<c r="${at}" s="${dateStyle}"><v>${day}</v></c>`;
    return `<c r="${at}" s="${textStyle}" t="str"><v>${escaped(value)}</v></c>`;
  };
}

/** Days since 1899-12-30 on a clock without time zones; undefined for what is no real moment. */
function serial(wall: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(wall)) return undefined;
  const iso = `${wall.replace(' ', 'T')}.000Z`;
  const time = Date.parse(iso);
  const real = !Number.isNaN(time) && new Date(time).toISOString() === iso; // 30 February rolls over
  return real ? time / 86_400_000 + 25_569 : undefined;
}

class SharedStrings {
  private indexes = new Map<string, number>();
  private uses = 0;

  index(text: string): number {
    this.uses += 1;
    const known = this.indexes.get(text);
    if (known !== undefined) return known;
    this.indexes.set(text, this.indexes.size);
    return this.indexes.size - 1;
  }

  *xml(): Generator<string> {
    yield `${xmlHead}<sst xmlns="${main}" count="${this.uses}" uniqueCount="${this.indexes.size}">`;
    for (const text of this.indexes.keys()) {
      const space = text.trim() === text ? '' : ' xml:space="preserve"';
      yield `<si><t${space}>${escaped(text)}</t><phoneticPr fontId="1" type="noConversion"/></si>`;
    }
    yield '</sst>';
  }
}

function columnName(number: number): string {
  const rest = Math.floor((number - 1) / 26);
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((number - 1) % 26));
}

function escaped(text: string): string {
  return /[&<>"]/.test(text)
    ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
    : text;
}

const notice =
  "◈ 다운로드 받은 파일로 '엑셀 일괄발송' 처리하는 방법\n1) 첫 줄을 지워 주세요. 2) 상품주문번호, 배송방법, 택배사, 송장번호를 채워 주세요.\n3) 시트 이름을 발송처리로 바꿔 저장한 뒤 올려 주세요.";
const noticeBeside = '◈ 선물하기 주문은 구매자가 아니라 수취인에게 연락해 주세요.';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

// The mall's dimension is wrong in every file: a reader that trusts it sees one cell.
const sheetStart = `${xmlHead}<worksheet xmlns="${main}" xmlns:r="${office}"><sheetPr><pageSetUpPr/></sheetPr><dimension ref="A1"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>`;
const merges = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="D1:F1"/></mergeCells>';

const workbook = `${xmlHead}<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr defaultThemeVersion="164011"/><sheets><sheet sheetId="1" name="SHEET" state="visible" r:id="rId3"/></sheets><calcPr calcId="171027"/></workbook>`;
const workbookRels = `${xmlHead}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="${office}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`;
const packageRels = `${xmlHead}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;
const emptyStrings = `${xmlHead}<sst xmlns="${main}" count="0" uniqueCount="0"/>`;

const contentType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const contentTypes = `${xmlHead}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${contentType}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${contentType}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${contentType}.sharedStrings+xml"/><Override PartName="/xl/styles.xml" ContentType="${contentType}.styles+xml"/></Types>`;

const font = '<font><sz val="10"/><name val="맑은 고딕"/></font>';
const styles = `${xmlHead}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="&quot;\\&quot;#,##0"/><numFmt numFmtId="165" formatCode="yyyy/mm/dd hh:mm"/></numFmts><fonts count="1">${font}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
