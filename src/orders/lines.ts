import type { Knex } from 'knex';
import type { Batch } from '#lib/batches.ts';
import { type Snapshot, shown } from '#lib/batches.ts';
import { type Ctx, covers, may, withinScope } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { insertRows, removeRows, replaceRows, revertRows, settleRows } from '#lib/versions.ts';
import { CountChanges, revertCounts, settleCounts } from './counts.ts';
import { type LineRow, lineTable } from './tables.ts';

/** The lines the actor may see, as they stand on this snapshot. The table is called `order_lines` in the query. */
export function visibleLines(snap: Snapshot): Knex.QueryBuilder {
  const query = withinScope(
    shown(snap.db('order_lines'), 'order_lines', snap.window),
    snap,
    'order_lines.channel_id',
  );
  if (may(snap, 'orders.view')) return query;
  if (may(snap, 'deliveries.view')) return query.whereNotNull('order_lines.delivery_id');
  return query.whereRaw('1 = 0');
}

/** The rows of a channel's line numbers, replacements among them, found without locking. */
export async function findLineIds(tx: Ctx, channelId: number, lineNos: readonly string[]): Promise<number[]> {
  if (lineNos.length === 0) return [];
  return tx.db('order_lines').whereIn('line_no', lineNos).where({ channel_id: channelId }).pluck('id');
}

/** Locks the found lines of a channel, by line number, as the open batch of that channel sees them. */
export async function lockLines(tx: Ctx, ids: readonly number[]): Promise<Map<string, LineRow>> {
  if (ids.length === 0) return new Map();
  const rows: LineRow[] = await byId(tx, ids).where({ hidden_batch_id: 0 }).orderBy('id').forUpdate();
  return new Map(rows.map((row) => [row.line_no, row]));
}

/** Reads rows by their id and no other way: a scan of a small table would lock all of it. */
function byId(tx: Ctx, ids: readonly number[]): Knex.QueryBuilder {
  return tx.db(tx.db.raw('order_lines FORCE INDEX (PRIMARY)')).whereIn('id', ids);
}

/**
 * Locks lines for an act by hand. Throws `Refusal` when one of them is gone, or an import is changing it at this
 * moment, and `NotFound` when one is of a channel the actor does not work with. In order of id, so that two acts never wait for each other.
 */
export async function lockLinesById(tx: Ctx, ids: readonly number[]): Promise<LineRow[]> {
  const rows: LineRow[] = await byId(tx, ids).orderBy('id').forUpdate();
  if (!rows.every((row) => covers(tx, row.channel_id))) throw new NotFound('찾는 주문이 없습니다.');
  const unseen: number[] = await tx
    .db('change_batches')
    .whereIn('state', ['applying', 'aborting'])
    .pluck('id');
  if (rows.some((row) => row.hidden_batch_id !== 0)) {
    throw new Refusal('가져오기가 이 주문을 바꾸는 중입니다. 잠시 뒤에 다시 해 주세요.');
  }
  const usable = rows.filter((row) => row.overlay_of === 0 && !unseen.includes(row.batch_id));
  if (usable.length < new Set(ids).size)
    throw new Refusal('고른 주문 가운데 지금은 없는 것이 있습니다. 목록을 새로 열어 주세요.');
  return usable;
}

/** A line before and after a batch; without `before` it is new, without `after` it goes. */
export interface LineChange {
  before?: LineRow;
  after?: Omit<LineRow, 'id' | keyof BatchColumns> & Partial<BatchColumns>;
}
type BatchColumns = Pick<
  LineRow,
  'batch_id' | 'hidden_batch_id' | 'overlay_of' | 'revision' | 'created_at' | 'updated_at'
>;

/** Writes a step of a batch's lines and their counts; all of it is seen with the batch. */
export async function writeLineChanges(
  tx: Ctx,
  batchId: number,
  changes: readonly LineChange[],
): Promise<void> {
  const counts = new CountChanges();
  for (const { before, after } of changes) {
    if (before) counts.add(before, -1);
    if (after) counts.add(after, 1);
  }
  const added = changes.filter((change) => !change.before).map((change) => change.after!);
  const replaced = changes.filter((change) => change.before && change.after);
  const removed = changes.filter((change) => !change.after).map((change) => change.before!);

  await insertRows(tx, lineTable, batchId, added);
  await replaceRows(
    tx,
    lineTable,
    batchId,
    replaced.map(({ before, after }) => ({ current: before!, values: after as Partial<LineRow> })),
  );
  await removeRows(tx, lineTable, batchId, removed);
  await counts.save(tx, batchId);
}

/** Tidies up after a batch has been shown. */
export async function settleLines(ctx: Ctx, batch: Batch): Promise<void> {
  await settleRows(ctx, lineTable, batch);
  await transaction(ctx, (tx) => settleCounts(tx, batch.id));
}

/** Takes back what an unseen batch wrote. */
export async function revertLines(ctx: Ctx, batch: Batch): Promise<void> {
  await revertRows(ctx, lineTable, batch);
  await transaction(ctx, (tx) => revertCounts(tx, batch.id));
}

/** The order ids of a channel's order numbers; those not known yet are made. */
export async function ensureOrders(
  tx: Ctx,
  channelId: number,
  orderNos: readonly string[],
): Promise<Map<string, number>> {
  const ids = await addOrders(tx, channelId, orderNos);
  const known = orderNos.filter((orderNo) => !ids.has(orderNo));
  return new Map([...ids, ...(await findOrderIds(tx, channelId, known))]);
}

/** Adds the order numbers nobody has; returns the ids of those only. */
async function addOrders(
  tx: Ctx,
  channelId: number,
  orderNos: readonly string[],
): Promise<Map<string, number>> {
  if (orderNos.length === 0) return new Map();
  const [added] = await tx.db.raw(
    `INSERT IGNORE INTO orders (channel_id, order_no) VALUES ${orderNos.map(() => '(?,?)').join(',')} RETURNING id, order_no`,
    orderNos.flatMap((orderNo) => [channelId, orderNo]),
  );
  return new Map((added as { id: number; order_no: string }[]).map((row) => [row.order_no, row.id]));
}

async function findOrderIds(
  tx: Ctx,
  channelId: number,
  orderNos: readonly string[],
): Promise<Map<string, number>> {
  if (orderNos.length === 0) return new Map();
  const rows: { id: number; order_no: string }[] = await tx
    .db('orders')
    .select('id', 'order_no')
    .whereIn('order_no', orderNos)
    .where({ channel_id: channelId });
  return new Map(rows.map((row) => [row.order_no, row.id]));
}
