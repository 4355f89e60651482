import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { type NoticeKind, watchedKinds } from './security-notices.rules.ts';

export interface SecurityNotice {
  id: number;
  user_id: number;
  user_name: string;
  kind: NoticeKind;
  user_agent: string;
  address: string;
  at: Date;
  seen_at: Date | null;
  handled_at: Date | null;
  handled_by_name: string | null;
}

/**
 * Tells the person with their next session, and the administrators of what they watch; call it in the transaction of
 * what is told.
 */
export async function notify(
  tx: Ctx,
  {
    user_id,
    kind,
    user_agent = '',
    address = tx.origin?.address ?? '',
  }: Pick<SecurityNotice, 'user_id' | 'kind'> & Partial<Pick<SecurityNotice, 'user_agent' | 'address'>>,
): Promise<void> {
  const at = tx.now();
  const handled_at = watchedKinds.includes(kind) ? null : at;
  await tx
    .db('security_notices')
    .insert({ user_id, kind, user_agent, address: address.slice(0, 45), at, handled_at });
}

export async function hasUnreadNotices(ctx: Ctx, userId: number): Promise<boolean> {
  const found = await ctx.db('security_notices').where({ user_id: userId }).whereNull('seen_at').first('id');
  return found !== undefined;
}

/** How many no administrator has looked into yet. */
export async function countUnhandledNotices(ctx: Ctx): Promise<number> {
  const row = await ctx.db('security_notices').whereNull('handled_at').count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}

/** The newest first; of one person, or of all for the administrators, those still open before the others. */
export async function listNotices(
  ctx: Ctx,
  { userId, limit = 50 }: { userId?: number; limit?: number } = {},
): Promise<SecurityNotice[]> {
  const notices = ctx
    .db('security_notices as notice')
    .join('users as user', 'user.id', 'notice.user_id')
    .orderBy('notice.id', 'desc')
    .limit(limit)
    .select('notice.*', { user_name: 'user.name' });
  if (userId === undefined)
    notices
      .whereIn('notice.kind', watchedKinds)
      .clearOrder()
      .orderByRaw('notice.handled_at IS NOT NULL, notice.id DESC');
  else notices.where('notice.user_id', userId);
  return notices;
}

/** The person has read what there is about them. */
export async function readNotices(ctx: Ctx): Promise<void> {
  await transaction(ctx, async (tx) => {
    const userId = tx.actor.id as number;
    const read = await tx
      .db('security_notices')
      .where({ user_id: userId })
      .whereNull('seen_at')
      .update({ seen_at: tx.now() });
    if (read > 0) await record(tx, 'user.notices_read', 'user', userId, { count: read });
  });
}

/** An administrator has looked into it. */
export async function handleNotice(ctx: Ctx, id: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const notice = await tx.db('security_notices').where({ id }).whereNull('handled_at').forUpdate().first();
    if (!notice) return;
    const { id: handled_by, name: handled_by_name } = tx.actor;
    await tx
      .db('security_notices')
      .where({ id })
      .update({ handled_at: tx.now(), handled_by, handled_by_name });
    await record(tx, 'user.notice_handled', 'user', notice.user_id, { noticeId: id });
  });
}
