import type { ListedRoute } from '#lib/web/route-table.ts';

/** What stands for addresses that no route takes: there are as many as people type. */
export const noRoute = '(none)';

interface Branch {
  name?: string;
  fixed: Map<string, Branch>;
  /** What stands in the place of `:id`. */
  any?: Branch;
}

/** Says which route an address belongs to: `/orders/7/hold` is `/orders/:id/hold`. */
export function routeNamer(routes: readonly Pick<ListedRoute, 'path'>[]): (path: string) => string {
  const root: Branch = { fixed: new Map() };
  for (const { path } of routes) {
    let branch = root;
    for (const part of partsOf(path)) branch = growTo(branch, part);
    branch.name = path;
  }
  return (path) => {
    const files = /^\/(assets|vendor)\//.exec(path);
    return files ? `/${files[1]}/*` : (walk(root, partsOf(path)) ?? noRoute);
  };
}

const partsOf = (path: string) => path.split('/').filter(Boolean);

function growTo(branch: Branch, part: string): Branch {
  if (part.startsWith(':')) {
    branch.any ??= { fixed: new Map() };
    return branch.any;
  }
  const next = branch.fixed.get(part) ?? { fixed: new Map() };
  branch.fixed.set(part, next);
  return next;
}

/** A word of its own is meant before a `:id`. */
function walk(branch: Branch, [part, ...rest]: readonly string[]): string | undefined {
  if (part === undefined) return branch.name;
  const fixed = branch.fixed.get(part);
  return (fixed && walk(fixed, rest)) ?? (branch.any && walk(branch.any, rest));
}
