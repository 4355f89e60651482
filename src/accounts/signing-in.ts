import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { verifyPassword } from './passwords.ts';
import { findCredentials } from './queries.ts';
import type { UserRow } from './tables.ts';

/** The user whose login and password these are; nothing tells which of the two was wrong. */
export async function authenticate(ctx: Ctx, login: string, password: string): Promise<UserRow | undefined> {
  const user = await findCredentials(ctx, login.trim().toLowerCase());
  const matches = await verifyPassword(user?.password_hash, password);
  return user && matches && !user.disabled_at ? user : undefined;
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

/** Only a path of our own may follow the sign-in: never another site. */
export function safePath(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/';
  const base = 'http://moa.invalid';
  const url = URL.parse(next, base);
  return url?.origin === base ? url.pathname + url.search : '/';
}
