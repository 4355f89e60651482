import { advance, type Batch, BatchLost, takeOverStale } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { isOutOfReach } from '#lib/outages.ts';
import { type LineChange, revertLines, settleLines } from '#orders';
import { dropUnusedOptions } from '#products';
import { type KnownOptions, type Part, placePart, readPart } from './apply-step.ts';
import { findImport, lockImport, rowCounts } from './imports.ts';
import { compareAnew, ProposalMoved } from './recomparing.ts';
import type { ImportRow, Progress } from './tables.ts';
import { undoStep } from './undo-step.ts';

/** What other modules write along with the lines of a batch. */
export interface StepWriters {
  /**
   * Finds each line's delivery and writes the deliveries; sets `delivery_id`, `joined_by` and `added`. `earlier` waits
   * for lines of the same batch that are still being written. Until then no row that was there before may be locked:
   * whoever holds a lock those lines wait for could be waiting for it.
   */
  place: (
    tx: Ctx,
    batch: Batch,
    changes: readonly LineChange[],
    earlier: () => Promise<void>,
  ) => Promise<void>;
  settle: (ctx: Ctx, batch: Batch) => Promise<void>;
  revert: (ctx: Ctx, batch: Batch) => Promise<void>;
}

/** Brings an opened batch from wherever it is to its end. A failure takes back all it wrote and is thrown on. */
export async function runBatch(
  ctx: Ctx,
  batch: Batch,
  writers: StepWriters,
  progress: Progress,
): Promise<void> {
  if (batch.state === 'applying') {
    const row = await findImport(ctx, batch.import_id);
    if (row.state !== (batch.kind === 'apply' ? 'applying' : 'undoing')) {
      // another process did this import's work while we waited for the channel
      return advance(ctx, batch, { state: 'done' });
    }
    try {
      await (batch.kind === 'apply' ? runApply : runUndo)(ctx, batch, row, writers, progress);
      await show(ctx, batch, row);
    } catch (error) {
      // with no database nothing can be taken back: whoever finds the batch silent goes on with it
      if (error instanceof BatchLost || isOutOfReach(error)) throw error;
      await advance(ctx, batch, { state: 'aborting' });
      await takeBack(ctx, batch, writers);
      if (error instanceof ProposalMoved) return; // its page tells what moved, and asks again
      throw error;
    }
  }
  if (batch.state === 'aborting') await takeBack(ctx, batch, writers);
  else await settle(ctx, batch, writers);
}

/** Goes on with a batch whose process died. Its failure is its own: it is logged and the caller goes on. */
export async function resumeBatch(ctx: Ctx, batch: Batch, writers: StepWriters): Promise<void> {
  try {
    await runBatch(ctx, batch, writers, () => {});
  } catch (error) {
    ctx.log.error({ err: error, batch: batch.id, importId: batch.import_id }, 'a resumed batch failed');
  }
}

/** Looks for batches whose process died. */
export async function recoverBatches(ctx: Ctx, writers: StepWriters): Promise<void> {
  for (const batch of await takeOverStale(ctx)) await resumeBatch(ctx, batch, writers);
}

async function runApply(
  ctx: Ctx,
  batch: Batch,
  row: ImportRow,
  writers: StepWriters,
  progress: Progress,
): Promise<void> {
  if (batch.position === 0) await compareAnew(ctx, batch, row, progress); // nothing is written yet
  let options: KnownOptions = new Map();
  let written = Promise.resolve();
  try {
    let part = await readPart(ctx, row, batch.position);
    while (part) {
      const now: Part = part;
      const startedAt = performance.now();
      progress(Math.min(now.last, row.rows_read), row.rows_read, 'applying');
      const isQuiet = !(await ctx.pace.isAskedForPages());
      const next = isQuiet ? readPart(ctx, row, now.last) : undefined; // taken up while this one is written
      next?.catch(() => {});
      const placed = await transaction(ctx, (tx) =>
        placePart(tx, batch, now, options, writers, () => written),
      );
      options = placed.options;
      await written;
      const { writeLines } = placed;
      if (writeLines) written = transaction(ctx, writeLines);
      written.catch(() => {}); // whoever awaits it next hears of it
      if (!isQuiet) {
        await written;
        await ctx.pace.rest(performance.now() - startedAt);
      }
      part = await (next ?? readPart(ctx, row, now.last));
    }
    await written;
  } finally {
    await Promise.allSettled([written]);
  }
}

