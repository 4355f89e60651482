import { openBatch, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { visibleLines } from '#orders';
import { resumeBatch, runBatch, type StepWriters } from './batch-runs.ts';
import { findImport, lockImport } from './imports.ts';
import type { Progress } from './tables.ts';

/** A line of an import that somebody changed after the import did. */
export interface TouchedLine {
  row_no: number;
  line_no: string;
  order_id: number;
  order_no: string;
  recipient_name: string;
  updated_at: Date;
}

/** The lines that an undo has to leave as they are. At most `limit` of them. */
export async function listTouchedLines(ctx: Ctx, importId: number, limit = 200): Promise<TouchedLine[]> {
  const row = await findImport(ctx, importId);
  return snapshot(ctx, async (snap) => {
    const lines = await visibleLines(snap)
      .join('import_rows as staged', 'staged.line_no', 'order_lines.line_no')
      .where({ 'staged.import_id': importId, 'order_lines.channel_id': row.channel_id })
      .where((written) => {
        written.where('staged.kind', 'new').orWhereNotNull('staged.applied_revision');
      })
      .whereNull('staged.undone')
      .whereRaw('order_lines.revision <> COALESCE(staged.applied_revision, 1)')
      .orderBy('staged.row_no')
      .limit(limit)
      .select(
        'staged.row_no',
        'order_lines.line_no',
        'order_lines.order_id',
        'order_lines.order_no',
        'order_lines.recipient_name',
        'order_lines.updated_at',
      );
    return lines as unknown as TouchedLine[];
  });
}

/**
 * Marks an applied import as to be undone. Lines touched since refuse the whole, unless the clerk has seen them and
 * asks for the rest.
 */
export async function requestUndo(ctx: Ctx, importId: number, restOnly: boolean): Promise<void> {
  const touched = restOnly ? [] : await listTouchedLines(ctx, importId, 1);
  if (touched.length > 0) {
    throw new Refusal(
      '가져온 뒤에 바뀐 상품주문이 있어 모두 되돌릴 수는 없습니다. 아래 목록을 확인해 주세요.',
    );
  }
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state === 'undoing' || row.state === 'undone') return;
    if (row.state !== 'applied') throw new Refusal('적용된 가져오기만 되돌릴 수 있습니다.');
    await tx
      .db('imports')
      .where({ id: importId })
      .update({ state: 'undoing', failure: null, beat_at: tx.now() });
    await record(tx, 'import.undo_requested', 'import', importId);
  });
}

export async function undoLater(ctx: Ctx, importId: number, restOnly: boolean): Promise<void> {
  await requestUndo(ctx, importId, restOnly);
  await ctx.jobs.add('imports.undo', { importId });
}

/** Undoes a whole import as it was applied: in small unseen steps, then all at once. */
export async function undoImport(
  ctx: Ctx,
  importId: number,
  writers: StepWriters,
  progress: Progress,
): Promise<void> {
  const row = await findImport(ctx, importId);
  if (row.state !== 'undoing') return;
  const batch = await openBatch(ctx, { kind: 'undo', channelId: row.channel_id, importId }, (other) =>
    resumeBatch(ctx, other, writers),
  );
  await runBatch(ctx, batch, writers, progress);
}
