import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';

/** Ends every session of the user; call it in the transaction of the act that makes this needful. */
export async function endSessions(tx: Ctx, userId: number): Promise<void> {
  const user = await tx.db('users').where({ id: userId }).forUpdate().first('session_version');
  if (!user) throw new NotFound('찾는 사용자가 없습니다.');
  await tx
    .db('users')
    .where({ id: userId })
    .update({ session_version: user.session_version + 1 });
}
