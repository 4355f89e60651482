import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import type { BlankForm } from '#lib/forms.ts';
import { authenticate, ownSession } from '../signing-in.ts';
import { type Proof, proveSecondFactor } from './factors.ts';

/** Six digits come from the app; what has letters was copied from the list of recovery codes. */
export function proofOf(code: string): Proof {
  return { kind: /^[\d\s-]+$/.test(code) && code.replace(/\D/g, '').length === 6 ? 'app' : 'recovery', code };
}

/** Takes the code or says why not. Tells how many recovery codes are left when one was used. */
export async function demandCode(ctx: Ctx, userId: number, code: string): Promise<{ codesLeft?: number }> {
  const proof = proofOf(code);
  const verdict = await proveSecondFactor(ctx, userId, proof);
  if (verdict.passed) return { codesLeft: verdict.codesLeft };
  if (verdict.blockedUntil) throw new Refusal(blockedSentence(verdict.blockedUntil, ctx.now()));
  throw new Refusal(
    proof.kind === 'app'
      ? '코드가 맞지 않습니다. 한 번 쓴 코드는 다시 쓸 수 없으니, 앱에 새 코드가 나오면 입력해 주세요.'
      : '코드가 맞지 않거나 이미 쓴 복구 코드입니다.',
  );
}

function blockedSentence(until: Date, now: Date): string {
  const minutes = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 60_000));
  return `코드를 여러 번 틀려 잠시 막았습니다. ${minutes}분 뒤에 다시 해 주세요.`;
}

/** For a person's own acts: guesses are slowed down as they are at the sign-in. */
export async function demandPassword(ctx: Ctx, user: { login: string }, password: string): Promise<void> {
  const from = ownSession(ctx.origin?.address);
  if (!(await authenticate(ctx, user.login, password, from))) throw new Refusal('비밀번호가 맞지 않습니다.');
}

/** A form to show again; a code is worth nothing the second time, and none is put into a page. */
export function withoutCode<F extends BlankForm>(form: F): F {
  const { code: _, ...values } = form.values;
  return { ...form, values };
}
