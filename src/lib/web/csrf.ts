import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { derivedKeys } from '#lib/secrets.ts';

const { isRequestValid, csrfSynchronisedProtection, invalidCsrfTokenError } = csrfSync({
  getTokenFromRequest: sentToken,
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
  if (needsNoSession(req)) return next();
  csrfSynchronisedProtection(req, res, next);
};

/** Stands behind the middleware that reads a form with files. */
export const csrfAfterUpload: RequestHandler = (req, _res, next) => {
  next(isRequestValid(req) ? undefined : invalidCsrfTokenError);
};

/**
 * Six tabs restored at once are six sign-in pages, each of a session of its own, and the browser keeps the last; others
 * stand open over night. Such a form opens nothing that its fields do not open, and neither does a sign-out: that we
 * made it and that a page of ours sends it is enough.
 */
function needsNoSession(req: Request): boolean {
  const authorId = isVouchedFor(req) ? idInToken(req) : undefined;
  if (authorId === undefined) return false;
  return req.path === '/sign-out' || (authorId === 0 && (!req.user || req.path === '/sign-in'));
}

/** The token of this session; asking for it begins a session. */
export function csrfToken(req: Request): string {
  req.session.csrfToken ??= issueCsrfToken(req, req.user?.id ?? 0);
  return req.session.csrfToken;
}

/** True when the token that was sent is that of the session. */
export function hasCsrfToken(req: Request): boolean {
  return isRequestValid(req);
}

/**
 * A token says for whom its form was made, and that we made it: a form that outlived its session can be kept for its
 * author. It is worth nothing else without being the token of the session.
 */
export function issueCsrfToken(req: Request, userId: number, random: Uint8Array = randomBytes(16)): string {
  const head = Buffer.alloc(8 + random.length);
  head.writeBigUInt64BE(BigInt(userId));
  head.set(random, 8);
  return Buffer.concat([head, sealsOf(req, head)[0]]).toString('hex');
}

/** The person for whom the form that was sent was made, if we made it. */
export function authorOfForm(req: Request): number | undefined {
  return idInToken(req) || undefined;
}

/** 0 for a form of nobody's; undefined when we did not make it. */
function idInToken(req: Request): number | undefined {
  const token = Buffer.from(sentToken(req) ?? '', 'hex');
  if (token.length !== 40) return undefined;
  const [head, sealed] = [token.subarray(0, 24), token.subarray(24)];
  const isOurs = sealsOf(req, head).some((seal) => timingSafeEqual(sealed, seal));
  return isOurs ? Number(head.readBigUInt64BE()) : undefined;
}

/** By each secret that is understood; ours is the first. */
function sealsOf(req: Request, head: Buffer): readonly [Buffer, ...Buffer[]] {
  const sealBy = (key: Buffer) => createHmac('sha256', key).update(head).digest().subarray(0, 16);
  const [present, ...old] = derivedKeys(req.ctx.config, 'tokens of forms');
  return [sealBy(present), ...old.map(sealBy)];
}

function sentToken(req: Request): string | undefined {
  const typed = (req.body as Record<string, unknown> | undefined)?._csrf;
  return req.get('x-csrf-token') ?? (typeof typed === 'string' ? typed : undefined);
}

/** False when the browser says that another site sent the request. */
export function isSameOrigin(req: IncomingMessage): boolean {
  return originOf(req) !== 'other';
}

/** True only when the browser itself says that a page of ours sent the request. */
export function isVouchedFor(req: IncomingMessage): boolean {
  return originOf(req) === 'same';
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
