import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { verifyPassword } from './passwords.ts';
import { findCredentials } from './queries.ts';
import type { UserRow } from './tables.ts';
import { allowAttempt } from './throttling.ts';

/** Where somebody tries to sign in. */
export interface TriedFrom {
  address: string;
  /** Names the browser when this person has signed in with it before. */
  browserOf: (userId: number | undefined) => string | undefined;
}

/** Somebody who is signed in types their password again: only they can be kept waiting. */
export function ownSession(address = ''): TriedFrom {
  return { address, browserOf: () => 'own session' };
}

/**
 * The user whose login and password these are; nothing tells which of the two was wrong. Throws `TooSoon` when it
 * was tried too often.
 */
export async function authenticate(
  ctx: Ctx,
  typedLogin: string,
  password: string,
  { address, browserOf }: TriedFrom = ownSession(),
): Promise<UserRow | undefined> {
  const login = typedLogin.trim().toLowerCase();
  const user = await findCredentials(ctx, login);
  const attempt = await allowAttempt(ctx, { login, address, browser: browserOf(user?.id) }, user);
  const matches = await verifyPassword(user?.password_hash, password);
  if (user && matches && !user.disabled_at) {
    await attempt.succeeded();
    return user;
  }
  await attempt.failed();
  return undefined;
}

/** Remembers the sign-in; the person acts from here on. */
export async function recordSignIn(
  ctx: Ctx,
  user: { id: number; name: string },
  how: { by: string; secondFactor: boolean; address: string },
): Promise<void> {
  const actor = { id: user.id, name: user.name, permissions: new Set<string>(), scope: new Set<number>() };
  await transaction({ ...ctx, actor }, async (tx) => {
    await tx.db('users').where({ id: user.id }).update({ last_signed_in_at: tx.now() });
    await record(tx, 'user.signed_in', 'user', user.id, how);
  });
}
