import { parseArgs } from 'node:util';
import type { Command } from './cli.ts';
import { modules } from './modules.ts';
import {
  type RoleRights,
  type RouteRights,
  rightsInMarkdown,
  rightsOf,
  rolesNow,
  routesOfModules,
} from './rights.ts';

/** `rights [--json | --defaults]`: which role may use which page, as roles are set here or as they come. */
export const rightsCommand: Command = async (ctx, args, io) => {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean' }, defaults: { type: 'boolean' } },
  });
  if (values.defaults) {
    io.stdout.write(rightsInMarkdown(modules));
    return 0;
  }
  const roles = await rolesNow(ctx, modules);
  const rights = rightsOf(routesOfModules(modules), roles);
  if (values.json) {
    const named = roles.map(({ code, name, granted }) => ({ code, name, permissions: [...granted].sort() }));
    io.stdout.write(`${JSON.stringify({ roles: named, routes: rights })}\n`);
  } else {
    io.stdout.write(table(rights, roles));
  }
  return 0;
};

function table(rights: readonly RouteRights[], roles: readonly RoleRights[]): string {
  const rows = [
    ['', '주소', '필요한 권한', ...roles.map(({ name }) => name)],
    ...rights.map(({ method, path, guards, roles: allowed }) => [
      method,
      path,
      inWords(guards),
      ...roles.map(({ code }) => (guards.length === 0 || allowed.includes(code) ? '●' : '·')),
    ]),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => widthOf(row[at]!))));
  return rows
    .map((row) => row.map((cell, at) => cell + ' '.repeat(widths[at]! - widthOf(cell))).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function inWords(guards: readonly string[]): string {
  if (guards.length === 0) return '누구나';
  return guards.map((guard) => (guard === 'signed in' ? '로그인' : guard)).join(' + ');
}

/** In columns of a terminal, where a Korean letter takes two. */
function widthOf(text: string): number {
  return [...text].reduce(
    (sum, letter) => sum + (/[\u1100-\u11ff\u3000-\u9fff\uac00-\ud7a3\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  );
}
