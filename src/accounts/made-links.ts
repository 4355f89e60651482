import type { Request } from 'express';
import type {} from 'express-session';
import type { PasswordLink } from './password-links.ts';

declare module 'express-session' {
  interface SessionData {
    /** A link on its way from the act to the one page that shows it; sealed, because sessions rest in Redis. */
    madeLink?: string;
  }
}

const purpose = 'password links to be shown';

interface MadeLink {
  userId: number;
  url: string;
  expiresAt: string;
}

/** Keeps the link for the page behind the redirect. */
export function keepLink(req: Request, userId: number, { path, expiresAt }: PasswordLink): void {
  const url = `${req.protocol}://${req.host}${path}`;
  const made: MadeLink = { userId, url, expiresAt: expiresAt.toISOString() };
  req.session.madeLink = req.ctx.vault.seal(purpose, Buffer.from(JSON.stringify(made))).toString('base64');
}

/** The link, once; undefined when it was shown already. */
export function takeLink(req: Request, userId: number): { url: string; expiresAt: Date } | undefined {
  const sealed = req.session.madeLink;
  delete req.session.madeLink;
  if (!sealed) return undefined;
  const made: MadeLink = JSON.parse(req.ctx.vault.open(purpose, Buffer.from(sealed, 'base64')).toString());
  return made.userId === userId ? { url: made.url, expiresAt: new Date(made.expiresAt) } : undefined;
}
