import type { Request, Response } from 'express';
import { storeOf } from '#lib/web/sessions.ts';
import { signOut } from './identity.ts';
import { forget } from './remember-cookie.ts';

/** Ends the session and forgets the browser, with whatever else came in by its cookie. */
export async function signOutHere(req: Request, res: Response): Promise<void> {
  const { rememberedId, ownerId } = req.session;
  const store = storeOf(req);
  await forget(req, res, 'signed_out');
  await signOut(req);
  if (rememberedId === undefined || ownerId === undefined) return;
  const others = (await store.listOf(ownerId)).filter(({ data }) => data.rememberedId === rememberedId);
  await store.end(others.map(({ sid }) => sid));
}
