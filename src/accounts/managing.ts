import type { Ctx } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { isLogin } from './queries.ts';
import type { UserRow } from './tables.ts';

export interface NewUser {
  login: string;
  name: string;
  /** The code of a role. */
  role: string;
  password: string;
}

export async function createUser(ctx: Ctx, user: NewUser): Promise<number> {
  const { name, role } = user;
  const login = user.login.toLowerCase();
  if (!isLogin(login) || login.length > 60) {
    throw new Refusal(
      '아이디는 영문 소문자나 숫자로 시작하고 영문, 숫자, . _ - @ 만 쓸 수 있습니다. (60자까지)',
    );
  }
  const password_hash = await hashPassword(user.password);
  return transaction(ctx, async (tx) => {
    const [id] = await tx
      .db('users')
      .insert({ login, name, role, password_hash })
      .catch((error: unknown) => {
        throw isDuplicate(error) ? new Refusal(`아이디 '${login}'는 이미 쓰고 있습니다.`) : error;
      });
    await record(tx, 'user.created', 'user', Number(id), { login, role });
    return Number(id);
  });
}

/** Ends every session of the user: whoever knew the old password is out. */
export async function changePassword(ctx: Ctx, userId: number, password: string): Promise<void> {
  const password_hash = await hashPassword(password);
  await transaction(ctx, async (tx) => {
    const user = await lockUser(tx, userId);
    await tx
      .db('users')
      .where({ id: user.id })
      .update({ password_hash, session_version: user.session_version + 1 });
    await record(tx, 'user.password_changed', 'user', user.id);
  });
}

/** For a person's own page: the present password proves that it is them. */
export async function changeOwnPassword(ctx: Ctx, current: string, password: string): Promise<void> {
  const user = await ctx
    .db('users')
    .where({ id: ctx.actor.id as number })
    .first();
  if (!(await verifyPassword(user?.password_hash, current)))
    throw new Refusal('지금 비밀번호가 맞지 않습니다.');
  await changePassword(ctx, user.id, password);
}

/** Ends every session of the user. Neither oneself nor the last administrator can be shut out. */
export async function disableUser(ctx: Ctx, userId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const admins = await tx.db('users').where({ role: 'admin' }).whereNull('disabled_at').forUpdate();
    const user = await lockUser(tx, userId);
    if (user.disabled_at) return;
    if (user.id === tx.actor.id) throw new Refusal('자기 계정은 중지할 수 없습니다.');
    if (user.role === 'admin' && admins.length === 1)
      throw new Refusal('마지막 관리자는 중지할 수 없습니다.');

    await tx
      .db('users')
      .where({ id: user.id })
      .update({ disabled_at: tx.now(), session_version: user.session_version + 1 });
    await record(tx, 'user.disabled', 'user', user.id);
  });
}

export async function enableUser(ctx: Ctx, userId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const user = await lockUser(tx, userId);
    if (!user.disabled_at) return;
    await tx.db('users').where({ id: user.id }).update({ disabled_at: null });
    await record(tx, 'user.enabled', 'user', user.id);
  });
}

async function lockUser(tx: Ctx, id: number): Promise<UserRow> {
  const user = await tx.db('users').where({ id }).forUpdate().first();
  if (!user) throw new NotFound('찾는 사용자가 없습니다.');
  return user;
}
