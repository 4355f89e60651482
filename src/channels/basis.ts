import type { Ctx } from '#lib/ctx.ts';
import type { ImportRow } from './tables.ts';

type Basis = Pick<ImportRow, 'basis_batch_id' | 'basis_event_id'>;

/** An act that takes longer than this to commit after it wrote its event would be missed. */
const slowestActMs = 60_000;

/** What has been changed up to now. Whoever compares afterwards with a fresh view sees at least this much. */
export async function basisNow(ctx: Ctx): Promise<Basis> {
  const [unseen, last] = [
    await ctx.db('change_batches').whereIn('state', ['applying', 'aborting']).min({ id: 'id' }).first(),
    await ctx.db('change_batches').max({ id: 'id' }).first(),
  ];
  const acted = await ctx
    .db('events')
    .where('at', '<', new Date(ctx.now().getTime() - slowestActMs))
    .orderBy('id', 'desc')
    .first('id');
  return {
    basis_batch_id: unseen?.id ? unseen.id - 1 : (last?.id ?? 0),
    basis_event_id: acted?.id ?? 0,
  };
}

/**
 * Whether lines of the import's channel may have changed since it was compared with them: quick, and wrong to one
 * side only. `batchId` is the asker's own batch.
 */
export async function mayHaveMoved(
  ctx: Ctx,
  row: Basis & Pick<ImportRow, 'channel_id'>,
  batchId = 0,
): Promise<boolean> {
  const shown = await ctx
    .db('change_batches')
    .where({ channel_id: row.channel_id })
    .where('id', '>', row.basis_batch_id)
    .whereNot({ id: batchId })
    .whereIn('state', ['settling', 'done'])
    .first('id');
  if (shown) return true;
  const acted = await ctx
    .db('events')
    .where('id', '>', row.basis_event_id)
    .where({ subject_type: 'order' })
    .first('id');
  return acted !== undefined;
}
