import type { IncomingMessage } from 'node:http';
import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';

const { generateToken, isRequestValid, csrfSynchronisedProtection, invalidCsrfTokenError } = csrfSync({
  size: 32,
  getTokenFromRequest: (req) => {
    const typed = (req.body as Record<string, unknown> | undefined)?._csrf;
    return req.get('x-csrf-token') ?? (typeof typed === 'string' ? typed : undefined);
  },
});

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A write must come from a page of ours and carry the token of its session. A form with files is read after
 * this, so its hidden token is not here yet: it passes when the browser itself vouches for the origin, and
 * `csrfAfterUpload` checks the token.
 */
export const csrf: RequestHandler = (req, res, next) => {
  if (safeMethods.has(req.method)) return next();
  if (!isSameOrigin(req)) return next(invalidCsrfTokenError);
  if (req.is('multipart/form-data') && !req.get('x-csrf-token')) {
    return next(originOf(req) === 'unknown' ? invalidCsrfTokenError : undefined);
  }
  csrfSynchronisedProtection(req, res, next);
};

/** Stands behind the middleware that reads a form with files. */
export const csrfAfterUpload: RequestHandler = (req, _res, next) => {
  next(isRequestValid(req) ? undefined : invalidCsrfTokenError);
};

/** The token of this session; asking for it begins a session. */
export function csrfToken(req: Request): string {
  return generateToken(req);
}

/** False when the browser says that another site sent the request. */
export function isSameOrigin(req: IncomingMessage): boolean {
  return originOf(req) !== 'other';
}

function originOf(req: IncomingMessage): 'same' | 'other' | 'unknown' {
  const site = req.headers['sec-fetch-site'];
  if (site) return site === 'same-origin' || site === 'none' ? 'same' : 'other';
  const origin = req.headers.origin;
  if (!origin) return 'unknown';
  return URL.parse(origin)?.host === hostOf(req) ? 'same' : 'other';
}

/** Express knows the host behind a trusted proxy; a socket's handshake has only the header. */
function hostOf(req: IncomingMessage & { host?: string }): string | undefined {
  return req.host ?? req.headers.host;
}
