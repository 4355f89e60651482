import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { applyImport, requestApply } from './applying.ts';
import type { StepWriters } from './batch-runs.ts';
import { findImport } from './imports.ts';
import { readImport, startReader } from './reading.ts';
import { receiveFile } from './receiving.ts';
import type { ChannelRow, FilePassword, Problem, Progress, StagedRow } from './tables.ts';

/** What an import came to, as the command line prints it. */
export interface ImportSummary {
  importId: number;
  orders: number;
  lines: number;
  new: number;
  changed: number;
  same: number;
  conflict: number;
  rejected: number;
  applied: boolean;
  rejections: ({ row: number } & Problem)[];
}

/**
 * Takes a file the whole way in this process. Throws `Refusal` with the reason when it cannot be read or needs
 * another password.
 */
export async function importFile(
  ctx: Ctx,
  channel: ChannelRow | undefined,
  request: {
    file: { name: string; path: string };
    password?: string;
    apply: boolean;
    writers: StepWriters;
    progress: Progress;
  },
): Promise<ImportSummary> {
  const password = request.password ? { password: request.password, remember: false } : undefined;
  const id = await receiveAndRead(ctx, channel, { ...request, password });
  const read = await findImport(ctx, id);
  if (read.state === 'unmapped') {
    throw new Refusal(
      `${read.failure ?? ''} 화면에서 열을 맞춘 뒤 다시 가져와 주세요: 가져오기 → ‘${read.file_name}’ (/imports/${id}/mapping)`.trim(),
    );
  }
  if (read.state !== 'proposed') throw new Refusal(read.failure ?? '파일을 다 읽지 못했습니다.');

  if (request.apply) {
    await requestApply(ctx, id, 'unseen');
    await applyImport(ctx, id, request.writers, request.progress);
  }
  return summarise(ctx, id);
}

/** The reading process starts while the file is being taken in. */
async function receiveAndRead(
  ctx: Ctx,
  channel: ChannelRow | undefined,
  request: {
    file: { name: string; path: string };
    password: FilePassword | undefined;
    progress: Progress;
  },
): Promise<number> {
  const reader = startReader(ctx);
  try {
    const id = await receiveFile(ctx, channel, request.file, request.password);
    await readImport(ctx, id, request.progress, reader);
    return id;
  } finally {
    reader.kill();
  }
}

async function summarise(ctx: Ctx, id: number): Promise<ImportSummary> {
  const row = await findImport(ctx, id);
  const rejected: Pick<StagedRow, 'row_no' | 'problems'>[] = await ctx
    .db('import_rows')
    .select('row_no', 'problems')
    .where({ import_id: id, kind: 'rejected' })
    .orderBy('row_no');
  return {
    importId: id,
    orders: row.order_count,
    lines: row.line_count,
    new: row.new_count,
    changed: row.changed_count,
    same: row.same_count,
    conflict: row.conflict_count,
    rejected: row.rejected_count,
    applied: row.state === 'applied',
    rejections: rejected.flatMap((item) =>
      (JSON.parse(item.problems ?? '[]') as Problem[]).map(({ column, value, reason }) => ({
        row: item.row_no,
        column,
        value,
        reason,
      })),
    ),
  };
}
