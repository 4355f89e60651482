import { readFile } from 'node:fs/promises';
import { readBiff } from './biff.ts';
import { type Container, kindOf } from './kinds.ts';
import { openPackage } from './package.ts';
import { FileLocked } from './refusals.ts';
import { type Row, RowBuilder } from './rows.ts';
import { readSharedStrings } from './shared-strings.ts';
import { readSheet } from './sheet.ts';
import { openSource } from './source.ts';
import { readText } from './text-files.ts';
import { readWorkbook } from './workbook.ts';

export interface ReadOptions {
  /** Told now and then how many unpacked bytes of how many have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Read every row with the careful reader, which tells the same more slowly. */
  carefully?: boolean;
}

/**
 * Reads every row with a value of any spreadsheet, whatever it is called: .xlsx, .xls, a web page or XML in place of
 * one, CSV. Sheet by sheet in the order of the tabs, in one pass and little memory. Throws
 * `FileLocked` for a locked file and `FileRefused`, with a reason in Korean, for one that cannot be read in full.
 */
export async function* readRows(file: string | Buffer, options: ReadOptions = {}): AsyncGenerator<Row> {
  const container = await containerOf(file);
  if (container === 'zip') yield* readWorkbookRows(file, options);
  else if (container === 'biff') yield* readBiff(await bytesOf(file), options.onProgress);
  else if (container === 'text') yield* readText(await bytesOf(file), options.onProgress);
  else throw new FileLocked();
}

async function* readWorkbookRows(file: string | Buffer, options: ReadOptions): AsyncGenerator<Row> {
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

async function containerOf(file: string | Buffer): Promise<Container> {
  await using source = await openSource(file);
  return await kindOf(source);
}

/** The size limit has been judged by now. */
async function bytesOf(file: string | Buffer): Promise<Buffer> {
  return typeof file === 'string' ? readFile(file) : file;
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
