import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { Config } from '#lib/config.ts';
import { derivedKeys } from '#lib/secrets.ts';
import { cookieName, readCookie } from '#lib/web/cookies.ts';

/**
 * A browser somebody has signed in with carries `name.mark.mark…`, a mark for each of its people. It opens nothing:
 * it only says that guesses of strangers do not shut this browser out.
 */
const name = 'browser';
const mostPeople = 8;
const lifeMs = 365 * 24 * 60 * 60 * 1000;

/** The name of the browser when this person has signed in with it before. */
export function knownBrowser(req: Request, userId: number | undefined): string | undefined {
  const cookie = readKnown(req);
  if (!cookie) return undefined;
  const own = marksOf(req.ctx.config, cookie.browser, userId ?? 0);
  return cookie.marks.some((one) => own.some((mark) => isEqual(one, mark))) ? cookie.browser : undefined;
}

/** Call it when a password was right. The newest person stands first; the oldest of many is forgotten. */
export function knowBrowser(req: Request, userId: number): void {
  const { browser, marks } = readKnown(req) ?? { browser: randomBytes(12).toString('base64url'), marks: [] };
  const own = marksOf(req.ctx.config, browser, userId);
  const kept = [own[0]!, ...marks.filter((one) => !own.includes(one))].slice(0, mostPeople);
  const { config } = req.ctx;
  req.res?.cookie(cookieName(config, name), [browser, ...kept].join('.'), {
    httpOnly: true,
    sameSite: 'lax',
    secure: config.cookieSecure,
    path: '/',
    maxAge: lifeMs,
  });
}

function readKnown(req: Request): { browser: string; marks: string[] } | undefined {
  const [browser, ...marks] = (readCookie(req, cookieName(req.ctx.config, name)) ?? '').split('.');
  return browser && /^[\w-]{16}$/.test(browser)
    ? { browser, marks: marks.filter((mark) => /^[\w-]{22}$/.test(mark)).slice(0, mostPeople) }
    : undefined;
}

/** By each secret that is understood; the one to give out is the first. */
function marksOf(config: Config, browser: string, userId: number): string[] {
  return derivedKeys(config, 'known browsers').map((key) =>
    createHmac('sha256', key).update(`${browser} ${userId}`).digest('base64url').slice(0, 22),
  );
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
