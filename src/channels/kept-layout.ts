import type { Ctx } from '#lib/ctx.ts';
import { type KeptLayout, layoutOf } from './layouts/index.ts';
import { findLayout } from './mapping/learnt.ts';
import type { ImportRow } from './tables.ts';
import { findWays } from './words.ts';

/** Reads the kept cells of an import again, by the layout its file was read with. */
export async function findKeptLayout(
  ctx: Ctx,
  row: Pick<ImportRow, 'channel_id' | 'layout' | 'columns_json'>,
): Promise<KeptLayout> {
  const columns = JSON.parse(row.columns_json ?? '[]') as string[];
  return layoutOf(columns, await findLayout(ctx, row.layout), await findWays(ctx, row.channel_id));
}
