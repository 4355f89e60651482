import { advance, type Batch, type Snapshot, snapshot } from '#lib/batches.ts';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { type LineRow, visibleLines } from '#orders';
import { findChannelOptions } from '#products';
import { readStaged } from './apply-step.ts';
import { basisNow, mayHaveMoved } from './basis.ts';
import { findImport, rowCounts } from './imports.ts';
import { compareWith, lineContent } from './mall-lines.ts';
import { movedText, outcomeOf, sameOutcome } from './outcomes.rules.ts';
import { changesText } from './staging.ts';
import type { ImportRow, Progress, StagedRow } from './tables.ts';

const rowsPerPart = 1000;

/** Rows come out differently than was shown to whoever asked to apply them. */
export class ProposalMoved extends Error {
  override name = 'ProposalMoved';
}

/**
 * Compares anew the rows whose lines are not as they were when the rows were compared. Throws `ProposalMoved` when
 * one of them comes out differently and somebody agreed to what it was. Call it with the channel's batch open and
 * nothing written: no other import can come in between.
 */
export async function compareAnew(ctx: Ctx, batch: Batch, row: ImportRow, progress: Progress): Promise<void> {
  const basis = await basisNow(ctx);
  if (await mayHaveMoved(ctx, row, batch.id)) {
    let part = await findMovedRows(ctx, row, 0);
    while (part.length > 0) {
      const last = part.at(-1)!.row_no;
      progress(Math.min(last, row.rows_read), row.rows_read, '다시 비교하는 중');
      await comparePart(ctx, batch, row, part);
      part = await findMovedRows(ctx, row, last);
    }
    await saveCounts(ctx, row.id, basis);
  }
  const { agreed_comparison, comparison } = await findImport(ctx, row.id);
  if (agreed_comparison !== null && agreed_comparison < comparison) throw new ProposalMoved();
}

/** The next rows whose line is another one, or gone, or there by now. */
async function findMovedRows(ctx: Ctx, row: ImportRow, position: number): Promise<StagedRow[]> {
  return snapshot(ctx, (snap) =>
    movedRows(snap, row)
      .where('staged.row_no', '>', position)
      .orderBy('staged.row_no')
      .limit(rowsPerPart)
      .select('staged.*'),
  );
}

/** Rows of a proposal whose line is not as it was when they were compared; the rows are `staged` in the query. */
export function movedRows(snap: Snapshot, row: Pick<ImportRow, 'id' | 'channel_id'>) {
  const { unseen, settling } = snap.window;
  return snap
    .db('import_rows as staged')
    .leftJoin('order_lines as line', (on) => {
      on.on('line.line_no', 'staged.line_no').andOnVal('line.channel_id', row.channel_id);
      if (unseen.length > 0) on.onNotIn('line.batch_id', [...unseen]);
      if (settling.length > 0) on.onNotIn('line.hidden_batch_id', [...settling]);
    })
    .where('staged.import_id', row.id)
    .whereNotIn('staged.kind', ['rejected', 'met'])
    .whereRaw(
      'NOT (line.revision <=> staged.seen_revision AND line.source_import_id <=> staged.seen_import_id)',
    );
}

/** Says what some rows come to now. That anything differs is noted with them: no crash can come in between. */
async function comparePart(
  ctx: Ctx,
  batch: Batch,
  row: ImportRow,
  staged: readonly StagedRow[],
): Promise<void> {
  const read = await readStaged(ctx, row, staged);
  const { lines, options } = await snapshot(ctx, async (snap) => ({
    lines: await findLines(
      snap,
      row.channel_id,
      read.map(({ line }) => line.lineNo),
    ),
    options: await findChannelOptions(snap, row.channel_id, [...new Set(read.map(({ key }) => key))]),
  }));
  const compared = read.map((one) => {
    const current = lines.get(one.line.lineNo);
    const content = lineContent(one.line, options.get(one.key) ?? 0, one.staged.main_line_no);
    return { ...one, current, found: compareWith(current, one.line, content) };
  });
  const differs = compared.some((one) => !sameOutcome(outcomeOf(one.staged), one.found));

  await transaction(ctx, async (tx) => {
    await putMany(
      tx,
      'import_rows',
      compared.map(({ staged: { import_id, row_no, ...before }, current, found }) => ({
        import_id,
        row_no,
        kind: found.kind,
        changes: changesText(found),
        moved: movedText(before, found),
        applied_revision: null, // of an attempt that was taken back
        seen_revision: current?.revision ?? null,
        seen_import_id: current?.source_import_id ?? null,
      })),
      ['kind', 'changes', 'moved', 'applied_revision', 'seen_revision', 'seen_import_id'],
    );
    if (differs) await tx.db('imports').where({ id: row.id }).increment('comparison', 1);
    await advance(tx, batch, {});
  });
}

async function findLines(
  snap: Snapshot,
  channelId: number,
  lineNos: readonly string[],
): Promise<Map<string, LineRow>> {
  const rows: LineRow[] = await visibleLines(snap)
    .where({ 'order_lines.channel_id': channelId })
    .whereIn('order_lines.line_no', lineNos);
  return new Map(rows.map((line) => [line.line_no, line]));
}

async function saveCounts(
  ctx: Ctx,
  importId: number,
  basis: Awaited<ReturnType<typeof basisNow>>,
): Promise<void> {
  const moved = await ctx
    .db('import_rows')
    .where({ import_id: importId })
    .whereNotNull('moved')
    .count({ n: '*' })
    .first();
  await ctx
    .db('imports')
    .where({ id: importId })
    .update({ ...(await rowCounts(ctx, importId)), ...basis, moved_count: Number(moved?.n ?? 0) });
}
