import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import { notify } from '../security-notices.ts';
import { blockedMinutes, hashRecoveryCode, stepOfCode } from './codes.rules.ts';
import { recoveryKeys } from './recovery-keys.ts';
import type { SecondFactorRow } from './tables.ts';

/** What pages say about somebody's factor. */
export interface FactorSummary {
  enrolled_at: Date;
  codesLeft: number;
}

export type Proof = { kind: 'app' | 'recovery'; code: string };

/** `blockedUntil` is there when no code is taken for a while. */
export type Verdict = { passed: true; codesLeft?: number } | { passed: false; blockedUntil?: Date };

export async function hasSecondFactor(ctx: Ctx, userId: number): Promise<boolean> {
  return (await ctx.db('second_factors').where({ user_id: userId }).first('user_id')) !== undefined;
}

export async function findFactor(ctx: Ctx, userId: number): Promise<FactorSummary | undefined> {
  const factor = await ctx.db('second_factors').where({ user_id: userId }).first('enrolled_at');
  return factor && { enrolled_at: factor.enrolled_at, codesLeft: await countCodesLeft(ctx, userId) };
}

/**
 * Takes a code once. Wrong ones are counted on the row itself, so that all web processes and a restarted Redis agree
 * how often somebody has guessed; while blocked even the right one is refused.
 */
export async function proveSecondFactor(ctx: Ctx, userId: number, proof: Proof): Promise<Verdict> {
  return transaction(ctx, async (tx): Promise<Verdict> => {
    const factor: SecondFactorRow | undefined = await tx
      .db('second_factors')
      .where({ user_id: userId })
      .forUpdate()
      .first();
    if (!factor) return { passed: false };
    if (factor.blocked_until && factor.blocked_until > tx.now())
      return { passed: false, blockedUntil: factor.blocked_until };

    const taken =
      proof.kind === 'app'
        ? await takeCode(tx, factor, proof.code)
        : await takeRecoveryCode(tx, userId, proof.code);
    if (!taken) return countFailure(tx, factor);
    await changeFactor(tx, userId, { failures: 0, blocked_until: null });
    return {
      passed: true,
      ...(proof.kind === 'recovery' ? { codesLeft: await countCodesLeft(tx, userId) } : {}),
    };
  });
}

async function takeCode(tx: Ctx, factor: SecondFactorRow, code: string): Promise<boolean> {
  const step = stepOfCode(openSecret(tx, factor), code, tx.now(), factor.last_step);
  if (step === undefined) return false;
  await changeFactor(tx, factor.user_id, { last_step: step });
  return true;
}

async function takeRecoveryCode(tx: Ctx, userId: number, code: string): Promise<boolean> {
  const hashes = (await recoveryKeys(tx)).map((key) => hashRecoveryCode(key, userId, code));
  const taken = await tx
    .db('recovery_codes')
    .where({ user_id: userId })
    .whereIn('code_hash', hashes)
    .whereNull('used_at')
    .update({ used_at: tx.now() });
  if (!taken) return false;
  await notify(tx, { user_id: userId, kind: 'recovery_code_used' });
  await record(tx, 'user.recovery_code_used', 'user', userId, { left: await countCodesLeft(tx, userId) });
  return true;
}

async function countFailure(tx: Ctx, factor: SecondFactorRow): Promise<Verdict> {
  const failures = factor.failures + 1;
  const minutes = blockedMinutes(failures);
  const blockedUntil = minutes ? new Date(tx.now().getTime() + minutes * 60_000) : undefined;
  await changeFactor(tx, factor.user_id, { failures, blocked_until: blockedUntil ?? null });
  if (minutes === 1) await notify(tx, { user_id: factor.user_id, kind: 'codes_refused' });
  await record(tx, 'user.second_factor_refused', 'user', factor.user_id, {
    failures,
    blockedMinutes: minutes,
  });
  return { passed: false, blockedUntil };
}

async function changeFactor(tx: Ctx, userId: number, changes: Partial<SecondFactorRow>): Promise<void> {
  await tx.db('second_factors').where({ user_id: userId }).update(changes);
}

async function countCodesLeft(ctx: Ctx, userId: number): Promise<number> {
  const row = await ctx
    .db('recovery_codes')
    .where({ user_id: userId })
    .whereNull('used_at')
    .count({ n: '*' })
    .first();
  return Number(row?.n ?? 0);
}

const purposeOf = (userId: number) => `second factor of user ${userId}`;

export const sealedSecrets: SealedColumn = {
  table: 'second_factors',
  column: 'sealed_secret',
  key: ['user_id'],
  purpose: ({ user_id }) => purposeOf(Number(user_id)),
};

/** Sealed for one person: a row copied to another is worth nothing. */
export function sealSecret(ctx: Ctx, userId: number, secret: Uint8Array): Buffer {
  return ctx.vault.seal(purposeOf(userId), secret);
}

function openSecret(ctx: Ctx, factor: SecondFactorRow): Buffer {
  return ctx.vault.open(purposeOf(factor.user_id), factor.sealed_secret);
}

/** Everybody with a factor, for the administrators who may have to take it away. */
export async function listFactorHolders(
  ctx: Ctx,
): Promise<
  { id: number; name: string; login: string; role: string; enrolled_at: Date; blocked_until: Date | null }[]
> {
  return ctx
    .db('second_factors as factor')
    .join('users as user', 'user.id', 'factor.user_id')
    .orderBy('user.name')
    .select('user.id', 'user.name', 'user.login', 'user.role', 'factor.enrolled_at', 'factor.blocked_until');
}
