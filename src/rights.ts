import express from 'express';
import { anySignIn, listGrants, permissionsByRole, permissionsOf } from '#accounts';
import type { Ctx } from '#lib/ctx.ts';
import { type AppModule, roles } from '#lib/module.ts';
import { type ListedRoute, listRoutes } from '#lib/web/route-table.ts';

/** Routes for people nobody knows yet. Everything else asks for a permission, or at least for a sign-in. */
export const publicRoutes: readonly string[] = [
  'GET /', // leads on to where one may go
  'GET /healthz', // for the watchman of the process: says nothing but ok
  'GET /readyz',
  'GET /sign-in',
  'POST /sign-in',
  'POST /sign-out', // whoever is out already stays out
  'GET /sign-in/second-factor', // between the password and the code nobody is signed in
  'POST /sign-in/second-factor',
  'GET /sign-in/provider', // to the provider and back
  'GET /sign-in/provider/callback',
  'GET /password/:token', // the token is the proof
  'POST /password/:token',
  'GET /first-admin/:token',
  'POST /first-admin/:token',
];

export interface RoleRights {
  code: string;
  name: string;
  granted: ReadonlySet<string>;
}

/** A route with those of the roles that may use it. */
export interface RouteRights extends ListedRoute {
  roles: string[];
}

/** What everybody may do, route by route. */
export function rightsOf(routes: readonly ListedRoute[], of: readonly RoleRights[]): RouteRights[] {
  return routes.map((route) => ({
    ...route,
    roles: of.filter(({ granted }) => opens(route, granted)).map(({ code }) => code),
  }));
}

export function opens({ guards }: Pick<ListedRoute, 'guards'>, granted: ReadonlySet<string>): boolean {
  return guards.every((guard) => guard === anySignIn || granted.has(guard));
}

/** The routes that modules bring, without a server. */
export function routesOfModules(modules: readonly AppModule[]): ListedRoute[] {
  const app = express();
  for (const { path, router } of modules.flatMap((module) => module.routes ?? [])) app.use(path, router);
  return listRoutes(app);
}

/** The roles as they are set here. */
export function rolesNow(ctx: Ctx, modules: readonly AppModule[]): Promise<RoleRights[]> {
  return listGrants(ctx, permissionsOf(modules));
}

/** The built-in roles as they come. */
export function rolesFromTheStart(modules: readonly AppModule[]): RoleRights[] {
  const granted = permissionsByRole(modules);
  return roles.map((code) => ({ code, name: code, granted: granted[code] }));
}

/** The table in words, kept in docs/rights.md: whoever changes a right sees it there. */
export function rightsInMarkdown(modules: readonly AppModule[]): string {
  const starting = rolesFromTheStart(modules);
  const mark = (has: boolean) => (has ? '●' : '');
  const head = (first: string[]) => [
    `| ${[...first, ...starting.map(({ code }) => code)].join(' | ')} |`,
    `|${'---|'.repeat(first.length + starting.length)}`,
  ];
  const permissions = modules.flatMap((module) =>
    module.permissions.map(({ code, name }) => [
      code,
      name,
      ...starting.map(({ granted }) => mark(granted.has(code))),
    ]),
  );
  const routes = rightsOf(routesOfModules(modules), starting).map((route) => [
    `${route.method} ${route.path}`,
    route.guards.join(' + ') || '(public)',
    ...starting.map(({ code }) => (route.guards.length === 0 ? '●' : mark(route.roles.includes(code)))),
  ]);
  const rows = (cells: readonly string[][]) => cells.map((row) => `| ${row.join(' | ')} |`);
  return [
    '# Rights',
    '',
    'Written by `bin/moa rights --defaults`, checked by tests/rights. An installation may have changed its roles:',
    '`bin/moa rights` prints what holds there.',
    '',
    '## Permissions from the start',
    '',
    ...head(['permission', '이름']),
    ...rows(permissions),
    '',
    '## Routes',
    '',
    ...head(['route', 'asks for']),
    ...rows(routes),
    '',
  ].join('\n');
}
