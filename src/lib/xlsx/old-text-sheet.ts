import { writeFile } from 'node:fs/promises';
import { Refusal } from '#lib/errors.ts';
import { columnWidths } from './widths.rules.ts';

/** An `.xls` holds 65,536 rows. */
const rowLimit = 65_536;

/** Writes one sheet of an old `.xls` (BIFF8) with every value as text. It is held in memory: such files are short. */
export async function writeOldTextSheet(
  path: string,
  sheetName: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  if (rows.length + 1 > rowLimit)
    throw new Refusal(
      `.xls 파일에는 ${rowLimit.toLocaleString('ko-KR')}줄까지만 담을 수 있습니다. 나누어 받아 주세요.`,
    );
  const xlsx = await import('@e965/xlsx');
  const sheet: Record<string, unknown> = {};
  const table = [header, ...rows];
  for (const [r, row] of table.entries()) {
    for (const [c, value] of row.entries())
      if (value !== '') sheet[xlsx.utils.encode_cell({ r, c })] = { t: 's', v: value, z: '@' };
  }
  sheet['!ref'] = xlsx.utils.encode_range({
    s: { r: 0, c: 0 },
    e: { r: table.length - 1, c: header.length - 1 },
  });
  sheet['!cols'] = columnWidths(table).map((wch) => ({ wch }));
  const workbook = xlsx.utils.book_new();
  xlsx.utils.book_append_sheet(workbook, sheet, sheetName);
  await writeFile(path, xlsx.write(workbook, { type: 'buffer', bookType: 'biff8' }) as Buffer, {
    mode: 0o600,
  });
}
