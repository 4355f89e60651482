import type { Ctx } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { endSessions } from './ending.ts';
import { makePasswordLink, type PasswordLink, spend } from './password-links.ts';
import { hashPassword, noPassword } from './passwords.ts';
import { roleNames } from './permissions.ts';
import { isLogin } from './queries.ts';
import { demandRank, demandRole } from './ranks.ts';
import { adminRole } from './roles.rules.ts';
import { notify } from './security-notices.ts';
import { acceptNextPassword, acceptPassword, keepFormer, writePassword } from './setting-passwords.ts';
import { authenticate, type TriedFrom } from './signing-in.ts';
import type { UserRow } from './tables.ts';

export interface NewUser {
  login: string;
  name: string;
  /** The code of a role. */
  role: string;
  /** Without one the person sets it with a link. */
  password?: string;
}

export async function createUser(ctx: Ctx, { password, ...user }: NewUser): Promise<number> {
  const hash = password === undefined ? undefined : await acceptPassword(user, password);
  return transaction(ctx, (tx) => insertUser(tx, user, hash));
}

/** A new user and the link with which they set their password. */
export async function inviteUser(
  ctx: Ctx,
  user: Omit<NewUser, 'password'>,
): Promise<{ id: number; link: PasswordLink }> {
  return transaction(ctx, async (tx) => {
    const id = await insertUser(tx, user);
    return { id, link: await makePasswordLink(tx, await lockUser(tx, id)) };
  });
}

export async function insertUser(
  tx: Ctx,
  { login: typed, name, role }: Omit<NewUser, 'password'>,
  hash?: string,
): Promise<number> {
  const login = typed.toLowerCase();
  if (!isLogin(login) || login.length > 60) {
    throw new Refusal(
      '아이디는 영문 소문자나 숫자로 시작하고 영문, 숫자, . _ - @ 만 쓸 수 있습니다. (60자까지)',
      { field: 'login' },
    );
  }
  await checkRole(tx, role);
  const secret = hash
    ? { password_hash: hash, password_set_at: tx.now() }
    : { password_hash: noPassword(), awaits_password: 1 };
  const [id] = await tx
    .db('users')
    .insert({ login, name, role, ...secret })
    .catch((error: unknown) => {
      throw isDuplicate(error)
        ? new Refusal(`아이디 '${login}'는 이미 쓰고 있습니다.`, { field: 'login' })
        : error;
    });
  await record(tx, 'user.created', 'user', Number(id), { login, role, invited: !hash });
  return Number(id);
}

/** Their role counts from the next click on. The last administrator stays one. */
export async function changeUser(
  ctx: Ctx,
  userId: number,
  wanted: { name: string; role?: string },
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const admins = await lockAdmins(tx);
    const user = await lockUser(tx, userId);
    const role = wanted.role ?? user.role;
    if (wanted.name === user.name && role === user.role) return;
    await demandRank(tx, user);
    if (role !== user.role) {
      if (user.id === tx.actor.id) throw new Refusal('자기 역할은 바꿀 수 없습니다.', { field: 'role' });
      await checkRole(tx, role, user);
      keepAnAdmin(admins, user, '마지막 관리자의 역할은 바꿀 수 없습니다.');
    }
    await tx.db('users').where({ id: user.id }).update({ name: wanted.name, role });
    await record(tx, 'user.changed', 'user', user.id, {
      ...(wanted.name !== user.name && { name: [user.name, wanted.name] }),
      ...(role !== user.role && { role: [user.role, role] }),
    });
  });
}

/** For the command line: an administrator of the server knows the password they set. */
export async function changePassword(ctx: Ctx, userId: number, password: string): Promise<void> {
  const hash = await acceptNextPassword(ctx, await findRow(ctx, userId), password);
  await transaction(ctx, async (tx) => {
    const user = await lockUser(tx, userId);
    await spend(tx, { user_id: user.id });
    await writePassword(tx, user, hash);
    await record(tx, 'user.password_changed', 'user', user.id);
  });
}

/** For a person's own page: the present password proves that it is them. Wrong ones are slowed down. */
export async function changeOwnPassword(
  ctx: Ctx,
  current: string,
  password: string,
  from?: TriedFrom,
): Promise<void> {
  const { login } = await findRow(ctx, ctx.actor.id as number);
  const checked = await authenticate(ctx, login, current, from);
  if (!checked) throw new Refusal('지금 비밀번호가 맞지 않습니다.', { field: 'current_password' });
  const hash = await acceptNextPassword(ctx, checked, password);
  await transaction(ctx, async (tx) => {
    const user = await lockUser(tx, checked.id);
    if (user.password_hash !== checked.password_hash)
      throw new Refusal('방금 다른 곳에서 비밀번호를 바꿨습니다. 새 비밀번호로 다시 로그인해 주세요.');
    await spend(tx, { user_id: user.id });
    await writePassword(tx, user, hash);
    await record(tx, 'user.password_changed', 'user', user.id, { by: 'self' });
  });
}

