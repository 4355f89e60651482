import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import ExcelJS from 'exceljs';
import { widthOf } from '#lib/xlsx/widths.rules.ts';
import type { Grid, GridRow } from './sheet.rules.ts';

const letters = { name: '맑은 고딕', size: 10 };
const wash = { header: 'FFE7ECF3', changed: 'FFFFF1C9', gone: 'FFF3F3F3' };

/**
 * The file of some sheets. Text stays text: ids keep their digits, and a value that begins with `=` is no formula.
 * Numbers are written as numbers only where the column asks for it.
 */
export async function writeWorkbook(grids: readonly Grid[], made: Date): Promise<Buffer> {
  const stream = new PassThrough();
  const whole = buffer(stream);
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useStyles: true });
  workbook.created = made;
  workbook.modified = made;
  for (const grid of grids) writeGrid(workbook, grid);
  await workbook.commit();
  return whole;
}

function writeGrid(workbook: ExcelJS.stream.xlsx.WorkbookWriter, grid: Grid): void {
  const above = (grid.title ? 1 : 0) + grid.heading.length;
  const sheet = workbook.addWorksheet(grid.name, {
    views: [{ state: 'frozen', ySplit: above + 1, xSplit: 0 }],
    pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  sheet.columns = grid.columns.map(({ isNumber }, at) => ({
    width: columnWidth(grid, at),
    style: isNumber
      ? { numFmt: '#,##0.######', font: letters, alignment: { vertical: 'middle' } }
      : { numFmt: '@', font: letters, alignment: { vertical: 'middle' } },
  }));

  if (grid.title) addHeading(sheet, grid.title, { ...letters, bold: true, size: 16 }, 26);
  for (const line of grid.heading) addHeading(sheet, line, letters, 18);

  const header = sheet.addRow(grid.columns.map(({ title }) => title));
  header.eachCell((cell) => {
    cell.numFmt = '@';
    cell.font = { ...letters, bold: true };
    cell.fill = solid(wash.header);
    cell.border = { bottom: { style: 'thin' } };
  });
  header.commit();
  for (const row of grid.rows) addRow(sheet, row);

  const totals = sheet.addRow(grid.totals);
  totals.eachCell((cell) => {
    cell.font = { ...letters, bold: true };
  });
  totals.commit();
  sheet.commit();
}

/** Headings begin in the first column and run over its neighbours, which are empty. */
function addHeading(
  sheet: ExcelJS.Worksheet,
  text: string,
  font: Partial<ExcelJS.Font>,
  height: number,
): void {
  const row = sheet.addRow([text]);
  row.height = height;
  row.getCell(1).numFmt = '@';
  row.getCell(1).font = font;
  row.commit();
}

function addRow(sheet: ExcelJS.Worksheet, { cells, kind, changed }: GridRow): void {
  const row = sheet.addRow(cells);
  if (kind === 'cancelled' || kind === 'held') {
    row.eachCell((cell, column) => {
      cell.fill = solid(wash.gone);
      cell.font =
        column > 2
          ? { ...letters, strike: kind === 'cancelled', color: { argb: 'FF777777' } }
          : { ...letters, bold: true };
    });
  }
  for (const place of changed) {
    row.getCell(place + 1).fill = solid(wash.changed);
    row.getCell(place + 1).font = { ...letters, bold: true };
  }
  row.commit();
}

function solid(argb: string): ExcelJS.Fill {
  return { type: 'pattern', pattern: 'solid', fgColor: { argb } };
}

const rowsLookedAt = 300;

/** Wide enough for the heading and the first rows. */
function columnWidth({ columns, rows }: Grid, at: number): number {
  const texts = [columns[at]!.title, ...rows.slice(0, rowsLookedAt).map(({ cells }) => String(cells[at]))];
  const widest = Math.max(...texts.map(widthOf));
  return Math.min(Math.max(widest + 2, 7), 48);
}