async function runUndo(
  ctx: Ctx,
  batch: Batch,
  row: ImportRow,
  writers: StepWriters,
  progress: Progress,
): Promise<void> {
  let position: number | undefined = batch.position;
  while (position !== undefined) {
    const from: number = position;
    progress(Math.min(from, row.rows_read), row.rows_read, '되돌리는 중');
    position = await transaction(ctx, (tx) => undoStep(tx, batch, from, writers));
  }
}

/** The moment everything written becomes visible. */
async function show(ctx: Ctx, batch: Batch, row: ImportRow): Promise<void> {
  const counts =
    batch.kind === 'apply' ? await rowCounts(ctx, row.id) : { kept_count: await countKept(ctx, row.id) };
  await transaction(ctx, async (tx) => {
    const ended =
      batch.kind === 'apply'
        ? { state: 'applied', applied_at: tx.now() }
        : { state: 'undone', undone_at: tx.now() };
    await tx
      .db('imports')
      .where({ id: row.id })
      .update({ ...counts, ...ended });
    await record(tx, batch.kind === 'apply' ? 'import.applied' : 'import.undone', 'import', row.id, {
      file: row.file_name,
      ...counts,
    });
    await advance(tx, batch, { state: 'settling' });
  });
}

async function countKept(ctx: Ctx, importId: number): Promise<number> {
  const kept = await ctx
    .db('import_rows')
    .where({ import_id: importId, undone: 'kept' })
    .count({ n: '*' })
    .first();
  return Number(kept?.n ?? 0);
}

async function settle(ctx: Ctx, batch: Batch, writers: StepWriters): Promise<void> {
  await writers.settle(ctx, batch);
  await settleLines(ctx, batch);
  if (batch.kind === 'undo') {
    const applied: number[] = await ctx
      .db('change_batches')
      .where({ import_id: batch.import_id, kind: 'apply' })
      .pluck('id');
    for (const id of applied) await transaction(ctx, (tx) => dropUnusedOptions(tx, id));
  }
  await advance(ctx, batch, { state: 'done' });
}

async function takeBack(ctx: Ctx, batch: Batch, writers: StepWriters): Promise<void> {
  await writers.revert(ctx, batch);
  await revertLines(ctx, batch);
  await transaction(ctx, async (tx) => {
    if (batch.kind === 'apply') await dropUnusedOptions(tx, batch.id);
    else
      await tx
        .db('import_rows')
        .where({ import_id: batch.import_id })
        .whereNotNull('undone')
        .update({ undone: null });
    const { agreed_comparison, comparison, moved_count } = await lockImport(tx, batch.import_id);
    const counts = batch.kind === 'apply' ? await rowCounts(tx, batch.import_id) : {}; // rows were compared meanwhile
    const moved = batch.kind === 'apply' && agreed_comparison !== null && agreed_comparison < comparison;
    await tx
      .db('imports')
      .where({ id: batch.import_id })
      .update({
        ...counts,
        state: batch.kind === 'apply' ? 'proposed' : 'applied',
        failure: moved ? null : '마치지 못해 처음 상태로 돌려놓았습니다. 다시 해 주세요.',
      });
    if (moved) await record(tx, 'import.moved', 'import', batch.import_id, { rows: moved_count });
    else await record(tx, 'import.gave_up', 'import', batch.import_id, { kind: batch.kind });
    await advance(tx, batch, { state: 'aborted' });
  });
}