/** A password everybody may read, for the demo alone: no rule is asked about it. */
export async function setPublicPassword(ctx: Ctx, userId: number, password: string): Promise<void> {
  const hash = await hashPassword(password);
  await transaction(ctx, async (tx) => writePassword(tx, await lockUser(tx, userId), hash));
}

/**
 * A link for somebody who has forgotten their password. The old one holds until the link is used, unless somebody
 * else may know it: `closing` shuts the account at once until then.
 */
export async function issueLink(
  ctx: Ctx,
  userId: number,
  { closing = false }: { closing?: boolean } = {},
): Promise<PasswordLink> {
  return transaction(ctx, async (tx) => {
    const admins = await lockAdmins(tx);
    const user = await lockUser(tx, userId);
    if (user.disabled_at) throw new Refusal('중지한 계정입니다. 먼저 다시 열어 주세요.');
    await demandRank(tx, user);
    const link = await makePasswordLink(tx, user);
    if (!user.awaits_password) await notify(tx, { user_id: user.id, kind: 'link_made' });
    await record(tx, 'user.link_made', 'user', user.id, { closing, invite: user.awaits_password === 1 });
    if (!closing || user.awaits_password) return link;

    if (user.id === tx.actor.id) throw new Refusal('자기 계정은 막을 수 없습니다. 비밀번호를 바꿔 주세요.');
    keepAnAdmin(admins, user, '마지막 관리자의 비밀번호는 막을 수 없습니다.');
    await keepFormer(tx, user);
    await tx.db('users').where({ id: user.id }).update({ password_hash: noPassword(), awaits_password: 1 });
    await endSessions(tx, user.id);
    return link;
  });
}

/** Lets somebody in whom failures have shut out, and begins to count anew. */
export async function unlockUser(ctx: Ctx, userId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const user = await lockUser(tx, userId);
    await demandRank(tx, user);
    await tx
      .db('users')
      .where({ id: user.id })
      .update({ locked_until: null, attempt_series: user.attempt_series + 1 });
    await record(tx, 'user.unlocked', 'user', user.id, { by: 'hand' });
  });
}

/** Ends every session of the user. Neither oneself nor the last administrator can be shut out. */
export async function disableUser(ctx: Ctx, userId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const admins = await lockAdmins(tx);
    const user = await lockUser(tx, userId);
    if (user.disabled_at) return;
    if (user.id === tx.actor.id) throw new Refusal('자기 계정은 중지할 수 없습니다.');
    await demandRank(tx, user);
    keepAnAdmin(admins, user, '마지막 관리자는 중지할 수 없습니다.');

    await tx.db('users').where({ id: user.id }).update({ disabled_at: tx.now() });
    await endSessions(tx, user.id);
    await spend(tx, { user_id: user.id });
    await record(tx, 'user.disabled', 'user', user.id);
  });
}

export async function enableUser(ctx: Ctx, userId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const user = await lockUser(tx, userId);
    if (!user.disabled_at) return;
    await demandRank(tx, user);
    await tx.db('users').where({ id: user.id }).update({ disabled_at: null });
    await record(tx, 'user.enabled', 'user', user.id);
  });
}

async function findRow(ctx: Ctx, id: number): Promise<UserRow> {
  const user = await ctx.db('users').where({ id }).first();
  if (!user) throw new NotFound('찾는 사용자가 없습니다.');
  return user;
}

async function lockUser(tx: Ctx, id: number): Promise<UserRow> {
  const user = await tx.db('users').where({ id }).forUpdate().first();
  if (!user) throw new NotFound('찾는 사용자가 없습니다.');
  return user;
}

/** Those who can come in. Locked before the user, so that of two administrators who shut each other out one stays. */
async function lockAdmins(tx: Ctx): Promise<number[]> {
  return tx
    .db('users')
    .where({ role: adminRole, awaits_password: 0 })
    .whereNull('disabled_at')
    .forUpdate()
    .pluck('id');
}

function keepAnAdmin(admins: readonly number[], user: UserRow, message: string): void {
  if (admins.length === 1 && admins[0] === user.id) throw new Refusal(message);
}

/** Locks the role: nobody deletes it before its new person stands there. */
async function checkRole(tx: Ctx, code: string, user?: UserRow): Promise<void> {
  const known = code in (await roleNames(tx)); // the column holds ASCII and is compared with nothing else
  const locked = known && (await tx.db('roles').where({ code }).forUpdate().first('id'));
  if (!locked) throw new Refusal('없는 역할입니다.', { field: 'role' });
  await demandRole(tx, code, user);
}
