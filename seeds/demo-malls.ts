import { join } from 'node:path';
import { findChannelByCode, importFile } from '#channels';
import type { Ctx } from '#lib/ctx.ts';
import { addDays, day } from '#lib/dates.ts';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { writers } from '../src/channels/jobs.ts';
import { coupang40, kakao48 } from './malls/columns.ts';
import { coupangCells } from './malls/coupang-cells.ts';
import { kakaoCells } from './malls/kakao-cells.ts';
import { type Sale, sales } from './malls/sales.ts';

interface MallFile {
  code: string;
  name: string;
  sheet: string;
  columns: readonly string[];
  /** Another seed is another shop: nobody buys the same at two malls. */
  seed: number;
  cells: (sale: Sale) => Record<string, string | number>;
}

const files: MallFile[] = [
  {
    code: 'coupang',
    name: 'DeliveryList',
    sheet: '배송관리',
    columns: coupang40,
    seed: 4,
    cells: coupangCells,
  },
  {
    code: 'kakao',
    name: '톡스토어_배송준비중',
    sheet: 'Sheet0',
    columns: kakao48,
    seed: 5,
    cells: kakaoCells,
  },
];

/** What two other malls sold these days: parcels for couriers among it, and gifts that wait for an address. */
export async function importOtherMalls(ctx: Ctx, folder: string): Promise<void> {
  const today = day(ctx.now());
  const days = { from: addDays(today, -9), days: 9, asOf: `${today} 08:30:00` };
  for (const { code, name, sheet, columns, seed, cells } of files) {
    const file = `${name}_${today}.xlsx`;
    const rows = sales(60, seed, days)
      .filter(({ addon }) => !addon)
      .map(cells)
      .map((row) => columns.map((column) => String(row[column] ?? '')));
    await writeTextSheet(join(folder, file), sheet, columns, rows);
    await importFile(ctx, await findChannelByCode(ctx, code), {
      file: { name: file, path: join(folder, file) },
      apply: true,
      writers,
      progress: () => {},
    });
  }
}
