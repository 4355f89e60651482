import type { Scope } from '#lib/ctx.ts';
import type { Permission } from '#lib/module.ts';

/** `all` channels, those `chosen` for the role, or those chosen for `each` of its people. */
export const roleScopes = ['all', 'chosen', 'each'] as const;
export type RoleScope = (typeof roleScopes)[number];

/** As their `role` has it, or those `chosen` for this person alone. */
export const userScopes = ['role', 'chosen'] as const;
export type UserScope = (typeof userScopes)[number];

/** A role as far as it decides what its people may do. */
export interface RoleBasis {
  code: string;
  /** The built-in role whose defaults it has. */
  based_on: string;
}

/** What an administrator decided otherwise than the default, by permission. */
export type Deviations = ReadonlyMap<string, boolean>;

export const adminRole = 'admin';

/** Nobody can take these away: somebody must be left who can let people in. */
export function isFixed(role: RoleBasis, permission: Permission): boolean {
  return role.code === adminRole && permission.keptByAdmin === true;
}

export function isDefault(role: RoleBasis, permission: Permission): boolean {
  return (permission.roles as readonly string[]).includes(role.based_on);
}

export function isGranted(role: RoleBasis, deviations: Deviations, permission: Permission): boolean {
  if (isFixed(role, permission)) return true;
  return deviations.get(permission.code) ?? isDefault(role, permission);
}

export function grantedOf(
  role: RoleBasis,
  deviations: Deviations,
  permissions: readonly Permission[],
): Set<string> {
  return new Set(
    permissions.filter((permission) => isGranted(role, deviations, permission)).map(({ code }) => code),
  );
}

/**
 * What is to be kept of a choice: only where it differs from the default, so that permissions of later releases come
 * as they are declared. What was decided about permissions that this release does not know stays.
 */
export function deviationsOf(
  role: RoleBasis,
  before: Deviations,
  permissions: readonly Permission[],
  chosen: ReadonlySet<string>,
): Map<string, boolean> {
  const known = new Set(permissions.map(({ code }) => code));
  const deviations = new Map([...before].filter(([code]) => !known.has(code)));
  for (const permission of permissions) {
    if (isFixed(role, permission)) continue;
    const granted = chosen.has(permission.code);
    if (granted !== isDefault(role, permission)) deviations.set(permission.code, granted);
  }
  return deviations;
}

/** What a person works with: never more than their role, and never more than was chosen for them. */
export function scopeOf(
  role: { scope: RoleScope; channels: readonly number[] },
  user: { scope: UserScope; channels: readonly number[] },
): Scope {
  const own = user.scope === 'chosen' ? user.channels : undefined;
  if (role.scope === 'all') return own ? new Set(own) : 'all';
  if (role.scope === 'each') return new Set(own ?? []);
  return new Set(own ? own.filter((id) => role.channels.includes(id)) : role.channels);
}
