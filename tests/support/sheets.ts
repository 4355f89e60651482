import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';

export interface ReadSheet {
  name: string;
  rows: unknown[][];
  /** The number formats in use: `@` is text. */
  formats: unknown[];
}

/** The only sheet of a workbook as ExcelJS sees it; empty cells are ''. */
export async function sheetOf(file: string | Buffer): Promise<ReadSheet> {
  const workbook = new ExcelJS.Workbook();
  if (typeof file === 'string') await workbook.xlsx.readFile(file);
  else await workbook.xlsx.load(file as unknown as ExcelJS.Buffer);
  assert.equal(workbook.worksheets.length, 1);
  const sheet = workbook.worksheets[0]!;
  const rows: unknown[][] = [];
  const formats = new Set<unknown>();
  sheet.eachRow((row) => {
    const cells = Array.from({ length: sheet.columnCount }, (_, at) => row.getCell(at + 1));
    rows.push(cells.map((cell) => cell.value ?? ''));
    for (const cell of cells) formats.add(cell.numFmt);
  });
  return { name: sheet.name, rows, formats: [...formats] };
}
