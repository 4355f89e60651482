import type { AppModule, Permission } from '#lib/module.ts';
import { isDefault, isFixed, isGranted } from './roles.rules.ts';
import { type Role, stampOf } from './roles.ts';

/** Permissions under the name of the part of the work they belong to. */
export interface PermissionGroup {
  title: string;
  permissions: readonly Permission[];
}

export function permissionGroups(modules: readonly AppModule[]): PermissionGroup[] {
  return modules
    .filter((module) => module.permissions.length > 0)
    .map(({ title, name, permissions }) => ({ title: title ?? name, permissions }));
}

/** A permission as the page of a role shows it. */
export interface ShownPermission {
  code: string;
  name: string;
  granted: boolean;
  byDefault: boolean;
  /** Cannot be taken away. */
  fixed: boolean;
}

export interface ShownRole extends Role {
  stamp: string;
  groups: { title: string; permissions: ShownPermission[]; granted: number }[];
  granted: number;
  /** How many permissions there are. */
  all: number;
  /** How many differ from the default. */
  changed: number;
}

/** The role with every permission there is; `wanted` are those ticked on a page that was not saved. */
export function shownRole(
  role: Role,
  groups: readonly PermissionGroup[],
  wanted?: ReadonlySet<string>,
): ShownRole {
  const shown = groups.map(({ title, permissions }) => {
    const own = permissions.map((permission): ShownPermission => {
      const fixed = isFixed(role, permission);
      const byDefault = fixed || isDefault(role, permission);
      const granted = fixed || (wanted?.has(permission.code) ?? isGranted(role, role.deviations, permission));
      return { code: permission.code, name: permission.name, granted, byDefault, fixed };
    });
    return { title, permissions: own, granted: own.filter(({ granted }) => granted).length };
  });
  const every = shown.flatMap(({ permissions }) => permissions);
  return {
    ...role,
    stamp: stampOf(role),
    groups: shown,
    granted: every.filter(({ granted }) => granted).length,
    all: every.length,
    changed: every.filter(({ granted, byDefault }) => granted !== byDefault).length,
  };
}
