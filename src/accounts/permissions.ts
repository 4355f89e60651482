import type { Request, RequestHandler, Response } from 'express';
import type { Ctx } from '#lib/ctx.ts';
import { type AppModule, type Role, roles } from '#lib/module.ts';
import { Forbidden } from '#lib/web/errors.ts';
import { pageBefore } from '#lib/web/own-pages.ts';
import { wantsJson } from '#lib/web/request.ts';

/** What people call each role, by its code. */
export async function roleNames(ctx: Ctx): Promise<Record<string, string>> {
  const rows: { code: string; name: string }[] = await ctx.db('roles').select('code', 'name');
  return Object.fromEntries(rows.map(({ code, name }) => [code, name]));
}

/** What each built-in role may do from the start, gathered from what the modules declare. */
export function permissionsByRole(modules: readonly AppModule[]): Record<Role, ReadonlySet<string>> {
  const permissions = modules.flatMap((module) => module.permissions);
  const codesOf = (role: Role) =>
    new Set(permissions.filter((permission) => permission.roles.includes(role)).map(({ code }) => code));
  const sets = roles.map((role) => [role, codesOf(role)] as const);
  return Object.fromEntries(sets) as Record<string, Set<string>> as Record<Role, Set<string>>;
}

/** What a route asks of whoever comes, for those who look over all routes: a permission, or to have signed in. */
export type Guard = RequestHandler & { guards: string };

/** What `signedIn` asks for. */
export const anySignIn = 'signed in';

/** Lets those through who hold the permission; sends others to sign in, or says they may not. */
export function allow(permission: string): Guard {
  const guard: RequestHandler = (req, res, next) => {
    if (!req.user) return askToSignIn(req, res);
    next(req.ctx.actor.permissions.has(permission) ? undefined : new Forbidden());
  };
  return Object.assign(guard, { guards: permission });
}

/** Lets everybody through who has signed in. */
export const signedIn: Guard = Object.assign(
  ((req, res, next) => {
    if (!req.user) return askToSignIn(req, res);
    next();
  }) satisfies RequestHandler,
  { guards: anySignIn },
);

function askToSignIn(req: Request, res: Response): void {
  if (wantsJson(req)) res.status(401).json({ error: '로그인이 필요합니다.' });
  else res.redirect(303, signInUrl(req));
}

/** A form cannot be sent again by a redirect, so its person comes back to the page it stood on. */
function signInUrl(req: Request): string {
  const page = req.method === 'GET' ? req.originalUrl : (pageBefore(req) ?? '/');
  return page === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(page)}`;
}
