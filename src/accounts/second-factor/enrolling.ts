import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { endSessions } from '../ending.ts';
import { findUser } from '../queries.ts';
import { demandRank } from '../ranks.ts';
import { notify } from '../security-notices.ts';
import { hashRecoveryCode, newRecoveryCodes, newSecret, stepOfCode } from './codes.rules.ts';
import { sealSecret } from './factors.ts';
import { recoveryKey } from './recovery-keys.ts';

/** A secret somebody is about to scan; it counts for nothing until a code proves that the phone has it. */
export interface Enrolment {
  secret: Uint8Array;
  startedAt: Date;
}

const enrolmentMinutes = 15;
const purpose = 'second factor enrolment';

/** For the session: sealed, because sessions rest in Redis. */
export function beginEnrolment(ctx: Ctx, userId: number): string {
  const enrolment = {
    userId,
    secret: Buffer.from(newSecret()).toString('base64'),
    startedAt: ctx.now().getTime(),
  };
  return ctx.vault.seal(purpose, Buffer.from(JSON.stringify(enrolment))).toString('base64');
}

/** What the session keeps, if it is this person's and not too old. */
export function openEnrolment(ctx: Ctx, userId: number, sealed: string | undefined): Enrolment | undefined {
  if (!sealed) return undefined;
  const { secret, startedAt, ...kept } = JSON.parse(
    ctx.vault.open(purpose, Buffer.from(sealed, 'base64')).toString(),
  );
  if (kept.userId !== userId || ctx.now().getTime() - startedAt > enrolmentMinutes * 60_000) return undefined;
  return { secret: Buffer.from(secret, 'base64'), startedAt: new Date(startedAt) };
}

/**
 * Turns the factor on, or puts a new phone in the place of the old, and returns the recovery codes: nobody can read
 * them again. Every other session ends.
 */
export async function enrol(ctx: Ctx, userId: number, enrolment: Enrolment, code: string): Promise<string[]> {
  const step = stepOfCode(enrolment.secret, code, ctx.now(), 0);
  if (step === undefined)
    throw new Refusal(
      '코드가 맞지 않습니다. 인증 앱에 지금 보이는 여섯 자리를 입력해 주세요. 휴대전화의 시각이 틀리면 맞지 않을 수 있습니다.',
    );

  return transaction(ctx, async (tx) => {
    await endSessions(tx, userId);
    const replaced = await tx.db('second_factors').where({ user_id: userId }).delete();
    await tx.db('second_factors').insert({
      user_id: userId,
      sealed_secret: sealSecret(tx, userId, enrolment.secret),
      last_step: step,
      enrolled_at: tx.now(),
    });
    const codes = await replaceRecoveryCodes(tx, userId);
    await notify(tx, { user_id: userId, kind: replaced ? 'second_factor_replaced' : 'second_factor_on' });
    await record(tx, replaced ? 'user.second_factor_replaced' : 'user.second_factor_enabled', 'user', userId);
    return codes;
  });
}

/** New codes; the old ones are worth nothing from now on. */
export async function remakeRecoveryCodes(ctx: Ctx, userId: number): Promise<string[]> {
  return transaction(ctx, async (tx) => {
    const factor = await tx.db('second_factors').where({ user_id: userId }).forUpdate().first();
    if (!factor) throw new Refusal('2단계 인증을 켠 뒤에 복구 코드를 만들 수 있습니다.');
    const codes = await replaceRecoveryCodes(tx, userId);
    await notify(tx, { user_id: userId, kind: 'recovery_codes_made' });
    await record(tx, 'user.recovery_codes_made', 'user', userId, { count: codes.length });
    return codes;
  });
}

/** Its person has proved who they are; every other session ends. */
export async function turnOff(ctx: Ctx, userId: number): Promise<void> {
  await removeFactor(ctx, userId, 'user.second_factor_disabled');
}

/** For somebody who has lost phone and codes. Ends their sessions; nobody gets round their own code with it. */
export async function resetSecondFactor(ctx: Ctx, userId: number): Promise<void> {
  if (userId === ctx.actor.id) throw new Refusal('자기 2단계 인증은 내 계정에서 바꾸거나 꺼 주세요.');
  await transaction(ctx, async (tx) => {
    await demandRank(tx, await findUser(tx, userId));
    await removeFactor(tx, userId, 'user.second_factor_reset');
  });
}

async function removeFactor(ctx: Ctx, userId: number, event: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    await endSessions(tx, userId);
    const removed = await tx.db('second_factors').where({ user_id: userId }).delete();
    if (!removed) throw new NotFound('2단계 인증을 켜지 않은 사용자입니다.');
    await tx.db('recovery_codes').where({ user_id: userId }).delete();
    await notify(tx, { user_id: userId, kind: 'second_factor_off' });
    await record(tx, event, 'user', userId);
  });
}

async function replaceRecoveryCodes(tx: Ctx, userId: number): Promise<string[]> {
  const codes = newRecoveryCodes();
  const key = recoveryKey(tx);
  await tx.db('recovery_codes').where({ user_id: userId }).delete();
  await tx.db('recovery_codes').insert(
    codes.map((code) => ({
      user_id: userId,
      code_hash: hashRecoveryCode(key, userId, code),
      made_at: tx.now(),
    })),
  );
  return codes;
}
