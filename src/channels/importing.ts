import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { applyImport, requestApply } from './applying.ts';
import type { StepWriters } from './batch-runs.ts';
import { findImport } from './imports.ts';
import { type Reader, readImport, startReader } from './reading.ts';
import { receiveFile } from './receiving.ts';
import type { ChannelRow, FilePassword, Problem, Progress, StagedRow } from './tables.ts';
import { meetWaiting } from './waiting/meeting.ts';

/** What an import came to, as the command line prints it. */
export interface ImportSummary {
  importId: number;
  orders: number;
  lines: number;
  new: number;
  changed: number;
  same: number;
  conflict: number;
  /** Also those that wait for their order. */
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
    reader?: Reader;
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
    await meetWaiting(ctx);
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
    reader?: Reader;
  },
): Promise<number> {
  const reader = request.reader ?? startReader(ctx);
  try {
    const id = await receiveFile(ctx, channel, request.file, request.password);
    await readImport(ctx, id, request.progress, reader);
    return id;
  } finally {
    reader.stop();
  }
}

async function summarise(ctx: Ctx, id: number): Promise<ImportSummary> {
  const row = await findImport(ctx, id);
  const left: Pick<StagedRow, 'row_no' | 'kind' | 'line_no' | 'problems'>[] = await ctx
    .db('import_rows')
    .select('row_no', 'kind', 'line_no', 'problems')
    .where({ import_id: id })
    .whereIn('kind', ['rejected', 'waiting'])
    .orderBy('row_no');
  return {
    importId: id,
    orders: row.order_count,
    lines: row.line_count,
    new: row.new_count,
    changed: row.changed_count,
    same: row.same_count,
    conflict: row.conflict_count,
    rejected: row.rejected_count + row.waiting_count,
    applied: row.state === 'applied',
    rejections: left.flatMap((item) =>
      problemsOf(item).map(({ column, value, reason }) => ({ row: item.row_no, column, value, reason })),
    ),
  };
}

function problemsOf({
  kind,
  line_no,
  problems,
}: Pick<StagedRow, 'kind' | 'line_no' | 'problems'>): Problem[] {
  if (kind === 'rejected') return JSON.parse(problems ?? '[]') as Problem[];
  const reason = '가져온 적이 없는 주문입니다. 적용해 두면 주문이 들어올 때 이 변경을 다시 제안합니다.';
  return [{ column: '상품주문번호', value: line_no ?? '', reason }];
}
