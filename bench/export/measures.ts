import { once } from 'node:events';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import ExcelJS from 'exceljs';
import { permissionsByRole } from '#accounts';
import { snapshot } from '#lib/batches.ts';
import { readConfig } from '#lib/config.ts';
import type { Ctx } from '#lib/ctx.ts';
import { readListQuery } from '#lib/lists.ts';
import { openRuntime } from '#lib/runtime.ts';
import { makeDownload, makerPriority } from '../../src/downloads/making.ts';
import { requestDownload } from '../../src/downloads/requesting.ts';
import { modules } from '../../src/modules.ts';
import { lineSource as source } from '../../src/orders/line-source.ts';

/** One measure in a process of its own: `measures.ts NAME CELLS`; prints `{"seconds":…,"cells":…}`. */
const [name, path] = [process.argv[2]!, process.argv[3]!];
const columns = source.columns.filter((column) => !column.extra);
const query = readListQuery({}, source.definition);
const formats = { text: '@', number: '#,##0', money: '#,##0', day: 'yyyy-mm-dd', time: 'yyyy-mm-dd hh:mm' };
const isDate = (at: number) => columns[at]!.kind === 'day' || columns[at]!.kind === 'time';
/** ExcelJS takes the wall clock from the UTC fields. */
const asExcelWants = (value: string) => new Date(new Date(value).getTime() + 9 * 3_600_000);

const measures: Record<string, () => Promise<{ seconds: number; cells: number }>> = { cells, bare, ours };
console.log(JSON.stringify(await measures[name]!()));
process.exit(0);

/** Puts the cells of the whole list aside, a row a line, for the bare writer. */
async function cells(): Promise<{ seconds: number; cells: number }> {
  const ctx = await contextOfClerk();
  const file = createWriteStream(path);
  let written = 0;
  await snapshot(ctx, async (snap) => {
    const list = await source.open(snap, query);
    for await (const page of list.pages()) {
      for (const row of page) {
        const values = columns.map(({ value }) => value(row));
        written += values.length;
        if (!file.write(`${JSON.stringify(values)}\n`)) await once(file, 'drain');
      }
    }
  });
  file.end();
  await once(file, 'finish');
  return { seconds: 0, cells: written };
}

/** The floor, with the priority that ours has: the cells are in memory before the clock starts. */
async function bare(): Promise<{ seconds: number; cells: number }> {
  const rows: unknown[][] = [];
  for await (const line of createInterface(createReadStream(path))) {
    const values = JSON.parse(line) as (string | number | null)[];
    rows.push(
      values.map((value, at) => (value !== null && isDate(at) ? asExcelWants(value as string) : value)),
    );
  }
  const out = `${path}.xlsx`;
  setPriority(makerPriority);
  const start = performance.now();
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: out, useStyles: true });
  const sheet = workbook.addWorksheet(source.title);
  sheet.columns = columns.map(({ kind }) => ({ width: 16, style: { numFmt: formats[kind] } }));
  sheet.addRow(columns.map(({ title }) => title)).commit();
  for (const row of rows) sheet.addRow(row).commit();
  sheet.commit();
  await workbook.commit();
  const seconds = (performance.now() - start) / 1000;
  rmSync(out);
  return { seconds, cells: rows.length * columns.length };
}

/** The whole way: the wish is there, a process starts, reads the list on one snapshot and keeps the sealed file. */
async function ours(): Promise<{ seconds: number; cells: number }> {
  const ctx = await contextOfClerk();
  const { id } = await requestDownload(ctx, source, { query, columns, reason: '속도를 재는 자료' });
  const start = performance.now();
  await makeDownload(ctx, id, () => {});
  const seconds = (performance.now() - start) / 1000;
  const row = await ctx.db('downloads').where({ id }).first('state', 'row_count', 'failure');
  if (row.state !== 'ready') throw new Error(`the file is ${row.state}: ${row.failure}`);
  await ctx.db('download_files').where({ download_id: id }).delete();
  await ctx.db('downloads').where({ id }).delete();
  return { seconds, cells: row.row_count * columns.length };
}

async function contextOfClerk(): Promise<Ctx> {
  const runtime = await openRuntime(readConfig(process.env), 'bench');
  const user = await runtime.db('users').where({ role: 'office' }).first();
  return runtime.ctxFor({
    id: user.id,
    name: user.name,
    permissions: permissionsByRole(modules).office,
    scope: 'all',
  });
}
