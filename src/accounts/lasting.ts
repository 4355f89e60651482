import type { Request, Response } from 'express';
import { Unavailable } from '#lib/errors.ts';
import { clearSessionCookie, storeOf } from '#lib/web/sessions.ts';

/**
 * Nobody is told that they are signed in before their session would outlive its server. Where that cannot be had it
 * ends, and they are told `otherwise`.
 */
export async function keepForSure(req: Request, res: Response, otherwise: string): Promise<void> {
  const store = storeOf(req);
  if (await store.keepForSure(req)) return;
  const { sessionID } = req;
  leaveNothing(req, res);
  await store.end([sessionID]).catch((error) => req.log.error({ err: error }, 'a session was not ended'));
  throw new Unavailable(otherwise);
}

/** What is answered from here on goes to a stranger, whose browser forgets the session. */
export function leaveNothing(req: Request, res: Response): void {
  req.user = undefined;
  (req as { session?: unknown }).session = undefined;
  clearSessionCookie(req, res);
}
