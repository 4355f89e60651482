import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';
import { deriveKey } from '#lib/secrets.ts';
import { cookieName, readCookie } from '#lib/web/cookies.ts';
import { issueCsrfToken } from '#lib/web/csrf.ts';
import { slidingLife } from './remembering.rules.ts';
import { type EndedBecause, forgetCookie, type Origin, rememberDevice } from './remembering.ts';

const name = 'remember';

/**
 * Keeps the person signed in on this browser. Call it when all was given that their sign-in asks for, behind the
 * beginning of the session; a browser remembered with the second factor is not asked for it again.
 */
export async function remember(
  req: Request,
  res: Response,
  user: { id: number },
  { secondFactor = false }: { secondFactor?: boolean } = {},
): Promise<void> {
  await forgetCookie(req.ctx, rememberCookie(req), 'replaced');
  const { id, cookie } = await rememberDevice(req.ctx, user.id, { ...originOf(req), secondFactor });
  setRememberCookie(req, res, cookie);
  noteRemembered(req, user.id, { id, secondFactor });
}

/** Ends the series of this browser. */
export async function forget(req: Request, res: Response, because: EndedBecause): Promise<void> {
  const cookie = rememberCookie(req);
  if (cookie === undefined) return;
  await forgetCookie(req.ctx, cookie, because);
  clearRememberCookie(req, res);
}

/**
 * What the session of a remembered browser knows. Sessions of one series share the token of their forms, so that a
 * form left open over the end of a session is sent as if nothing had happened.
 */
export function noteRemembered(
  req: Request,
  userId: number,
  { id, secondFactor }: { id: number; secondFactor: boolean },
): void {
  Object.assign(req.session, {
    rememberedId: id,
    secondFactor: secondFactor || req.session.secondFactor,
    tokenShownAt: req.ctx.now().getTime(),
    csrfToken: issueCsrfToken(req, userId, seriesSecret(req, id)),
  });
}

function seriesSecret(req: Request, id: number): Buffer {
  const key = deriveKey(req.ctx.config.secret, 'forms of a remembered browser');
  return createHmac('sha256', key).update(String(id)).digest().subarray(0, 16);
}

export function rememberCookie(req: Request): string | undefined {
  return readCookie(req, cookieName(req.ctx.config, name));
}

export function setRememberCookie(req: Request, res: Response, cookie: string): void {
  res.cookie(cookieName(req.ctx.config, name), cookie, { ...options(req), maxAge: slidingLife });
}

export function clearRememberCookie(req: Request, res: Response): void {
  res.clearCookie(cookieName(req.ctx.config, name), options(req));
}

const options = (req: Request) =>
  ({ httpOnly: true, sameSite: 'lax', secure: req.ctx.config.cookieSecure, path: '/' }) as const;

export function originOf(req: Request): Origin {
  return { userAgent: (req.get('user-agent') ?? '').slice(0, 400), address: (req.ip ?? '').slice(0, 45) };
}
