import { advance, type Batch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import {
  findLineIds,
  type LineChange,
  type LineRow,
  lockLines,
  type MallReport,
  writeLineChanges,
} from '#orders';
import type { StepWriters } from './batch-runs.ts';
import type { ChangeRecord, StagedRow } from './tables.ts';

const rowsPerStep = 1000;

/**
 * Undoes the rows of an import after `position` in the open transaction; returns how far it came, or undefined at
 * the end. A line somebody changed since is left as it is and marked as kept.
 */
export async function undoStep(
  tx: Ctx,
  batch: Batch,
  position: number,
  writers: StepWriters,
): Promise<number | undefined> {
  const staged: StagedRow[] = await tx
    .db('import_rows')
    .select('import_id', 'row_no', 'kind', 'line_no', 'changes', 'applied_revision', 'undone')
    .where({ import_id: batch.import_id })
    .where('row_no', '>', position)
    .orderBy('row_no')
    .limit(rowsPerStep);
  const last = staged.at(-1);
  if (!last) return undefined;

  const written = staged.filter((row) => row.kind === 'new' || row.applied_revision !== null);
  const known = await findLineIds(
    tx,
    batch.channel_id,
    written.map((row) => row.line_no!),
  );
  const current = await lockLines(tx, known);
  const untouched = written.filter(
    (row) => current.get(row.line_no!)?.revision === (row.applied_revision ?? 1),
  );
  const kept = written.filter((row) => current.has(row.line_no!) && !untouched.includes(row));
  const changes = untouched.map((row) => changeBack(row, current.get(row.line_no!)!));

  await writers.place(tx, batch, changes, () => Promise.resolve());
  await writeLineChanges(tx, batch.id, changes);
  await mark(tx, batch.import_id, untouched, 'undone');
  await mark(tx, batch.import_id, kept, 'kept');
  await advance(tx, batch, { position: last.row_no });
  return last.row_no;
}

/** A line the import made goes; a line it changed gets back the cells and the revision it had. */
function changeBack(row: StagedRow, current: LineRow): LineChange {
  if (row.kind === 'new') return { before: current };
  const { changes, source } = JSON.parse(row.changes!) as ChangeRecord;
  const cells = Object.fromEntries(changes.map((change) => [change.field, change.before]));
  const after: LineRow = { ...current, ...cells, revision: current.revision - 1 };
  if (source) {
    after.source_import_id = source.import_id;
    after.source_row = source.row;
    after.mall_report = source.mall_report as MallReport;
  }
  return { before: current, after };
}

async function mark(
  tx: Ctx,
  importId: number,
  rows: readonly StagedRow[],
  undone: 'undone' | 'kept',
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .db('import_rows')
    .where({ import_id: importId })
    .whereIn(
      'row_no',
      rows.map((row) => row.row_no),
    )
    .update({ undone });
}
