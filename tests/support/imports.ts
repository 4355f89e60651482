import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChannelByCode, type ImportSummary, importFile } from '#channels';
import type { Ctx } from '#lib/ctx.ts';
import {
  type FileOptions,
  type SmartStoreLine,
  smartStoreLines,
  writeSmartStoreFile,
} from '../../seeds/smartstore-file.ts';
import type { StepWriters } from '../../src/channels/batch-runs.ts';
import { writers as realWriters } from '../../src/channels/jobs.ts';
import { readerHere } from '../../src/channels/reading-kept-file.ts';

/** Lines of a made-up shop; `asOf` shows the same orders further on. */
export function someLines(orders: number, asOf = '2026-11-12 09:00:00', seed = 1): SmartStoreLine[] {
  return [...smartStoreLines({ orders, from: '2026-11-01', days: 10, asOf, seed })];
}

/** A file of the mall in the temporary folder, gone when disposed. */
export async function aSmartStoreFile(
  lines: Iterable<SmartStoreLine>,
  options: FileOptions = {},
): Promise<{ path: string } & AsyncDisposable> {
  const path = join(tmpdir(), `moa-test-${randomUUID()}.xlsx`);
  await writeSmartStoreFile(path, lines, options);
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** Takes lines the whole way: file, proposal and, unless told otherwise, apply. */
export async function importLines(
  ctx: Ctx,
  lines: Iterable<SmartStoreLine>,
  {
    apply = true,
    writers = realWriters,
    ...options
  }: FileOptions & { apply?: boolean; writers?: StepWriters } = {},
): Promise<ImportSummary> {
  await using file = await aSmartStoreFile(lines, options);
  const channel = await findChannelByCode(ctx, 'smartstore');
  return await importFile(ctx, channel, {
    file: { name: '주문.xlsx', path: file.path },
    password: options.password,
    apply,
    writers,
    progress: () => {},
    reader: readerHere(ctx),
  });
}
