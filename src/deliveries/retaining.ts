import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import type { Retention } from '#lib/retention.ts';
import { keptDays } from '#personal';

const rowsAtOnce = 500;

/** Names, phones, addresses and memos on old paper; how many went where stays. */
export const retains: readonly Retention[] = [
  {
    name: 'print_runs',
    days: keptDays.printRuns,
    due: (ctx, before, limit) =>
      ctx
        .db('print_runs')
        .whereNull('personal_destroyed_at')
        .where('printed_at', '<', before)
        .orderBy('id')
        .limit(limit)
        .pluck('id'),
    async destroy(ctx, id) {
      const last = await ctx
        .db('print_run_rows')
        .where({ print_run_id: id })
        .max({ position: 'position' })
        .first();
      for (let from = 0; from <= Number(last?.position ?? -1); from += rowsAtOnce)
        await ctx
          .db('print_run_rows')
          .where({ print_run_id: id })
          .whereBetween('position', [from, from + rowsAtOnce - 1])
          .update({
            frozen: ctx.db.raw(
              "JSON_SET(frozen, '$.recipient', '', '$.phones', JSON_ARRAY(), '$.postcode', '', '$.address', '', '$.memo', '')",
            ),
          });
      await transaction(ctx, async (tx) => {
        const done = await tx
          .db('print_runs')
          .where({ id })
          .whereNull('personal_destroyed_at')
          .update({
            personal_destroyed_at: tx.now(),
            filter_json: tx.db.raw("JSON_SET(filter_json, '$.q', '')"), // somebody may have searched for a name
          });
        if (done > 0) await record(tx, 'delivery.print_forgotten', 'print_run', id);
      });
    },
  },
];
