import type { Writable } from 'node:stream';
import ExcelJS from 'exceljs';

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
  sheet.columns = header.map((text) => ({ width: Math.max(14, text.length * 2), style: { numFmt: '@' } }));

  sheet.addRow([...header]).commit();
  for await (const row of rows) sheet.addRow([...row]).commit();
  sheet.commit();
  await workbook.commit();
}
