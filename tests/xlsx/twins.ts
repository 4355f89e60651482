import * as XLSX from '@e965/xlsx';
import iconv from 'iconv-lite';
import { biffFile } from './biff-files.ts';

// The same table in every container that a mall, a courier or Excel itself may choose.

/** A cell as a writer is given it; a Date is wall time in UTC. */
export type Cell = string | number | boolean | Date | null;

export interface Sheet {
  name: string;
  rows: readonly (readonly Cell[])[];
}

function workbookOf(sheets: readonly Sheet[]): XLSX.WorkBook {
  const workbook = XLSX.utils.book_new();
  for (const { name, rows } of sheets) {
    const cells = rows.map((row) => row.map((cell) => (cell instanceof Date ? serialOf(cell) : cell)));
    const sheet = XLSX.utils.aoa_to_sheet(cells);
    rows.forEach((row, r) => {
      row.forEach((cell, c) => {
        const written = sheet[XLSX.utils.encode_cell({ r, c })] as XLSX.CellObject | undefined;
        if (written && cell instanceof Date) written.z = 'yyyy\\-mm\\-dd\\ hh:mm:ss';
      });
    });
    XLSX.utils.book_append_sheet(workbook, sheet, name);
  }
  return workbook;
}

function serialOf(date: Date): number {
  return date.getTime() / 86_400_000 + 25_569;
}

function bySheetJs(bookType: XLSX.BookType): (sheets: readonly Sheet[]) => Buffer {
  return (sheets) =>
    XLSX.write(workbookOf(sheets), { type: 'buffer', bookType, codepage: 949 } as never) as Buffer;
}

/** Containers that keep numbers and dates apart from texts. */
export const workbooks = {
  'BIFF8 .xls': bySheetJs('biff8'),
  'our BIFF8 .xls': (sheets: readonly Sheet[]) => biffFile(sheets, { version: 8 }),
  'BIFF8 .xls in short records': (sheets: readonly Sheet[]) =>
    biffFile(sheets, { version: 8, recordLength: 13 }),
  'BIFF8 .xls written by columns': (sheets: readonly Sheet[]) =>
    biffFile(sheets, { version: 8, byColumn: true }),
  'BIFF5 .xls': (sheets: readonly Sheet[]) => biffFile(sheets, { version: 5 }),
  'BIFF5 .xls of a Mac': (sheets: readonly Sheet[]) => biffFile(sheets, { version: 5, date1904: true }),
  'XML of 2003': bySheetJs('xlml'),
  'our XML of 2003': xml2003,
  '.xlsx': bySheetJs('xlsx'),
} as const;

const separated =
  (delimiter: string, lineEnd: string, encode: (text: string) => Buffer) =>
  ([sheet]: readonly Sheet[]) =>
    encode(separatedText(sheet!.rows, delimiter, lineEnd));

/** Containers in which all is text. */
export const texts = {
  'CSV in UTF-8': separated(',', '\n', (text) => Buffer.from(text)),
  'CSV in UTF-8 with a mark': separated(',', '\r\n', (text) => Buffer.from(`\ufeff${text}`)),
  'CSV in CP949': separated(',', '\r\n', (text) => iconv.encode(text, 'cp949')),
  'CSV between semicolons': separated(';', '\n', (text) => Buffer.from(text)),
  'CSV of old Macs': separated(',', '\r', (text) => Buffer.from(text)),
  'tabs in UTF-16 LE': separated('\t', '\r\n', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')),
  'tabs in UTF-16 BE': separated('\t', '\r\n', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()),
  'tabs in CP949': separated('\t', '\n', (text) => iconv.encode(text, 'cp949')),
  'HTML in UTF-8': ([sheet]: readonly Sheet[]) => Buffer.from(htmlText([sheet!])),
  'HTML in CP949': ([sheet]: readonly Sheet[]) => iconv.encode(htmlText([sheet!], 'euc-kr'), 'cp949'),
  'HTML without a word on its charset': ([sheet]: readonly Sheet[]) =>
    iconv.encode(htmlText([sheet!], ''), 'cp949'),
} as const;

export function separatedText(rows: Sheet['rows'], delimiter = ',', lineEnd = '\r\n'): string {
  const value = (cell: Cell) => {
    const text = String(cell ?? '');
    return /["\r\n,\t;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(value).join(delimiter) + lineEnd).join('');
}

export function htmlText(sheets: readonly Sheet[], charset = 'utf-8'): string {
  const meta = charset && `<meta http-equiv="Content-Type" content="text/html; charset=${charset}">`;
  const table = ({ rows }: Sheet) =>
    `<table border=1>${rows
      .map((row) => `<tr>${row.map((cell) => `<td>${htmlValue(String(cell ?? ''))}</td>`).join('')}</tr>\r\n`)
      .join('')}</table>`;
  return `<html><head>${meta}<style>td{mso-number-format:"\\@"}</style></head><body>\n${sheets.map(table).join('<br>')}</body></html>`;
}

const htmlValue = (text: string) => escaped(text).replaceAll('\n', '<br>');

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** As Excel 2003 writes it. */
export function xml2003(sheets: readonly Sheet[]): Buffer {
  const data = (cell: Cell) => {
    if (cell instanceof Date) {
      return `<Cell ss:StyleID="s21"><Data ss:Type="DateTime">${cell.toISOString().slice(0, -1)}</Data></Cell>`;
    }
    if (typeof cell === 'number') return `<Cell><Data ss:Type="Number">${cell}</Data></Cell>`;
    if (typeof cell === 'boolean') return `<Cell><Data ss:Type="Boolean">${cell ? 1 : 0}</Data></Cell>`;
    if (cell === null) return '<Cell/>';
    return `<Cell><Data ss:Type="String">${escaped(cell).replaceAll('\n', '&#10;')}</Data></Cell>`;
  };
  return xmlWorkbook(
    sheets
      .map(
        ({ name, rows }) =>
          `<Worksheet ss:Name="${escaped(name)}"><Table>${rows.map((row) => `<Row>${row.map(data).join('')}</Row>\n`).join('')}</Table></Worksheet>`,
      )
      .join(''),
  );
}

export function xmlWorkbook(worksheets: string): Buffer {
  return Buffer.from(`<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">
 <Styles><Style ss:ID="Default" ss:Name="Normal"><Font ss:FontName="맑은 고딕"/></Style>
  <Style ss:ID="s21"><NumberFormat ss:Format="yyyy\\-mm\\-dd\\ hh:mm:ss"/></Style>
  <Style ss:ID="s22" ss:Parent="s21"/><Style ss:ID="s23"><NumberFormat ss:Format="Short Date"/></Style>
  <Style ss:ID="s24"><NumberFormat ss:Format="Standard"/></Style></Styles>
 ${worksheets}
</Workbook>`);
}
