import type { Ctx } from '#lib/ctx.ts';

/**
 * Removes remembered browsers that can no longer come back, when even the message why they were signed out has had
 * its time. Their events stay.
 */
export async function forgetEndedDevices(ctx: Ctx): Promise<void> {
  await ctx.db('remembered_devices').where('ends_at', '<', ctx.now()).delete();
}
