import { randomBytes } from 'node:crypto';
import { type Ctx, isWithin, may, type Scope } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { Permission } from '#lib/module.ts';
import { adminRole, type Deviations, deviationsOf, grantedOf, type RoleScope } from './roles.rules.ts';
import { lockRole, type Role, roleOfActor, stampOf } from './roles.ts';

/**
 * Lets a role do exactly what is `chosen`. Kept is only what differs from the default: permissions of later releases
 * come to the role as they are declared. `seen` is the stamp of the role as the page showed it.
 */
export async function choosePermissions(
  ctx: Ctx,
  permissions: readonly Permission[],
  roleId: number,
  chosen: ReadonlySet<string>,
  seen: string,
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const role = await lockRole(tx, roleId);
    await refuseAboveOwn(tx, role);
    if (stampOf(role) !== seen) throw changedMeanwhile();
    await keepDeviations(
      tx,
      role,
      permissions,
      deviationsOf(role, role.deviations, permissions, chosen),
      'role.permissions_changed',
    );
  });
}

/** Gives the role what it had from the start, or what the role it is based on has from the start. */
export async function resetPermissions(
  ctx: Ctx,
  permissions: readonly Permission[],
  roleId: number,
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const role = await lockRole(tx, roleId);
    await refuseAboveOwn(tx, role);
    await keepDeviations(tx, role, permissions, new Map(), 'role.permissions_reset');
  });
}

async function keepDeviations(
  tx: Ctx,
  role: Role,
  permissions: readonly Permission[],
  deviations: Deviations,
  event: string,
): Promise<void> {
  const before = grantedOf(role, role.deviations, permissions);
  const after = grantedOf(role, deviations, permissions);
  const granted = [...after].filter((code) => !before.has(code));
  const taken = [...before].filter((code) => !after.has(code));
  if (granted.length + taken.length === 0 && deviations.size === role.deviations.size) return;
  await refuseGivingMore(tx, granted);

  await tx.db('role_permissions').where({ role_id: role.id }).delete();
  const rows = [...deviations].map(([permission, is]) => ({
    role_id: role.id,
    permission,
    granted: is ? 1 : 0,
  }));
  if (rows.length > 0) await tx.db('role_permissions').insert(rows);
  await record(tx, event, 'role', role.id, { name: role.name, granted, taken });
}

/** Makes a role of one's own that may do what another may; returns its id. */
export async function copyRole(
  ctx: Ctx,
  permissions: readonly Permission[],
  fromId: number,
  name: string,
): Promise<number> {
  return transaction(ctx, async (tx) => {
    const from = await lockRole(tx, fromId);
    await refuseGivingMore(tx, [...grantedOf(from, from.deviations, permissions)]);
    refuseWidening(tx, scopeOfRole(from));
    const code = `own-${randomBytes(5).toString('hex')}`;
    const [id] = await unlessNameTaken(name, () =>
      tx.db('roles').insert({ code, name, based_on: from.based_on, built_in: 0, scope: from.scope }),
    );
    const rows = [...from.deviations].map(([permission, is]) => ({
      role_id: id,
      permission,
      granted: is ? 1 : 0,
    }));
    if (rows.length > 0) await tx.db('role_permissions').insert(rows);
    await keepChannels(tx, id!, from.channels);
    await record(tx, 'role.added', 'role', id!, { name, code, from: from.name });
    return id!;
  });
}

export async function renameRole(ctx: Ctx, roleId: number, name: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    const role = await lockRole(tx, roleId);
    await refuseAboveOwn(tx, role);
    if (role.name === name) return;
    await unlessNameTaken(name, () => tx.db('roles').where({ id: role.id }).update({ name }));
    await record(tx, 'role.renamed', 'role', role.id, { before: role.name, after: name });
  });
}

