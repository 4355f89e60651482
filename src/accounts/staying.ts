import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import { storeOf } from '#lib/web/sessions.ts';
import { findOptionalUser } from './queries.ts';

/** Whether whoever opened a socket with this request is still signed in. */
export async function isStillSignedIn(handshake: IncomingMessage): Promise<boolean> {
  const req = handshake as unknown as Request;
  if (!req.user || (await storeOf(req).millisecondsLeft(req.sessionID)) === undefined) return false;
  const user = await findOptionalUser(req.ctx, req.user.id);
  const { session_version } = req.user as Express.User & { session_version: number };
  return user !== undefined && !user.disabled_at && user.session_version === session_version;
}
