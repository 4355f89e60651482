import type { Express } from 'express';

/** A route of the application and what it asks of whoever comes, in the order in which it is asked. */
export interface ListedRoute {
  method: 'GET' | 'POST';
  path: string;
  /** Permissions, or `signed in`; nothing for a page of everybody's. */
  guards: readonly string[];
}

interface Layer {
  handle: ((...args: never[]) => unknown) & { stack?: Layer[]; guards?: string };
  /** What it is mounted on. */
  rawPath?: unknown;
  route?: { path: string; methods: Record<string, boolean>; stack: (Layer & { method?: string })[] };
}

/**
 * Every route of the application, read from the routers themselves: a route that nobody thought of stands here too.
 * Guards that a router uses for all of its routes also stop those of later routers on the same path.
 */
export function listRoutes(app: Express): ListedRoute[] {
  const routes: ListedRoute[] = [];
  const standing: { prefix: string; guards: string }[] = [];

  const walk = (layers: readonly Layer[], prefix: string) => {
    for (const { handle, rawPath, route } of layers) {
      const path = joined(prefix, route?.path ?? mountOf(rawPath));
      if (route) {
        const before = standing.filter((guard) => isUnder(path, guard.prefix)).map(({ guards }) => guards);
        for (const method of ['get', 'post', 'put', 'patch', 'delete', '_all']) {
          if (!route.methods[method]) continue;
          if (method !== 'get' && method !== 'post') throw new Error(`${method} ${path} is not walked`);
          const own = route.stack.flatMap((layer) => layer.handle.guards ?? []);
          routes.push({
            method: method.toUpperCase() as ListedRoute['method'],
            path,
            guards: [...new Set([...before, ...own])],
          });
        }
      } else if (handle.stack) {
        walk(handle.stack, path);
      } else if (handle.guards) {
        standing.push({ prefix: path, guards: handle.guards });
      }
    }
  };
  walk((app as unknown as { router: { stack: Layer[] } }).router.stack, '');
  return routes;
}

function mountOf(path: unknown): string {
  if (path === undefined || path === '/') return '';
  if (typeof path !== 'string')
    throw new Error(`a router is mounted on ${String(path)}, which is not walked`);
  return path;
}

function joined(prefix: string, path: string): string {
  const whole = `${prefix}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
  return whole === '' ? '/' : whole;
}

function isUnder(path: string, prefix: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}
