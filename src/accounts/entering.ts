import type { Request, Response } from 'express';
import type { SignedInUser } from '#lib/web/request.ts';
import { beginSession } from './identity.ts';
import { keepForSure } from './lasting.ts';
import { findOptionalUser, type User } from './queries.ts';
import { forget, remember } from './remember-cookie.ts';
import { hasSecondFactor } from './second-factor/factors.ts';
import type { PendingSignIn } from './second-factor/session-data.ts';
import { findSessionLimits } from './session-limits.ts';
import { addressOf, recordRefusal } from './sign-in-rules/keeping-to.ts';
import { demandsOn } from './sign-in-rules/rules.ts';
import { recordSignIn } from './signing-in.ts';

/** What somebody asked for when they gave their first proof. */
export type Wish = Pick<PendingSignIn, 'by' | 'remember' | 'next'>;

/** Where the first proof leads: in, to the second, or nowhere from this address. */
export type Step = { to: string } | { refusedFrom: string };

const pendingMinutes = 5;
const notSignedIn =
  '로그인 정보를 확실하게 저장하지 못해 로그인하지 않았습니다. 서버(Redis)를 바꾸는 중일 수 있습니다. 잠시 뒤 다시 로그인해 주세요.';
export const codePage = '/sign-in/second-factor';

/** After the password, or an outside provider, has said who it is. */
export async function enter(
  req: Request,
  res: Response,
  user: SignedInUser & { session_version: number },
  wish: Wish,
): Promise<Step> {
  const address = addressOf(req);
  const { placeAllowed } = await demandsOn(req.ctx, user.role, address);
  if (!placeAllowed) {
    await recordRefusal(req.ctx, user, address, 'sign-in');
    return { refusedFrom: address };
  }
  if (await hasSecondFactor(req.ctx, user.id)) {
    await waitForCode(req, user, wish);
    return { to: codePage };
  }
  await comeIn(req, res, user, wish, { secondFactor: false });
  return { to: wish.next };
}

/** All was given: a session of its own, the record, and the cookie of a browser to be remembered. */
export async function comeIn(
  req: Request,
  res: Response,
  user: SignedInUser,
  { by, remember: wished }: Wish,
  { secondFactor }: { secondFactor: boolean },
): Promise<void> {
  await beginSession(req, user, { by, confirmed: by === 'password' || secondFactor, secondFactor });
  await keepForSure(req, res, notSignedIn);
  await recordSignIn(req.ctx, user, { by, secondFactor, address: addressOf(req) });
  const { mayBeRemembered } = await findSessionLimits(req.ctx, user.role);
  if (wished && mayBeRemembered) return remember(req, res, user, { secondFactor });
  if (wished) req.flash('info', '이 역할은 로그인 상태 유지를 쓸 수 없어 켜지 않았습니다.');
  await forget(req, res, 'replaced'); // whoever was remembered here before is not to come back after the sign-out
}

/** A session that knows who is meant and lets nobody in; with a new id, like every one that knows more than before. */
export async function waitForCode(
  req: Request,
  user: { id: number; session_version: number },
  wish: Wish,
): Promise<void> {
  const { keptForm } = req.session;
  await new Promise<void>((resolve, reject) =>
    req.session.regenerate((error: unknown) => (error ? reject(error) : resolve())),
  );
  const { by, remember: wished, next } = wish;
  const at = req.ctx.now().getTime();
  if (keptForm) req.session.keptForm = keptForm;
  req.session.pendingSignIn = {
    userId: user.id,
    version: user.session_version,
    at,
    by,
    remember: wished,
    next,
  };
}

/** Whoever gave the first proof in this session, as long as it counts. */
export async function findPending(req: Request): Promise<{ user: User; wish: PendingSignIn } | undefined> {
  const wish = req.session.pendingSignIn;
  if (!wish) return undefined;
  const user = await findOptionalUser(req.ctx, wish.userId);
  const late = req.ctx.now().getTime() - wish.at > pendingMinutes * 60_000;
  if (user && !user.disabled_at && user.session_version === wish.version && !late) return { user, wish };
  delete req.session.pendingSignIn;
  return undefined;
}
