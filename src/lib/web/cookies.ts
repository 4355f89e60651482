import type { Request } from 'express';
import type { Config } from '#lib/config.ts';

/** Behind TLS a browser takes a cookie of this name only from us: no other host of the domain can plant it. */
export function cookieName(config: Config, name: string): string {
  return config.cookieSecure ? `__Host-moa.${name}` : `moa.${name}`;
}

export function readCookie(req: Pick<Request, 'headers'>, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
