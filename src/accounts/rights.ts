import type { Actor, Ctx, Scope } from '#lib/ctx.ts';
import type { AppModule, Permission } from '#lib/module.ts';
import { type Deviations, grantedOf, type RoleScope, scopeOf, type UserScope } from './roles.rules.ts';

interface RightsRow {
  code: string;
  based_on: string;
  role_scope: RoleScope;
  user_scope: UserScope;
  deviations: string | null;
  role_channels: string | null;
  user_channels: string | null;
}

export function permissionsOf(modules: readonly AppModule[]): Permission[] {
  return modules.flatMap((module) => module.permissions);
}

/**
 * The person as they may act at this moment. It is one look along primary keys, and so it is read for each request
 * rather than kept: what an administrator changes holds with the next click, in every process.
 */
export async function actorOf(
  ctx: Ctx,
  user: { id: number; name: string },
  modules: readonly AppModule[],
): Promise<Actor> {
  const row = await findRights(ctx, user.id);
  const person = { id: user.id, name: user.name };
  if (!row) return { ...person, permissions: new Set(), scope: new Set() };
  return {
    ...person,
    permissions: grantedOf(row, readDeviations(row.deviations), permissionsOf(modules)),
    scope: scopeOfRow(row),
  };
}

/** The channels a person works with. */
export async function scopeOfUser(ctx: Ctx, userId: number): Promise<Scope> {
  const row = await findRights(ctx, userId);
  return row ? scopeOfRow(row) : new Set();
}

function scopeOfRow(row: RightsRow): Scope {
  return scopeOf(
    { scope: row.role_scope, channels: readIds(row.role_channels) },
    { scope: row.user_scope, channels: readIds(row.user_channels) },
  );
}

async function findRights(ctx: Ctx, userId: number): Promise<RightsRow | undefined> {
  return ctx
    .db('users')
    .join('roles', 'roles.code', 'users.role')
    .where('users.id', userId)
    .first(
      'roles.code',
      'roles.based_on',
      { role_scope: 'roles.scope', user_scope: 'users.scope' },
      ctx.db.raw(`(SELECT GROUP_CONCAT(permission, '=', granted SEPARATOR ' ')
        FROM role_permissions WHERE role_permissions.role_id = roles.id) AS deviations`),
      ctx.db.raw(`(SELECT GROUP_CONCAT(channel_id SEPARATOR ' ')
        FROM role_channels WHERE role_channels.role_id = roles.id) AS role_channels`),
      ctx.db.raw(`(SELECT GROUP_CONCAT(channel_id SEPARATOR ' ')
        FROM user_channels WHERE user_channels.user_id = users.id) AS user_channels`),
    );
}

function readDeviations(text: string | null): Deviations {
  const parts = text ? text.split(' ') : [];
  return new Map(
    parts.map((part) => {
      const at = part.lastIndexOf('=');
      return [part.slice(0, at), part.slice(at + 1) === '1'];
    }),
  );
}

function readIds(text: string | null): number[] {
  return text ? text.split(' ').map(Number) : [];
}
