import type { Request, RequestHandler, Response } from 'express';
import type { AppModule, Role } from '#lib/module.ts';
import { Forbidden } from '#lib/web/errors.ts';
import { wantsJson } from '#lib/web/request.ts';

export const roleNames: Record<Role, string> = { admin: '관리자', office: '사무', delivery: '배송' };

/** What each role may do, gathered from what the modules declare. */
export function permissionsByRole(modules: readonly AppModule[]): Record<Role, ReadonlySet<string>> {
  const permissions = modules.flatMap((module) => module.permissions);
  const codesOf = (role: Role) =>
    new Set(permissions.filter((permission) => permission.roles.includes(role)).map(({ code }) => code));
  return { admin: codesOf('admin'), office: codesOf('office'), delivery: codesOf('delivery') };
}

/** Lets those through who hold the permission; sends others to sign in, or says they may not. */
export function allow(permission: string): RequestHandler {
  return (req, res, next) => {
    if (!req.user) return askToSignIn(req, res);
    next(req.ctx.actor.permissions.has(permission) ? undefined : new Forbidden());
  };
}

/** Lets everybody through who has signed in. */
export const signedIn: RequestHandler = (req, res, next) => {
  if (!req.user) return askToSignIn(req, res);
  next();
};

function askToSignIn(req: Request, res: Response): void {
  if (wantsJson(req)) res.status(401).json({ error: '로그인이 필요합니다.' });
  else res.redirect(303, signInUrl(req));
}

/** A form cannot be sent again by a redirect, so its person comes back to the page it stood on. */
function signInUrl(req: Request): string {
  const page = req.method === 'GET' ? req.originalUrl : pathOf(req.get('referer'));
  return page === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(page)}`;
}

function pathOf(address: string | undefined): string {
  const url = URL.parse(address ?? '');
  return url ? url.pathname + url.search : '/';
}
