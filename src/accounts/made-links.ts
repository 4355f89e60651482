import type { Request } from 'express';
import type {} from 'express-session';
import type { PasswordLink } from './password-links.ts';
import { keepForOnce, takeOnce } from './shown-once.ts';

declare module 'express-session' {
  interface SessionData {
    /** A link that was just made, sealed; gone once it was shown. */
    madeLink?: string;
  }
}

const linkOf = (userId: number) => ({ what: 'password links to be shown', userId });

/** Keeps the link for the page behind the redirect. */
export function keepLink(req: Request, userId: number, { path, expiresAt }: PasswordLink): void {
  const url = `${req.protocol}://${req.host}${path}`;
  req.session.madeLink = keepForOnce(req.ctx, linkOf(userId), { url, expiresAt: expiresAt.toISOString() });
}

/** The link, once; undefined when it was shown already. */
export function takeLink(req: Request, userId: number): { url: string; expiresAt: Date } | undefined {
  const made = takeOnce<{ url: string; expiresAt: string }>(req.ctx, linkOf(userId), req.session.madeLink);
  delete req.session.madeLink;
  return made && { url: made.url, expiresAt: new Date(made.expiresAt) };
}
