import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import { storeOf } from '#lib/web/sessions.ts';
import { findOptionalUser } from './queries.ts';
import { isHeldByNow } from './sign-in-rules/keeping-to.ts';

/** Whether whoever opened a socket with this request is still signed in, and may be where they are. */
export async function isStillSignedIn(handshake: IncomingMessage): Promise<boolean> {
  const req = handshake as unknown as Request;
  if (!req.user || (await storeOf(req).millisecondsLeft(req.sessionID)) === undefined) return false;
  const user = await findOptionalUser(req.ctx, req.user.id);
  const { session_version } = req.user as Express.User & { session_version: number };
  if (!user || user.disabled_at || user.session_version !== session_version) return false;
  return !(await isHeldByNow(req, user));
}
