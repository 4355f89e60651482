import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import ExcelJS from 'exceljs';
import { kinds, type Row, readRows } from '#lib/xlsx/index.ts';
import { type FileOptions, smartStoreLines, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import { openFolder } from './folder.ts';

// Two programs that know nothing of each other must find the same in every cell.

/** `sheet!row:column` to what ExcelJS found there. */
async function byExcelJs(path: string): Promise<Map<string, string>> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load((await readFile(path)) as unknown as ArrayBuffer);
  const found = new Map<string, string>();
  for (const sheet of workbook.worksheets) {
    sheet.eachRow((row) =>
      row.eachCell((cell) => {
        if (cell.isMerged && cell.master !== cell) return;
        const text = shown(cell.value);
        if (text !== '') found.set(`${sheet.name}!${row.number}:${cell.col}`, text);
      }),
    );
  }
  return found;
}

async function byUs(path: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const row of readRows(path)) {
    row.texts.forEach((text, at) => {
      if (text !== '') found.set(`${row.sheet}!${row.row}:${at + 1}`, ours(row, at));
    });
  }
  return found;
}

function ours({ texts, kinds: each }: Row, at: number): string {
  return each[at] === kinds.number ? String(Number(texts[at])) : texts[at]!;
}

function shown(value: ExcelJS.CellValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date)
    return new Date(Math.round(value.getTime() / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map((run) => run.text).join('');
  if ('error' in value) return value.error;
  if ('hyperlink' in value) return shown(value.text as ExcelJS.CellValue);
  return shown(('result' in value ? value.result : undefined) as ExcelJS.CellValue);
}

const forms: Record<string, FileOptions> = {
  'the form of 2025 with 72 columns': {},
  'the form of 2023 with 64 columns': { columns: 64 },
  'the form of 2021 with 57 columns': { columns: 57 },
  'another order of the columns and no notice': { shuffled: 7, notice: false },
  'a file saved again by Excel': { resaved: true },
};

for (const [name, options] of Object.entries(forms)) {
  test(`ExcelJS finds the same cells in ${name}`, async () => {
    await using folder = await openFolder();
    const path = folder.file('a.xlsx');
    await writeSmartStoreFile(path, smartStoreLines({ orders: 150 }), options);
    const found = await byUs(path);
    assert.ok(found.size > 8000, `${found.size} cells`);
    assert.deepEqual(found, await byExcelJs(path));
  });
}

for (const useSharedStrings of [true, false]) {
  test(`ExcelJS finds the same in a workbook of its own, ${useSharedStrings ? 'shared' : 'inline'} strings`, async () => {
    await using folder = await openFolder();
    const path = folder.file('a.xlsx');
    const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({
      filename: path,
      useSharedStrings,
      useStyles: true,
    });
    for (const name of ['주문', '둘째 & 셋째']) {
      const sheet = workbook.addWorksheet(name);
      sheet.addRow(['머리', '값']).commit();
      sheet.addRow([' 앞뒤 ', '줄\n바꿈', '<b>"&\'', '=1+1', '+82-10', '@x', '🛏️ 침대', 'e\u0301']).commit();
      sheet.addRow([1, -2.5, 1e-7, 123456789012345, 0.1 + 0.2, true, false]).commit();
      const dates = sheet.addRow([new Date('2026-11-21T07:46:37Z'), new Date('2024-02-29T23:59:59Z'), 45000]);
      dates.getCell(1).numFmt = 'yyyy/mm/dd hh:mm';
      dates.getCell(2).numFmt = 'm"월" d"일"';
      dates.getCell(3).numFmt = '"day" 0';
      dates.commit();
      const odd = sheet.addRow([]);
      odd.getCell(3).value = { richText: [{ text: '퀸', font: { bold: true } }, { text: ' 침대' }] };
      odd.getCell(5).value = { formula: 'A1&"x"', result: '머리x' };
      odd.getCell(6).value = { formula: 'B3*2', result: -5 };
      odd.getCell(7).value = { error: '#N/A' };
      odd.getCell(30).value = '멀리';
      odd.commit();
      sheet.commit();
    }
    await workbook.commit();
    const found = await byUs(path);
    assert.equal(found.size, 2 * 25);
    assert.deepEqual(found, await byExcelJs(path));
  });
}
