import type { Request, RequestHandler } from 'express';
import { recordSeen } from '#lib/access.ts';
import { day } from '#lib/dates.ts';
import type { AppModule } from '#lib/module.ts';
import type { Sight } from '#lib/sight.ts';
import type { Trouble, Troubles } from '#lib/troubles.ts';
import { viewTools } from '#lib/views.ts';
import { assetUrl, vendorUrl } from '#lib/web/assets.ts';
import { cookieName, readCookie } from '#lib/web/cookies.ts';
import { csrfToken } from '#lib/web/csrf.ts';
import { type MenuEntry, menuFor } from '#lib/web/menu.ts';
import type { Flash } from '#lib/web/request.ts';

/** What a template finds in `it` besides the data of its route. */
export interface PageLocals {
  user: Express.User | undefined;
  /** True when the person at the screen holds the permission. */
  can: (permission: string) => boolean;
  menu: MenuEntry[];
  /** Prints the token; a page without a form begins no session. */
  csrfToken: { toString(): string };
  flashes: Flash[];
  url: string;
  path: string;
  today: string;
  theme: '' | 'light' | 'dark';
  /** What goes wrong around us, to be said above the page. */
  troubles: readonly Trouble[];
  /** Whom this person is shown unmasked. */
  sight: Sight | undefined;
}

/**
 * Gives every `res.render` the menu, the messages and the tools of the views. A page that shows people as they are is
 * not rendered before that is written down.
 */
export function pages(modules: readonly AppModule[]): RequestHandler {
  return (req, res, next) => {
    req.flash = (kind, message) => {
      req.session.flashes = [...(req.session.flashes ?? []), { kind, message }];
    };
    const render = res.render.bind(res);
    res.render = ((view: string, data: object = {}) => {
      recordSeen(req.ctx)
        .then(() => pageLocals(req, modules))
        .then((locals) => render(view, { ...viewTools, ...locals, ...data }))
        .catch(next);
    }) as typeof res.render;
    next();
  };
}

async function pageLocals(req: Request, modules: readonly AppModule[]): Promise<PageLocals> {
  return {
    ...plainLocals(req),
    can: (permission) => req.ctx.actor.permissions.has(permission),
    menu: await menuFor(req.ctx, modules, pathOf(req)),
    flashes: takeFlashes(req),
  };
}

/** What can be had without asking the database: error pages live on it. */
export function plainLocals(req: Request): PageLocals & { asset: typeof assetUrl; vendor: typeof vendorUrl } {
  return {
    user: req.user,
    can: () => false,
    menu: [],
    csrfToken: { toString: () => csrfToken(req) },
    flashes: [],
    url: req.originalUrl,
    path: pathOf(req),
    today: day(req.ctx.now()),
    theme: themeOf(req),
    troubles: troublesOf(req)?.now() ?? [],
    sight: req.ctx.sight,
    asset: assetUrl,
    vendor: vendorUrl,
  };
}

/** Where a process watches for them, it has put them into the application. */
export function troublesOf(req: Request): Troubles | undefined {
  return req.app.get('troubles') as Troubles | undefined;
}

/** The whole path: inside a router `req.path` lacks the part it is mounted on. */
function pathOf(req: Request): string {
  return req.originalUrl.split('?')[0] as string;
}

function takeFlashes(req: Request): Flash[] {
  const flashes = req.session?.flashes ?? [];
  if (flashes.length > 0) delete req.session.flashes;
  return flashes;
}

function themeOf(req: Request): PageLocals['theme'] {
  const chosen = readCookie(req, cookieName(req.ctx.config, 'theme'));
  return chosen === 'light' || chosen === 'dark' ? chosen : '';
}
