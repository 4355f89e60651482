import { type Request, type Response, Router } from 'express';
import { blankForm, submit } from '#lib/forms.ts';
import { safePath } from '#lib/web/own-pages.ts';
import { comeIn, findPending, waitForCode } from '../entering.ts';
import { findUser } from '../queries.ts';
import { isHeld } from '../sign-in-rules/keeping-to.ts';
import { codeForm } from './forms.ts';
import { demandCode, withoutCode } from './proving.ts';

/** The second question of the sign-in; nobody is signed in until it is answered. */
export const secondFactorSignIn = Router();

const fewCodes = 3;

secondFactorSignIn.get('/', async (req, res) => {
  if (req.user && isHeld(req)) await askAgain(req);
  if (!(await findPending(req))) return startAgain(req, res);
  res.render('accounts/second_factor_code', { form: blankForm(), recovery: isRecovery(req) });
});

secondFactorSignIn.post('/', async (req, res) => {
  const pending = await findPending(req);
  if (!pending) return startAgain(req, res);
  const { user, wish } = pending;
  const ctx = { ...req.ctx, actor: { ...req.ctx.actor, id: user.id, name: user.name } };
  const form = await submit(codeForm, req.body, ({ code }) => demandCode(ctx, user.id, code));
  if (!form.done) {
    const page = { form: withoutCode(form), recovery: isRecovery(req) };
    return res.status(form.status).render('accounts/second_factor_code', page);
  }

  await comeIn(req, res, user, wish, { secondFactor: true });
  const { codesLeft } = form.value;
  if (codesLeft !== undefined && codesLeft <= fewCodes)
    req.flash(
      'warning',
      `복구 코드가 ${codesLeft}개 남았습니다. 내 계정의 2단계 인증에서 새로 만들어 주세요.`,
    );
  res.redirect(303, wish.next);
});

/** For a session that was begun when none was asked for, and its person has a factor since. */
async function askAgain(req: Request): Promise<void> {
  const user = await findUser(req.ctx, (req.user as Express.User).id);
  const by = req.session.signedInBy === 'provider' ? 'provider' : 'password';
  await waitForCode(req, user, { by, remember: false, next: safePath(req.query.next) });
}

function startAgain(req: Request, res: Response): void {
  if (!req.user) req.flash('warning', '시간이 지났습니다. 처음부터 다시 로그인해 주세요.');
  res.redirect(303, req.user ? '/' : '/sign-in');
}

const isRecovery = (req: Request) => (req.body?.recovery ?? req.query.recovery) !== undefined;
