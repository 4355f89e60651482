import { randomBytes } from 'node:crypto';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { Permission } from '#lib/module.ts';
import { endSessions } from './ending.ts';
import { hashPassword, noPassword } from './passwords.ts';
import { deviationsOf } from './roles.rules.ts';

/** All that a release is looked at with: nothing is written, and people stay masked. */
const needed = ['orders.view', 'deliveries.view', 'deliveries.print'];
const login = 'release-check';
const role = { code: 'release-check', based_on: 'crew' };

/**
 * Opens the account with which a new release is tried before anybody uses it, with a password nobody has ever seen.
 * Its role is set anew each time: what somebody may have given it meanwhile is gone.
 */
export async function openReleaseCheck(
  ctx: Ctx,
  permissions: readonly Permission[],
): Promise<{ login: string; password: string }> {
  const password = randomBytes(32).toString('base64url');
  const password_hash = await hashPassword(password);
  await transaction(ctx, async (tx) => {
    await setRole(tx, permissions);
    const known = await tx.db('users').where({ login }).forUpdate().first('id', 'role', 'attempt_series');
    if (known && known.role !== role.code)
      throw new Refusal(
        `아이디 ‘${login}’를 다른 사람이 쓰고 있습니다. 릴리스를 점검할 때 쓰는 아이디입니다.`,
      );
    const open = {
      password_hash,
      awaits_password: 0,
      disabled_at: null,
      locked_until: null,
      scope: 'role',
      password_set_at: tx.now(),
    };
    if (known) {
      // guesses of strangers, who may know the name, are forgotten: they must not be able to stop a release
      const attempt_series = known.attempt_series + 1;
      await tx
        .db('users')
        .where({ id: known.id })
        .update({ ...open, attempt_series });
      await endSessions(tx, known.id);
      return record(tx, 'user.enabled', 'user', known.id, { for: 'release' });
    }
    const [id] = await tx.db('users').insert({ login, name: '릴리스 점검', role: role.code, ...open });
    await record(tx, 'user.created', 'user', Number(id), { login, role: role.code, for: 'release' });
  });
  return { login, password };
}

/** Shuts it again: no password leads to it, and every session of it has ended. */
export async function closeReleaseCheck(ctx: Ctx): Promise<void> {
  await transaction(ctx, async (tx) => {
    const user = await tx
      .db('users')
      .where({ login, role: role.code })
      .forUpdate()
      .first('id', 'disabled_at');
    if (!user || user.disabled_at) return;
    await tx
      .db('users')
      .where({ id: user.id })
      .update({ password_hash: noPassword(), disabled_at: tx.now() });
    await endSessions(tx, user.id);
    await record(tx, 'user.disabled', 'user', user.id, { for: 'release' });
  });
}

async function setRole(tx: Ctx, permissions: readonly Permission[]): Promise<void> {
  const fields = { name: '릴리스 점검', based_on: role.based_on, built_in: 0, scope: 'all' };
  await tx
    .db('roles')
    .insert({ code: role.code, ...fields })
    .onConflict('code')
    .merge(fields);
  const { id } = await tx.db('roles').where({ code: role.code }).forUpdate().first('id');
  const deviations = deviationsOf(role, new Map(), permissions, new Set(needed));
  await tx.db('role_permissions').where({ role_id: id }).delete();
  // it comes from the host itself, with nothing but its password
  await tx.db('sign_in_rules').where({ role: role.code }).delete();
  const rows = [...deviations].map(([permission, granted]) => ({
    role_id: id,
    permission,
    granted: granted ? 1 : 0,
  }));
  if (rows.length > 0) await tx.db('role_permissions').insert(rows);
}
