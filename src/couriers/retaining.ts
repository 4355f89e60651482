import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import type { Retention } from '#lib/retention.ts';
import { keptDays } from '#personal';
import { destroyLocked } from './locked-files.ts';
import { blankTold } from './results.ts';
import type { ResultFileRow } from './tables.ts';

const rowsAtOnce = 500;

/** Whom a courier's result named; which lines it sent with which number stays. */
const results: Retention = {
  name: 'courier_results',
  days: keptDays.courierResults,
  due: (ctx, before, limit) =>
    ctx
      .db('courier_results')
      .whereNull('personal_destroyed_at')
      .where('made_at', '<', before)
      .orderBy('id')
      .limit(limit)
      .pluck('id'),
  async destroy(ctx, id) {
    const told = blankTold(ctx);
    const rows: number[] = await ctx.db('courier_result_rows').where({ result_id: id }).pluck('row_no');
    for (let at = 0; at < rows.length; at += rowsAtOnce)
      await ctx
        .db('courier_result_rows')
        .where({ result_id: id })
        .whereIn('row_no', rows.slice(at, at + rowsAtOnce))
        .update({ told });
    await transaction(ctx, async (tx) => {
      const result: ResultFileRow = await tx.db('courier_results').where({ id }).forUpdate().first();
      if (result.personal_destroyed_at) return;
      await tx
        .db('courier_results')
        .where({ id })
        .update({
          personal_destroyed_at: tx.now(),
          ...(result.state === 'proposed' && { state: 'discarded' }), // it names nobody to match any more
        });
      await record(tx, 'couriers.result_forgotten', 'courier_result', id, { rows: rows.length });
    });
  },
};

/** Files nobody said the password of. */
const lockedFiles: Retention = {
  name: 'courier_locked_files',
  days: keptDays.lockedResults,
  due: (ctx, before, limit) =>
    ctx.db('courier_locked_files').where('made_at', '<', before).orderBy('id').limit(limit).pluck('id'),
  async destroy(ctx: Ctx, id: number) {
    await transaction(ctx, async (tx) => {
      const file = await tx.db('courier_locked_files').where({ id }).forUpdate().first('file_name');
      if (!file) return;
      await destroyLocked(tx, id);
      await record(tx, 'couriers.locked_expired', 'courier_locked_file', id, { file: file.file_name });
    });
  },
};

export const retains: readonly Retention[] = [results, lockedFiles];
