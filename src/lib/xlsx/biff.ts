import { setImmediate } from 'node:timers/promises';
import { readBiffSheet } from './biff-sheet.ts';
import { readBiffWorkbook } from './biff-workbook.ts';
import { openCompoundFile } from './compound-file.ts';
import { workbookStream } from './kinds.ts';
import { damaged } from './refusals.ts';
import type { Row } from './rows.ts';
import { openSource } from './source.ts';

const rowsBetweenTurns = 500;

/** The rows of an .xls of Excel 5 to 2003. It lies in memory as it is; its cells never do. */
export async function* readBiff(
  file: Buffer,
  tell: ((done: number, total: number) => void) | undefined,
): AsyncGenerator<Row> {
  const bytes = await workbookBytes(file);
  const workbook = readBiffWorkbook(bytes);
  let count = 0;
  for (const [at, sheet] of workbook.sheets.entries()) {
    for (const row of readBiffSheet(bytes, sheet, workbook)) {
      yield row;
      count += 1;
      if (count % rowsBetweenTurns === 0) await setImmediate(); // whoever watches this process has a word in between
    }
    tell?.(at + 1, workbook.sheets.length);
  }
}

async function workbookBytes(file: Buffer): Promise<Buffer> {
  await using source = await openSource(file);
  const container = await openCompoundFile(source);
  const name = workbookStream(container.names);
  if (!name) throw damaged();
  return await container.read(name, file.length);
}
