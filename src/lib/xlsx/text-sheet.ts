import type { Writable } from 'node:stream';
import ExcelJS from 'exceljs';
import { columnWidths } from './widths.rules.ts';

/**
 * Writes one sheet with every value as text: ids keep their digits, and a value that begins with `=` stays a value.
 * `to` is a path or a stream.
 */
export async function writeTextSheet(
  to: string | Writable,
  sheetName: string,
  header: readonly string[],
  rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
): Promise<void> {
  const target = typeof to === 'string' ? { filename: to } : { stream: to };
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ ...target, useStyles: true });
  const sheet = workbook.addWorksheet(sheetName);
  const known = Array.isArray(rows) ? (rows as readonly (readonly string[])[]) : [];
  const widths = columnWidths([header, ...known]);
  sheet.columns = header.map((_, at) => ({ width: widths[at], style: { numFmt: '@' } }));

  sheet.addRow([...header]).commit();
  for await (const row of rows) sheet.addRow([...row]).commit();
  sheet.commit();
  await workbook.commit();
}
