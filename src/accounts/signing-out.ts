import type { Request, Response } from 'express';
import { Unavailable } from '#lib/errors.ts';
import { type SessionStore, storeOf } from '#lib/web/sessions.ts';
import { signOut } from './identity.ts';
import { leaveNothing } from './lasting.ts';
import { forget } from './remember-cookie.ts';

/** Ends the session and forgets the browser, with whatever else came in by its cookie. */
export async function signOutHere(req: Request, res: Response): Promise<void> {
  const { rememberedId, ownerId } = req.session;
  const { sessionID } = req;
  const store = storeOf(req);
  await forget(req, res, 'signed_out');
  await signOut(req);
  const others =
    rememberedId !== undefined && ownerId !== undefined
      ? await sessionsOfSeries(store, ownerId, rememberedId)
      : [];
  if (await store.endForSure([sessionID, ...others])) return;
  leaveNothing(req, res);
  throw new Unavailable(
    '이 브라우저에서는 로그아웃했습니다. 다만 서버(Redis)를 바꾸는 중이라 로그아웃을 확실하게 저장하지 못했습니다. 잠시 뒤 다시 로그인해 ‘내 계정’의 로그인된 기기를 확인해 주세요.',
  );
}

/** Ends what came in by the cookie of a browser, but not the session that is to stay. */
export async function endSessionsOfSeries(
  store: SessionStore,
  userId: number,
  rememberedId: number,
  staying?: string,
): Promise<void> {
  const sids = await sessionsOfSeries(store, userId, rememberedId);
  await store.end(sids.filter((sid) => sid !== staying));
}

async function sessionsOfSeries(
  store: SessionStore,
  userId: number,
  rememberedId: number,
): Promise<string[]> {
  const sessions = await store.listOf(userId);
  return sessions.filter(({ data }) => data.rememberedId === rememberedId).map(({ sid }) => sid);
}
