import { type Ctx, isWithin, may } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { scopeOfUser } from './rights.ts';
import { adminRole, grantedOf, scopeOf } from './roles.rules.ts';
import { findRoleByCode, type Role, roleOfActor } from './roles.ts';
import type { UserRow } from './tables.ts';

/**
 * Whoever manages users without being an administrator has power over nobody who may do more, or works with more
 * channels, than they do: a new password for such an account would be a way into it.
 */
export async function demandRank(tx: Ctx, user: Pick<UserRow, 'id' | 'role'>): Promise<void> {
  if (user.id === tx.actor.id || (await actsAsAdmin(tx))) return;
  if (user.role === adminRole) throw ofAdministrators();
  const role = await findRoleByCode(tx, user.role);
  if (mayMore(tx, role) || !isWithin(await scopeOfUser(tx, user.id), tx.actor.scope))
    throw new Refusal(
      '자기보다 할 수 있는 일이 많거나 맡은 채널이 넓은 사람의 계정입니다. 관리자에게 부탁해 주세요.',
    );
}

/** Nor do they give anybody, `user` or somebody new, a role that goes beyond their own. */
export async function demandRole(tx: Ctx, code: string, user?: Pick<UserRow, 'id' | 'scope'>): Promise<void> {
  if (await actsAsAdmin(tx)) return;
  if (code === adminRole) throw ofAdministrators();
  const role = await findRoleByCode(tx, code);
  if (mayMore(tx, role))
    throw new Refusal(
      `‘${role.name}’은(는) 자기보다 할 수 있는 일이 많은 역할이라 줄 수 없습니다. 관리자에게 부탁해 주세요.`,
      { field: 'role' },
    );
  const channels: number[] = user
    ? await tx.db('user_channels').where({ user_id: user.id }).pluck('channel_id')
    : [];
  if (!isWithin(scopeOf(role, { scope: user?.scope ?? 'role', channels }), tx.actor.scope))
    throw new Refusal(
      `‘${role.name}’은(는) 자기가 맡지 않은 채널까지 보는 역할이라 줄 수 없습니다. 관리자에게 부탁해 주세요.`,
      { field: 'role' },
    );
}

/** What touches administrators is the business of administrators. */
export async function demandAdmin(tx: Ctx): Promise<void> {
  if (!(await actsAsAdmin(tx))) throw ofAdministrators();
}

async function actsAsAdmin(tx: Ctx): Promise<boolean> {
  return (await roleOfActor(tx)) === adminRole;
}

function mayMore(tx: Ctx, role: Role): boolean {
  if (!tx.permissions) throw new Error('whoever gives roles must know all permissions');
  return [...grantedOf(role, role.deviations, tx.permissions)].some((code) => !may(tx, code));
}

function ofAdministrators(): Refusal {
  return new Refusal('관리자 계정을 만들거나 바꾸는 일은 관리자만 할 수 있습니다.');
}
