import type { Ctx } from '#lib/ctx.ts';
import type { LineRow } from './tables.ts';

type OfChannel = Pick<LineRow, 'channel_id'>;

/** Of the channels of these lines, those with nobody to tell what was sent: our own stores. */
export async function ownChannels(ctx: Ctx, lines: readonly OfChannel[]): Promise<ReadonlySet<number>> {
  if (lines.length === 0) return new Set();
  const ids: number[] = await ctx
    .db('channels')
    .whereIn('id', [...new Set(lines.map((line) => line.channel_id))])
    .where({ layout: 'store' })
    .pluck('id');
  return new Set(ids);
}
