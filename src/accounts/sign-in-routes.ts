import { Router } from 'express';
import { Refusal } from '#lib/errors.ts';
import { blankForm, submit } from '#lib/forms.ts';
import { signInForm } from './forms.ts';
import { signIn, signOut } from './identity.ts';
import { safePath } from './signing-in.ts';

export const signInRoutes = Router();

signInRoutes.get('/sign-in', (req, res) => {
  if (req.user) return res.redirect(303, '/');
  res.render('accounts/sign_in', { form: blankForm(), next: safePath(req.query.next) });
});

signInRoutes.post('/sign-in', async (req, res) => {
  const form = await submit(signInForm, req.body, async () => {
    if (!(await signIn(req, res))) throw new Refusal('아이디 또는 비밀번호가 맞지 않습니다.');
  });
  const next = safePath(req.body?.next);
  if (!form.done) return res.status(form.status).render('accounts/sign_in', { form, next });

  res.redirect(303, next);
});

signInRoutes.post('/sign-out', async (req, res) => {
  await signOut(req);
  req.flash('info', '로그아웃했습니다.');
  res.redirect(303, '/sign-in');
});
