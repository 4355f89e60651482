import { type Request, type Response, Router } from 'express';
import { Refusal } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { safePath } from '#lib/web/own-pages.ts';
import { enter } from './entering.ts';
import { signInForm } from './forms.ts';
import { checkPassword } from './identity.ts';
import { lacksAdmin } from './password-links.ts';
import { providerOutside } from './providers/asking.ts';
import { findUser } from './queries.ts';
import { refusePlace } from './sign-in-rules/keeping-to.ts';
import { signOutHere } from './signing-out.ts';

export const signInRoutes = Router();

signInRoutes.get('/sign-in', async (req, res) => {
  if (req.user) return res.redirect(303, safePath(req.query.next));
  await showSignIn(req, res, blankForm(), safePath(req.query.next));
});

signInRoutes.post('/sign-in', async (req, res) => {
  const next = safePath(req.body?.next);
  const form = await submit(signInForm, req.body, async ({ remember }) => {
    const found = await checkPassword(req, res);
    if (!found) throw new Refusal('아이디 또는 비밀번호가 맞지 않습니다.');
    const user = await findUser(req.ctx, found.id);
    return enter(req, res, user, { by: 'password', remember, next });
  });
  if (!form.done) return showSignIn(req, res.status(form.status), form, next);
  const step = form.value;
  if ('refusedFrom' in step) return refusePlace(req, res, step.refusedFrom);
  res.redirect(303, step.to);
});

signInRoutes.post('/sign-out', async (req, res) => {
  await signOutHere(req, res);
  req.flash('info', '로그아웃했습니다.');
  res.redirect(303, '/sign-in');
});

async function showSignIn(req: Request, res: Response, form: BlankForm, next: string): Promise<void> {
  const { provider } = req.ctx.config;
  const isResting = provider !== undefined && providerOutside(provider).isResting();
  res.render('accounts/sign_in', {
    form,
    next,
    provider: provider?.name,
    isResting,
    noAdmin: await lacksAdmin(req.ctx),
  });
}
