import { createHash, randomBytes } from 'node:crypto';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { adminRole } from './roles.rules.ts';
import { acceptNextPassword, acceptPassword, writePassword } from './setting-passwords.ts';
import type { PasswordLinkRow, UserRow } from './tables.ts';

const validHours = 24;

/** A way in for one person, seen by whoever made it, once. */
export interface PasswordLink {
  /** Follows the address of this installation. */
  path: string;
  expiresAt: Date;
}

/** Makes a link with which a person sets their password; one made before is worth nothing any more. */
export async function makePasswordLink(tx: Ctx, user: UserRow): Promise<PasswordLink> {
  const purpose = user.awaits_password ? 'invite' : 'reset';
  await spend(tx, { user_id: user.id });
  const { token, expiresAt } = await insertLink(tx, purpose, user.id);
  return { path: `/password/${token}`, expiresAt };
}

/** The person whose password the link sets; a link that was used, replaced or is too old is not found. */
export async function findPersonOfLink(ctx: Ctx, token: string): Promise<UserRow> {
  const link = await findLink(ctx, token);
  const user = link?.user_id ? await findEnabled(ctx, link.user_id) : undefined;
  if (!user) throw new NotFound(goneLink);
  return user;
}

/** The person sets their own password; the link is used up, and all their sessions end. */
export async function useLink(ctx: Ctx, token: string, password: string): Promise<void> {
  const person = await findPersonOfLink(ctx, token);
  const hash = await acceptNextPassword(ctx, person, password);
  await transaction(ctx, async (tx) => {
    const user = await findEnabled(tx, person.id, true);
    const link = user && (await findLink(tx, token, true));
    if (!link) throw new NotFound(goneLink);
    await spend(tx, { user_id: user.id });
    const asPerson = actingAs(tx, user);
    await writePassword(asPerson, user, hash);
    await record(asPerson, 'user.password_changed', 'user', user.id, { by: link.purpose });
  });
}

/** Until when a link that was handed out may still be used. */
export async function findOpenLink(ctx: Ctx, userId: number): Promise<{ expires_at: Date } | undefined> {
  return ctx
    .db('password_links')
    .where({ user_id: userId })
    .whereNull('spent_at')
    .where('expires_at', '>', ctx.now())
    .first('expires_at');
}

/** From now on none of these links leads anywhere. */
export async function spend(tx: Ctx, which: { user_id: number } | { purpose: 'first_admin' }): Promise<void> {
  await tx.db('password_links').where(which).whereNull('spent_at').update({ spent_at: tx.now() });
}

/** True while nobody could let anybody in: there is no administrator with a password. */
export async function lacksAdmin(ctx: Ctx): Promise<boolean> {
  const admin = await ctx
    .db('users')
    .where({ role: adminRole, awaits_password: 0 })
    .whereNull('disabled_at')
    .first('id');
  return admin === undefined;
}

/** The link that makes the first administrator; undefined when there is one. */
export async function makeFirstAdminLink(ctx: Ctx): Promise<PasswordLink | undefined> {
  return transaction(ctx, async (tx) => {
    if (!(await lacksAdmin(tx))) return undefined;
    await spend(tx, { purpose: 'first_admin' });
    const { token, expiresAt } = await insertLink(tx, 'first_admin', null);
    return { path: `/first-admin/${token}`, expiresAt };
  });
}

/** Throws when the link does not lead to a first administrator any more. */
export async function checkFirstAdminLink(ctx: Ctx, token: string): Promise<void> {
  const link = await findLink(ctx, token);
  if (link?.purpose !== 'first_admin' || !(await lacksAdmin(ctx))) throw new NotFound(goneLink);
}

/** Of two at once with one link, or with two, one becomes the administrator. */
export async function makeFirstAdmin(
  ctx: Ctx,
  token: string,
  person: { login: string; name: string; password: string },
  insert: (tx: Ctx, user: { login: string; name: string; role: string }, hash: string) => Promise<number>,
): Promise<void> {
  await checkFirstAdminLink(ctx, token);
  const hash = await acceptPassword(person, person.password);
  // whoever holds the link acts for the house: nobody else is there to make an administrator
  await transaction({ ...ctx, actor: systemActor }, async (tx) => {
    await tx.db('password_links').where({ purpose: 'first_admin' }).forUpdate().select('id');
    await checkFirstAdminLink(tx, token);
    await insert(tx, { login: person.login, name: person.name, role: adminRole }, hash);
    await spend(tx, { purpose: 'first_admin' });
  });
}

const goneLink =
  '이 링크는 이미 썼거나, 새 링크로 바뀌었거나, 기한이 지났습니다. 관리자에게 새 링크를 요청해 주세요.';

async function insertLink(
  tx: Ctx,
  purpose: PasswordLinkRow['purpose'],
  userId: number | null,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(tx.now().getTime() + validHours * 3_600_000);
  await tx.db('password_links').insert({
    purpose,
    user_id: userId,
    token_hash: hashOf(token),
    made_by: tx.actor.id,
    made_by_name: tx.actor.name,
    made_at: tx.now(),
    expires_at: expiresAt,
  });
  return { token, expiresAt };
}

async function findLink(ctx: Ctx, token: string, lock = false): Promise<PasswordLinkRow | undefined> {
  const link = ctx
    .db('password_links')
    .where({ token_hash: hashOf(token) })
    .whereNull('spent_at')
    .where('expires_at', '>', ctx.now());
  return lock ? link.forUpdate().first() : link.first();
}

async function findEnabled(ctx: Ctx, id: number, lock = false): Promise<UserRow | undefined> {
  const user = ctx.db('users').where({ id }).whereNull('disabled_at');
  return lock ? user.forUpdate().first() : user.first();
}

function actingAs(tx: Ctx, user: UserRow): Ctx {
  return { ...tx, actor: { id: user.id, name: user.name, permissions: new Set(), scope: new Set() } };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
