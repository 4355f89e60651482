import type { Request } from 'express';

const anyOrigin = 'http://moa.invalid';

/** The path that may follow an act; undefined for what leads to another site. */
export function ownPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || !text.startsWith('/')) return undefined;
  const url = URL.parse(text, anyOrigin);
  // what is left of /.//elsewhere begins with two slashes, and would lead there
  if (url?.origin !== anyOrigin || url.pathname.startsWith('//')) return undefined;
  return url.pathname + url.search;
}

export function safePath(text: unknown): string {
  return ownPath(text) ?? '/';
}

/** The page on which a form was sent or a link clicked, when it is ours. */
export function pageBefore(req: Request): string | undefined {
  const url = URL.parse(req.get('referer') ?? '');
  return url && url.host === req.host ? ownPath(url.pathname + url.search) : undefined;
}
