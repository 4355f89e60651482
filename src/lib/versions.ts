import type { Knex } from 'knex';
import { advance, type Batch } from '#lib/batches.ts';
import { insertMany, putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';

/** The columns by which rows of a versioned table are shown and hidden with a batch. */
export interface Versioned {
  id: number;
  batch_id: number;
  hidden_batch_id: number;
  /** 0, or the id of the row this one stands for until its batch has settled. */
  overlay_of: number;
  revision: number;
}

/** A versioned table and the columns that a replacement carries over. */
export interface VersionedTable {
  name: string;
  columns: readonly string[];
}

const perStatement = 500;

/** The id the row is known by outside, also while a replacement stands for it. */
export function publicId(row: Pick<Versioned, 'id' | 'overlay_of'>): number {
  return row.overlay_of || row.id;
}

/** Narrows to the row known by `id`, whichever version of it is to be seen. */
export function whereId<Q extends Knex.QueryBuilder>(
  query: Q,
  table: string,
  ids: readonly number[],
  settling: readonly number[],
): Q {
  if (settling.length === 0) {
    query.whereIn(`${table}.id`, ids);
  } else {
    query.where((either) => {
      either
        .where((settled) => settled.whereIn(`${table}.id`, ids).where(`${table}.overlay_of`, 0))
        .orWhere((next) => next.whereIn(`${table}.batch_id`, settling).whereIn(`${table}.overlay_of`, ids));
    });
  }
  return query;
}

/** Adds rows that are seen with their batch; returns their ids in order. */
export async function insertRows(
  tx: Ctx,
  table: VersionedTable,
  batchId: number,
  rows: readonly object[],
): Promise<number[]> {
  return insertMany(
    tx,
    table.name,
    rows.map((row) => ({ ...row, batch_id: batchId })),
  );
}

/**
 * Gives rows new values that are seen with their batch. What the batch itself wrote is changed in place; of any
 * other row a replacement is written beside it. `current` must be locked by this transaction.
 */
export async function replaceRows<Row extends Versioned>(
  tx: Ctx,
  table: VersionedTable,
  batchId: number,
  replacements: readonly { current: Row; values: Partial<Row> }[],
): Promise<void> {
  const beside = replacements.filter(({ current }) => current.batch_id !== batchId);
  for (let at = 0; at < beside.length; at += perStatement) {
    const part = beside.slice(at, at + perStatement);
    await putMany(
      tx,
      table.name,
      part.map(({ current, values }) => ({
        ...pick({ ...current, ...values } as Record<string, unknown>, table.columns),
        batch_id: batchId,
        overlay_of: current.id,
        revision: values.revision ?? current.revision + 1,
      })),
    );
    const ids = part.map(({ current }) => current.id);
    await tx.db(table.name).whereIn('id', ids).update({ hidden_batch_id: batchId });
  }
  for (const { current, values } of replacements) {
    if (current.batch_id === batchId)
      await tx
        .db(table.name)
        .where({ id: current.id })
        .update(values as object);
  }
}

/** Takes rows away with their batch. `rows` must be locked by this transaction. */
export async function removeRows(
  tx: Ctx,
  table: VersionedTable,
  batchId: number,
  rows: readonly Versioned[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .db(table.name)
    .whereIn(
      'id',
      rows.map((row) => row.id),
    )
    .update({ hidden_batch_id: batchId });
}

/** Lets the replacements of a shown batch take the place of what they replaced, a few hundred at a time. */
export async function settleRows(ctx: Ctx, table: VersionedTable, batch: Batch): Promise<void> {
  const assignments = [...table.columns, 'revision'].map((column) => `o.${column} = v.${column}`).join(', ');
  for (;;) {
    const left = await transaction(ctx, async (tx) => {
      await advance(tx, batch, {});
      const versions: Versioned[] = await tx
        .db(table.name)
        .select('id', 'overlay_of')
        .where({ batch_id: batch.id })
        .where('overlay_of', '>', 0)
        .limit(perStatement);
      if (versions.length === 0) return 0;

      const ids = versions.map((version) => version.id);
      await tx.db.raw(
        `UPDATE ${table.name} v JOIN ${table.name} o ON o.id = v.overlay_of
         SET ${assignments}, o.hidden_batch_id = 0 WHERE v.id IN (${ids.map(() => '?').join(',')})`,
        ids,
      );
      await tx.db(table.name).whereIn('id', ids).delete();
      return versions.length;
    });
    if (left === 0) break;
  }
  await deleteInParts(ctx, batch, () => ctx.db(table.name).where({ hidden_batch_id: batch.id }));
}

/** Takes back everything a batch wrote and was never seen. */
export async function revertRows(ctx: Ctx, table: VersionedTable, batch: Batch): Promise<void> {
  await deleteInParts(ctx, batch, () => ctx.db(table.name).where({ batch_id: batch.id }));
  for (;;) {
    await advance(ctx, batch, {});
    const restored = await ctx
      .db(table.name)
      .where({ hidden_batch_id: batch.id })
      .limit(perStatement)
      .update({ hidden_batch_id: 0 });
    if (restored === 0) return;
  }
}

async function deleteInParts(ctx: Ctx, batch: Batch, rows: () => Knex.QueryBuilder): Promise<void> {
  for (;;) {
    await advance(ctx, batch, {});
    const deleted: number = await rows().limit(perStatement).delete();
    if (deleted === 0) return;
  }
}

function pick(row: Record<string, unknown>, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}
