import { recordAccess } from '#lib/access.ts';
import { openBatch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { resumeBatch, runBatch, type StepWriters } from './batch-runs.ts';
import { findImport, lockImport } from './imports.ts';
import type { Progress } from './tables.ts';

/**
 * Marks a proposal as to be applied. Refused unless it waits for that; asked twice, it is applied once. `comparison`
 * is the state of the proposal that was looked at: rows that come out differently go back to whoever looked.
 * 'unseen' is for those who look at nothing and take it as it comes.
 */
export async function requestApply(
  ctx: Ctx,
  importId: number,
  comparison?: number | 'unseen',
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state === 'applying' || row.state === 'applied') return;
    if (row.state !== 'proposed') throw new Refusal('적용을 기다리는 가져오기가 아닙니다.');
    if (typeof comparison === 'number' && comparison !== row.comparison)
      throw new Refusal(
        '이 화면을 여신 뒤에 다시 비교해 달라진 행이 있습니다. 달라진 행을 보고 다시 눌러 주세요.',
      );
    await tx
      .db('imports')
      .where({ id: importId })
      .update({
        state: 'applying',
        failure: null,
        beat_at: tx.now(),
        agreed_comparison: comparison === 'unseen' ? null : row.comparison,
      });
    await record(tx, 'import.apply_requested', 'import', importId);
    await recordAccess(tx, {
      kind: 'change',
      subject: { type: 'import', id: importId },
      people: row.new_count + row.changed_count,
      detail: `가져오기 적용: 새 주문 ${row.new_count}건, 바뀜 ${row.changed_count}건`,
    });
  });
}

export async function applyLater(ctx: Ctx, importId: number, comparison?: number): Promise<void> {
  await requestApply(ctx, importId, comparison);
  await ctx.jobs.add('imports.apply', { importId });
}

/**
 * Applies a requested proposal: rows whose lines have changed since are compared anew, and where they come out
 * differently than was shown it is a proposal again. Else all is written in small steps that nobody sees, each row
 * compared once more with its locked line, and shown all at once. Imports of one channel go one after the other. Running it again goes on
 * where it stopped.
 */
export async function applyImport(
  ctx: Ctx,
  importId: number,
  writers: StepWriters,
  progress: Progress,
): Promise<void> {
  const row = await findImport(ctx, importId);
  if (row.state !== 'applying') return;
  const batch = await openBatch(ctx, { kind: 'apply', channelId: row.channel_id, importId }, (other) =>
    resumeBatch(ctx, other, writers),
  );
  await runBatch(ctx, batch, writers, progress);
}
