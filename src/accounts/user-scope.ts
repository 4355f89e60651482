import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { demandRank } from './ranks.ts';
import { scopeOfUser } from './rights.ts';
import { knownChannels, refuseWidening } from './role-editing.ts';
import { adminRole, type RoleScope, type UserScope } from './roles.rules.ts';

/** What was decided about the channels of a person, and of their role. */
export interface UserScopeChoice {
  scope: UserScope;
  channels: number[];
  role: { id: number; code: string; name: string; scope: RoleScope; channels: number[] };
}

export async function findUserScope(ctx: Ctx, userId: number): Promise<UserScopeChoice> {
  const row: { scope: UserScope; id: number; code: string; name: string; role_scope: RoleScope } | undefined =
    await ctx
      .db('users')
      .join('roles', 'roles.code', 'users.role')
      .where({ 'users.id': userId })
      .first('users.scope', 'roles.id', 'roles.code', 'roles.name', { role_scope: 'roles.scope' });
  if (!row) throw new NotFound('찾는 사용자가 없습니다.');
  const { id, code, name } = row;
  return {
    scope: row.scope,
    channels: await ctx
      .db('user_channels')
      .where({ user_id: userId })
      .orderBy('channel_id')
      .pluck('channel_id'),
    role: {
      id,
      code,
      name,
      scope: row.role_scope,
      channels: await ctx
        .db('role_channels')
        .where({ role_id: id })
        .orderBy('channel_id')
        .pluck('channel_id'),
    },
  };
}

/** Says which channels a person works with, within those of their role. It holds with their next click. */
export async function setUserScope(
  ctx: Ctx,
  userId: number,
  scope: UserScope,
  channels: readonly number[],
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const user = await tx.db('users').where({ id: userId }).forUpdate().first('id', 'role');
    const before = await findUserScope(tx, userId);
    await demandRank(tx, user);
    if (userId === tx.actor.id) throw new Refusal('자기가 맡은 채널은 스스로 바꿀 수 없습니다.');
    const chosen = scope === 'chosen' ? await knownChannels(tx, channels) : [];
    refuseChoice(before, scope, chosen);
    if (before.scope === scope && before.channels.join() === chosen.join()) return;

    await tx.db('users').where({ id: userId }).update({ scope });
    await tx.db('user_channels').where({ user_id: userId }).delete();
    const rows = chosen.map((channel_id) => ({ user_id: userId, channel_id }));
    if (rows.length > 0) await tx.db('user_channels').insert(rows);
    refuseWidening(tx, await scopeOfUser(tx, userId));
    await record(tx, 'user.scope_changed', 'user', userId, {
      before: { scope: before.scope, channels: before.channels },
      after: { scope, channels: chosen },
    });
  });
}

function refuseChoice({ role }: UserScopeChoice, scope: UserScope, chosen: readonly number[]): void {
  if (scope !== 'chosen') return;
  if (role.code === adminRole) throw new Refusal('관리자는 늘 모든 채널을 봅니다. 역할을 먼저 바꿔 주세요.');
  if (chosen.length === 0) throw new Refusal('채널을 하나라도 골라 주세요.');
  const beyond = role.scope === 'chosen' ? chosen.filter((id) => !role.channels.includes(id)) : [];
  if (beyond.length > 0)
    throw new Refusal(`‘${role.name}’ 역할이 맡지 않은 채널이 있습니다. 역할의 범위 안에서 골라 주세요.`);
}
