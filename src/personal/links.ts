import type { Ctx } from '#lib/ctx.ts';
import type { ChainStart } from './chain.rules.ts';

/** The series whose number whoever changes the chain draws first: one at a time. */
export const chaining = 'access.chaining';

export interface Link {
  seq: number;
  record_id: number;
  hash: Buffer;
}

/** What the next link hangs on; undefined for the first of all. */
export async function newestLink(ctx: Ctx): Promise<Pick<Link, 'seq' | 'hash'> | undefined> {
  const link: Link | undefined = await ctx.db('access_chain').orderBy('seq', 'desc').first();
  return link ?? newestStart(ctx);
}

/** Where the chain begins by now; undefined while nothing has been destroyed. */
export async function newestStart(ctx: Ctx): Promise<ChainStart | undefined> {
  return ctx.db('access_starts').orderBy('seq', 'desc').first();
}
