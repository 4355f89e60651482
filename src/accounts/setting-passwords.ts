import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { endSessions } from './ending.ts';
import { type Chooser, whyNot } from './passwords/choosing.rules.ts';
import { commonWords } from './passwords/common.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { notify } from './security-notices.ts';
import type { UserRow } from './tables.ts';

/** The present password and those before it are not taken again: so many in all. */
export const rememberedPasswords = 5;

const field = 'new_password';

/** The hash of a password its person may have; throws a refusal that blames the field of the password. */
export async function acceptPassword(chooser: Chooser, password: string): Promise<string> {
  const reason = whyNot(password, chooser, commonWords());
  if (reason) throw new Refusal(reason, { field });
  return hashPassword(password);
}

/** The same for somebody who has had passwords before. It takes its time: call it before the transaction. */
export async function acceptNextPassword(ctx: Ctx, user: UserRow, password: string): Promise<string> {
  const hash = await acceptPassword(user, password);
  for (const former of await formerHashes(ctx, user)) {
    if (await verifyPassword(former, password))
      throw new Refusal(
        `최근에 쓴 비밀번호 ${rememberedPasswords}개는 다시 쓸 수 없습니다. 새 비밀번호를 정해 주세요.`,
        { field },
      );
  }
  return hash;
}

/** Writes it and ends every session: whoever knew the old password is out. `user` is the locked row. */
export async function writePassword(tx: Ctx, user: UserRow, hash: string): Promise<void> {
  if (!user.awaits_password) await keepFormer(tx, user);
  await tx
    .db('users')
    .where({ id: user.id })
    .update({
      password_hash: hash,
      password_set_at: tx.now(),
      awaits_password: 0,
      locked_until: null,
      attempt_series: user.attempt_series + 1,
    });
  await endSessions(tx, user.id);
  if (!user.awaits_password) await notify(tx, { user_id: user.id, kind: 'password_changed' });
}

async function formerHashes(ctx: Ctx, user: UserRow): Promise<string[]> {
  const former: string[] = await ctx
    .db('former_passwords')
    .where({ user_id: user.id })
    .orderBy('id', 'desc')
    .limit(rememberedPasswords - 1)
    .pluck('password_hash');
  return user.awaits_password ? former : [user.password_hash, ...former];
}

/** Keeps the present password among those before it. */
export async function keepFormer(tx: Ctx, user: UserRow): Promise<void> {
  await tx
    .db('former_passwords')
    .insert({ user_id: user.id, password_hash: user.password_hash, until: tx.now() });
  const kept: number[] = await tx
    .db('former_passwords')
    .where({ user_id: user.id })
    .orderBy('id', 'desc')
    .limit(rememberedPasswords)
    .pluck('id');
  await tx.db('former_passwords').where({ user_id: user.id }).whereNotIn('id', kept).delete();
}
