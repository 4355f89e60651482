import { kindOf } from './kinds.ts';
import { openPackage } from './package.ts';
import { FileLocked } from './refusals.ts';
import { type Row, RowBuilder } from './rows.ts';
import { readSharedStrings } from './shared-strings.ts';
import { readSheet } from './sheet.ts';
import { openSource } from './source.ts';
import { readWorkbook } from './workbook.ts';

export interface ReadOptions {
  /** Told now and then how many unpacked bytes of how many have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Read every row with the careful reader, which tells the same more slowly. */
  carefully?: boolean;
}

/**
 * Reads every row with a value, sheet by sheet in the order of the tabs, in one pass and little memory. Throws
 * `FileLocked` for a locked file and `FileRefused`, with a reason in Korean, for one that cannot be read in full.
 */
export async function* readRows(file: string | Buffer, options: ReadOptions = {}): AsyncGenerator<Row> {
  await refuseOthers(file);
  using pack = await openPackage(file);
  const workbook = await readWorkbook(pack);
  const parts = [
    ...workbook.sheets.map((sheet) => sheet.part),
    ...(workbook.strings ? [workbook.strings] : []),
  ];
  const progress = { done: 0, total: parts.reduce((sum, part) => sum + pack.size(part), 0) };
  const bytes = (part: string) => counted(pack.bytes(part), progress, options.onProgress);

  const tidily = !options.carefully;
  const strings =
    workbook.strings && pack.has(workbook.strings)
      ? await readSharedStrings(bytes(workbook.strings), tidily)
      : [];
  for (const sheet of workbook.sheets) {
    const builder = new RowBuilder(sheet.name, strings, workbook);
    yield* readSheet(bytes(sheet.part), builder, tidily);
  }
}

async function refuseOthers(file: string | Buffer): Promise<void> {
  await using source = await openSource(file);
  if ((await kindOf(source)) === 'locked') throw new FileLocked();
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  progress: { done: number; total: number },
  tell: ReadOptions['onProgress'],
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    progress.done += chunk.length;
    tell?.(progress.done, progress.total);
    yield chunk;
  }
}
