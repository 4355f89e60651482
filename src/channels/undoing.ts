import type { Knex } from 'knex';
import { noteSeen } from '#lib/access.ts';
import { openBatch, type Snapshot, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { maskName } from '#lib/masking.ts';
import { sees } from '#lib/sight.ts';
import { visibleLines } from '#orders';
import { resumeBatch, runBatch, type StepWriters } from './batch-runs.ts';
import { findImport, lockImport } from './imports.ts';
import type { ImportRow, Progress } from './tables.ts';
import { lastEventOf, listTouches, type Touch } from './touches.ts';

/** A line of an import that somebody changed after the import did. */
export interface TouchedLine {
  row_no: number;
  line_no: string;
  order_id: number;
  order_no: string;
  recipient_name: string;
  updated_at: Date;
  /** Who changed it and when, newest first. */
  touches: Touch[];
}

/** The lines that an undo has to leave as they are. At most `limit` of them. */
export async function listTouchedLines(ctx: Ctx, importId: number, limit = 200): Promise<TouchedLine[]> {
  const row = await findImport(ctx, importId);
  const lines: Omit<TouchedLine, 'touches'>[] = await snapshot(ctx, (snap) =>
    touchedLines(snap, row)
      .orderBy('staged.row_no')
      .limit(limit)
      .select(
        'staged.row_no',
        'order_lines.line_no',
        'order_lines.order_id',
        'order_lines.order_no',
        'order_lines.recipient_name',
        'order_lines.updated_at',
      ),
  );
  const touches = await listTouches(ctx, row, lines, await lastEventOf(ctx, importId, 'import.applied'));
  return lines.map((line) => ({
    ...line,
    recipient_name: shownName(ctx, line),
    touches: touches.get(line.line_no) ?? [],
  }));
}

function shownName(ctx: Ctx, { order_id, recipient_name }: Omit<TouchedLine, 'touches'>): string {
  if (!sees(ctx, 'orders.personal', 'order', order_id)) return maskName(recipient_name);
  noteSeen(ctx, 'order', order_id, recipient_name);
  return recipient_name;
}

/** What an undo would come to: lines that go, lines that get their values back, lines that stay as they are. */
export interface UndoForecast {
  gone: number;
  back: number;
  stay: number;
}

export async function forecastUndo(ctx: Ctx, importId: number): Promise<UndoForecast> {
  const row = await findImport(ctx, importId);
  return snapshot(ctx, async (snap) => {
    const written = await byKind(writtenRows(snap.db('import_rows as staged'), importId));
    const touched = await byKind(touchedLines(snap, row));
    return {
      gone: written.made - touched.made,
      back: written.changed - touched.changed,
      stay: touched.made + touched.changed,
    };
  });
}

async function byKind(rows: Knex.QueryBuilder): Promise<{ made: number; changed: number }> {
  const counts = await rows
    .select(rows.client.raw("COALESCE(SUM(staged.kind = 'new'), 0) AS made, COUNT(*) AS n"))
    .first();
  return { made: Number(counts.made), changed: Number(counts.n) - Number(counts.made) };
}

/** The rows that wrote something and were not undone. */
function writtenRows(query: Knex.QueryBuilder, importId: number): Knex.QueryBuilder {
  return query
    .where('staged.import_id', importId)
    .where((written) => {
      written.where('staged.kind', 'new').orWhereNotNull('staged.applied_revision');
    })
    .whereNull('staged.undone');
}

/** A line's revision counts what happened to it: one that is not what the import left was touched since. */
function touchedLines(snap: Snapshot, row: ImportRow): Knex.QueryBuilder {
  const lines = visibleLines(snap)
    .join('import_rows as staged', 'staged.line_no', 'order_lines.line_no')
    .where('order_lines.channel_id', row.channel_id)
    .whereRaw('order_lines.revision <> COALESCE(staged.applied_revision, 1)');
  return writtenRows(lines, row.id);
}

/**
 * Marks an applied import as to be undone. Lines touched since refuse the whole, unless the clerk has seen them and
 * asks for the rest; `stay` is how many were seen, and more or fewer by now are shown first.
 */
export async function requestUndo(
  ctx: Ctx,
  importId: number,
  restOnly: boolean,
  stay?: number,
): Promise<void> {
  const forecast = await forecastUndo(ctx, importId);
  if (forecast.stay > 0 && !restOnly) {
    throw new Refusal(
      '가져온 뒤에 바뀐 상품주문이 있어 모두 되돌릴 수는 없습니다. 아래 목록을 확인해 주세요.',
    );
  }
  if (forecast.stay > 0 && forecast.gone + forecast.back === 0) {
    throw new Refusal('되돌릴 상품주문이 없습니다. 가져온 상품주문이 모두 그 뒤에 바뀌었습니다.');
  }
  if (stay !== undefined && forecast.stay !== stay) {
    throw new Refusal('이 화면을 여신 뒤에 더 바뀐 상품주문이 있습니다. 아래 목록을 다시 확인해 주세요.');
  }
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state === 'undoing' || row.state === 'undone') return;
    if (row.cells_destroyed_at) throw new Refusal('1년이 지나 예전 값을 지운 가져오기라 되돌릴 수 없습니다.');
    if (row.state !== 'applied') throw new Refusal('적용된 가져오기만 되돌릴 수 있습니다.');
    await tx
      .db('imports')
      .where({ id: importId })
      .update({ state: 'undoing', failure: null, beat_at: tx.now() });
    await record(tx, 'import.undo_requested', 'import', importId, { stay: forecast.stay });
  });
}

export async function undoLater(ctx: Ctx, importId: number, restOnly: boolean, stay?: number): Promise<void> {
  await requestUndo(ctx, importId, restOnly, stay);
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
