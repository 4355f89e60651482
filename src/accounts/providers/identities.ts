import type { Ctx } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { findOptionalUser, type User } from '../queries.ts';
import { notify } from '../security-notices.ts';
import type { Identity } from './asking.ts';

export interface LinkedIdentity {
  issuer: string;
  linked_at: Date;
  last_used_at: Date | null;
}

export async function findLinked(
  ctx: Ctx,
  userId: number,
  issuer: string,
): Promise<LinkedIdentity | undefined> {
  return ctx
    .db('user_identities')
    .where({ user_id: userId, issuer })
    .first('issuer', 'linked_at', 'last_used_at');
}

/** Whoever linked this identity to their account; a provider never makes one. */
export async function findUserByIdentity(ctx: Ctx, identity: Identity): Promise<User | undefined> {
  if (!isStorable(identity)) return undefined;
  const linked = await ctx.db('user_identities').where(keyOf(identity)).first('id', 'user_id');
  if (!linked) return undefined;
  await ctx.db('user_identities').where({ id: linked.id }).update({ last_used_at: ctx.now() });
  return findOptionalUser(ctx, linked.user_id);
}

/** One identity is one person's, and a person has one of each provider. */
export async function linkIdentity(
  ctx: Ctx,
  userId: number,
  identity: Identity,
  name: string,
): Promise<void> {
  if (!isStorable(identity)) throw new Refusal(`${name}에서 받은 계정을 읽을 수 없습니다.`);
  await transaction(ctx, async (tx) => {
    const taken = await tx.db('user_identities').where(keyOf(identity)).forUpdate().first('user_id');
    if (taken?.user_id === userId) return;
    if (taken) throw new Refusal(`이 ${name} 계정은 이미 다른 사용자에게 연결되어 있습니다.`);
    await tx
      .db('user_identities')
      .insert({ user_id: userId, ...keyOf(identity), linked_at: tx.now() })
      .catch((error: unknown) => {
        throw isDuplicate(error)
          ? new Refusal(`이미 다른 ${name} 계정이 연결되어 있습니다. 먼저 연결을 끊어 주세요.`)
          : error;
      });
    await notify(tx, { user_id: userId, kind: 'provider_linked' });
    await record(tx, 'user.identity_linked', 'user', userId, { issuer: identity.issuer });
  });
}

export async function unlinkIdentity(ctx: Ctx, userId: number, issuer: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    const removed = await tx.db('user_identities').where({ user_id: userId, issuer }).delete();
    if (!removed) throw new NotFound('연결된 계정이 없습니다.');
    await notify(tx, { user_id: userId, kind: 'provider_unlinked' });
    await record(tx, 'user.identity_unlinked', 'user', userId, { issuer });
  });
}

const keyOf = ({ issuer, subject }: Identity) => ({ issuer, subject });

/** The standard promises 255 characters of ASCII; the columns hold no more. */
const isStorable = ({ issuer, subject }: Identity) =>
  [issuer, subject].every((text) => /^[\x20-\x7e]{1,255}$/.test(text));
