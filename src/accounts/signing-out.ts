import type { Request, Response } from 'express';
import { type SessionStore, storeOf } from '#lib/web/sessions.ts';
import { signOut } from './identity.ts';
import { forget } from './remember-cookie.ts';

/** Ends the session and forgets the browser, with whatever else came in by its cookie. */
export async function signOutHere(req: Request, res: Response): Promise<void> {
  const { rememberedId, ownerId } = req.session;
  const store = storeOf(req);
  await forget(req, res, 'signed_out');
  await signOut(req);
  if (rememberedId !== undefined && ownerId !== undefined)
    await endSessionsOfSeries(store, ownerId, rememberedId);
}

/** Ends what came in by the cookie of a browser, but not the session that is to stay. */
export async function endSessionsOfSeries(
  store: SessionStore,
  userId: number,
  rememberedId: number,
  staying?: string,
): Promise<void> {
  const sessions = (await store.listOf(userId)).filter(({ data }) => data.rememberedId === rememberedId);
  await store.end(sessions.map(({ sid }) => sid).filter((sid) => sid !== staying));
}
