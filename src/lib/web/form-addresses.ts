import type { Application, Express, RequestHandler } from 'express';
import { listRoutes } from '#lib/web/route-table.ts';

/**
 * A page that was shown in answer to a form stands at an address that only takes forms. Whoever opens that again, from
 * the address bar, with restored tabs or behind a sign-in, means the page above it.
 */
export const openPageAbove: RequestHandler = (req, res, next) => {
  const page = req.method === 'GET' ? pageOver(req.app, req.path) : req.path;
  if (page === req.path) return next();
  res.redirect(303, page);
};

/** The nearest page at or above an address that takes forms; any other address is its own. */
export function pageOver(app: Application, path: string): string {
  const { pages, forms } = addressesOf(app);
  const isPage = (one: string) => pages(one) > 0 && pages(one) >= forms(one);
  if (forms(path) === 0 || isPage(path)) return path;
  for (let above = parentOf(path); above !== '/'; above = parentOf(above)) if (isPage(above)) return above;
  return '/';
}

/** How closely routes name a path, 0 for not at all: /orders/hold is named by itself and, less, by /orders/:id. */
type Closeness = (path: string) => number;

const known = new WeakMap<Application, { pages: Closeness; forms: Closeness }>();

/** Read when first needed: the application is complete then. */
function addressesOf(app: Application): { pages: Closeness; forms: Closeness } {
  let addresses = known.get(app);
  if (!addresses) {
    const routes = listRoutes(app as Express);
    const of = (method: string) =>
      closenessTo(routes.filter((route) => route.method === method).map(({ path }) => path));
    addresses = { pages: of('GET'), forms: of('POST') };
    known.set(app, addresses);
  }
  return addresses;
}

function closenessTo(paths: readonly string[]): Closeness {
  const patterns = [...new Set(paths)].map((path) => ({
    pattern: new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`),
    closeness: 1 + path.split('/').filter((part) => part && !part.startsWith(':')).length,
  }));
  return (path) =>
    Math.max(0, ...patterns.filter(({ pattern }) => pattern.test(path)).map(({ closeness }) => closeness));
}

function parentOf(path: string): string {
  return path.replace(/\/[^/]*\/?$/, '') || '/';
}
