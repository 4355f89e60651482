import { createHash } from 'node:crypto';
import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import type { Permission } from '#lib/module.ts';
import { adminRole, type Deviations, grantedOf, type RoleScope } from './roles.rules.ts';

export interface RoleRow {
  id: number;
  code: string;
  name: string;
  /** The built-in role whose defaults it has. */
  based_on: string;
  built_in: 0 | 1;
  scope: RoleScope;
}

/** A role with all that was decided about it. */
export interface Role extends RoleRow {
  deviations: Deviations;
  /** Those chosen for the role; they count while its scope is `chosen`. */
  channels: number[];
  people: { id: number; name: string; disabled: boolean }[];
}

/** All roles: the built-in ones first, as they are known, then those made here. */
export async function listRoles(ctx: Ctx): Promise<Role[]> {
  const rows: RoleRow[] = await ctx.db('roles').orderBy('built_in', 'desc').orderBy('id').select(columns);
  return withDecisions(ctx, rows);
}

export async function findRole(ctx: Ctx, id: number): Promise<Role> {
  const row: RoleRow | undefined = await ctx.db('roles').where({ id }).first(columns);
  if (!row) throw new NotFound('찾는 역할이 없습니다.');
  return (await withDecisions(ctx, [row]))[0]!;
}

export async function findRoleByCode(ctx: Ctx, code: string): Promise<Role> {
  const row: RoleRow | undefined = await ctx.db('roles').where({ code }).first(columns);
  if (!row) throw new NotFound('찾는 역할이 없습니다.');
  return (await withDecisions(ctx, [row]))[0]!;
}

/** The system acts like an administrator. */
export async function roleOfActor({ db, actor }: Ctx): Promise<string> {
  if (actor.id === null) return adminRole;
  const user: { role: string } | undefined = await db('users').where({ id: actor.id }).first('role');
  return user?.role ?? '';
}

/** Locks the role: what is decided about it, and about who has it, waits for each other. */
export async function lockRole(tx: Ctx, id: number): Promise<Role> {
  await tx.db('roles').where({ id }).forUpdate().first('id');
  return findRole(tx, id);
}

const columns = ['id', 'code', 'name', 'based_on', 'built_in', 'scope'];

async function withDecisions(ctx: Ctx, rows: readonly RoleRow[]): Promise<Role[]> {
  const ids = rows.map(({ id }) => id);
  const deviations: { role_id: number; permission: string; granted: 0 | 1 }[] = await ctx
    .db('role_permissions')
    .whereIn('role_id', ids)
    .orderBy('permission');
  const channels: { role_id: number; channel_id: number }[] = await ctx
    .db('role_channels')
    .whereIn('role_id', ids)
    .orderBy('channel_id');
  const people: { id: number; name: string; role: string; disabled_at: Date | null }[] = await ctx
    .db('users')
    .whereIn(
      'role',
      rows.map(({ code }) => code),
    )
    .orderBy('name')
    .select('id', 'name', 'role', 'disabled_at');
  return rows.map((row) => ({
    ...row,
    deviations: new Map(
      deviations
        .filter(({ role_id }) => role_id === row.id)
        .map(({ permission, granted }) => [permission, granted === 1]),
    ),
    channels: channels.filter(({ role_id }) => role_id === row.id).map(({ channel_id }) => channel_id),
    people: people
      .filter(({ role }) => role === row.code)
      .map(({ id, name, disabled_at }) => ({ id, name, disabled: disabled_at !== null })),
  }));
}

/** Each role with what its people may do, for those who look over all of them. */
export async function listGrants(
  ctx: Ctx,
  permissions: readonly Permission[],
): Promise<{ code: string; name: string; granted: Set<string> }[]> {
  return (await listRoles(ctx)).map((role) => ({
    code: role.code,
    name: role.name,
    granted: grantedOf(role, role.deviations, permissions),
  }));
}

/** What a page showed of a role, in short: who saves on top of something else is told. */
export function stampOf({ deviations, channels, scope }: Role): string {
  const shown = JSON.stringify([[...deviations], scope, channels]);
  return createHash('sha256').update(shown).digest('hex').slice(0, 16);
}

/** A channel as somebody may be limited to it. */
export interface ScopeChannel {
  id: number;
  name: string;
  isStore: boolean;
}

/** Every channel, the malls before our own stores. */
export async function listScopeChannels(ctx: Ctx): Promise<ScopeChannel[]> {
  const rows: { id: number; name: string; layout: string }[] = await ctx
    .db('channels')
    .orderBy('id')
    .select('id', 'name', 'layout');
  const channels = rows.map(({ id, name, layout }) => ({ id, name, isStore: layout === 'store' }));
  return channels.sort((a, b) => Number(a.isStore) - Number(b.isStore));
}