/** Takes a role away that somebody made and nobody has. */
export async function deleteRole(ctx: Ctx, roleId: number): Promise<string> {
  return transaction(ctx, async (tx) => {
    const role = await lockRole(tx, roleId);
    if (role.built_in) throw new Refusal(`‘${role.name}’은(는) 기본 역할이라 지울 수 없습니다.`);
    if (role.people.length > 0) {
      const names = role.people.map(({ name }) => name).join(', ');
      throw new Refusal(`‘${role.name}’ 역할인 사람이 있습니다(${names}). 먼저 다른 역할로 바꿔 주세요.`);
    }
    await tx.db('role_permissions').where({ role_id: role.id }).delete();
    await tx.db('role_channels').where({ role_id: role.id }).delete();
    await tx.db('roles').where({ id: role.id }).delete();
    await record(tx, 'role.deleted', 'role', role.id, { name: role.name, code: role.code });
    return role.name;
  });
}

/** Says which channels the people of a role work with. */
export async function setRoleScope(
  ctx: Ctx,
  roleId: number,
  scope: RoleScope,
  channels: readonly number[],
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const role = await lockRole(tx, roleId);
    await refuseAboveOwn(tx, role);
    if (role.code === adminRole && scope !== 'all')
      throw new Refusal('관리자는 늘 모든 채널을 봅니다. 범위를 좁히려면 역할을 따로 만들어 주세요.');
    const chosen = scope === 'chosen' ? await knownChannels(tx, channels) : [];
    if (scope === 'chosen' && chosen.length === 0) throw new Refusal('채널을 하나라도 골라 주세요.');
    refuseWidening(tx, scopeOfRole({ scope, channels: chosen }));
    if (role.scope === scope && role.channels.join() === chosen.join()) return;

    await tx.db('roles').where({ id: role.id }).update({ scope });
    await keepChannels(tx, role.id, chosen);
    await record(tx, 'role.scope_changed', 'role', role.id, {
      name: role.name,
      before: { scope: role.scope, channels: role.channels },
      after: { scope, channels: chosen },
    });
  });
}

async function keepChannels(tx: Ctx, roleId: number, channels: readonly number[]): Promise<void> {
  await tx.db('role_channels').where({ role_id: roleId }).delete();
  const rows = channels.map((channel_id) => ({ role_id: roleId, channel_id }));
  if (rows.length > 0) await tx.db('role_channels').insert(rows);
}

/** The ids that are channels, in order. */
export async function knownChannels(tx: Ctx, ids: readonly number[]): Promise<number[]> {
  return tx
    .db('channels')
    .whereIn('id', [...ids])
    .orderBy('id')
    .pluck('id');
}

/** The widest that the people of a role can work with. */
export function scopeOfRole({ scope, channels }: Pick<Role, 'scope' | 'channels'>): Scope {
  if (scope === 'chosen') return new Set(channels);
  return scope === 'each' ? new Set() : 'all';
}

/** Whoever edits roles without being an administrator edits neither that role nor their own. */
async function refuseAboveOwn(tx: Ctx, role: Role): Promise<void> {
  const code = await roleOfActor(tx);
  if (code === adminRole) return;
  if (!may(tx, 'roles.manage')) throw new NotFound('찾는 역할이 없습니다.');
  if (role.code === adminRole) throw new Refusal('관리자 역할은 관리자만 고칠 수 있습니다.');
  if (role.code === code) throw new Refusal('자기 역할은 고칠 수 없습니다. 관리자에게 부탁해 주세요.');
}

/** Nobody gives what they do not have, but administrators: they may have taken it from themselves. */
async function refuseGivingMore(tx: Ctx, granted: readonly string[]): Promise<void> {
  if ((await roleOfActor(tx)) === adminRole) return;
  if (granted.some((code) => !may(tx, code)))
    throw new Refusal('자기에게 없는 권한은 줄 수 없습니다. 관리자에게 부탁해 주세요.');
}

export function refuseWidening(tx: Ctx, scope: Scope): void {
  if (!isWithin(scope, tx.actor.scope))
    throw new Refusal('자기가 맡지 않은 채널은 줄 수 없습니다. 관리자에게 부탁해 주세요.');
}

function changedMeanwhile(): Refusal {
  return new Refusal('그사이 다른 사람이 이 역할을 고쳤습니다. 지금 내용을 확인하고 다시 저장해 주세요.');
}

async function unlessNameTaken<T>(name: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal(`‘${name}’ 역할이 이미 있습니다. 다른 이름을 적어 주세요.`);
    throw error;
  }
}
