import { openBatch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { type Progress, resumeBatch, runBatch, type StepWriters } from './batch-runs.ts';
import { findImport, lockImport } from './imports.ts';

/** Marks a proposal as to be applied. Refused unless it waits for that; asked twice, it is applied once. */
export async function requestApply(ctx: Ctx, importId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state === 'applying' || row.state === 'applied') return;
    if (row.state !== 'proposed') throw new Refusal('적용을 기다리는 가져오기가 아닙니다.');
    await tx
      .db('imports')
      .where({ id: importId })
      .update({ state: 'applying', failure: null, beat_at: tx.now() });
    await record(tx, 'import.apply_requested', 'import', importId);
  });
}

export async function applyLater(ctx: Ctx, importId: number): Promise<void> {
  await requestApply(ctx, importId);
  await ctx.jobs.add('imports.apply', { importId });
}

/**
 * Applies a requested proposal: every row is compared anew with what is known now, written in small steps that
 * nobody sees, and shown all at once. Imports of one channel go one after the other. Running it again goes on
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
