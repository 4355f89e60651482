import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { SignedInUser } from '#lib/web/request.ts';
import { originOf } from './remember-cookie.ts';
import { hasUnreadNotices } from './security-notices.ts';
import { standing } from './session-limits.rules.ts';
import { findSessionLimits } from './session-limits.ts';

/**
 * Writes into a session that was just begun whose it is, where, and how long it lasts. A form that was sent when the
 * session before had ended goes along: it is opened for its author alone.
 */
export async function noteSession(
  req: Request,
  user: SignedInUser,
  keptForm: string | undefined,
): Promise<void> {
  const { session, ctx } = req;
  const now = ctx.now().getTime();
  session.startedAt ??= now;
  const { idleMs, endsAt } = standing(await findSessionLimits(ctx, user.role), session.startedAt, now);
  const { userAgent, address } = originOf(req);
  Object.assign(session, { ownerId: user.id, idleMs, endsAt, userAgent, address, deviceKey: randomUUID() });
  if (keptForm) session.keptForm = keptForm;
  if (await hasUnreadNotices(ctx, user.id)) session.noticesUnread = true;
}
