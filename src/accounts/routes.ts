import { Router } from 'express';
import { Refusal } from '#lib/errors.ts';
import { blankForm, submit } from '#lib/forms.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { ownPasswordForm, signInForm } from './forms.ts';
import { renewSession, signIn, signOut } from './identity.ts';
import { changeOwnPassword, disableUser, enableUser } from './managing.ts';
import { allow, roleNames, signedIn } from './permissions.ts';
import { countUsers, findUser, listUsers, userList } from './queries.ts';
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

export const accountRoutes = Router();

accountRoutes.use(signedIn);

accountRoutes.get('/', (_req, res) => {
  res.render('accounts/show', { form: blankForm(), roleNames });
});

accountRoutes.post('/password', async (req, res) => {
  const form = await submit(ownPasswordForm, req.body, (input) =>
    changeOwnPassword(req.ctx, input.current_password, input.new_password),
  );
  if (!form.done) return res.status(form.status).render('accounts/show', { form, roleNames });

  await renewSession(req);
  req.flash('success', '비밀번호를 바꿨습니다. 다른 기기에서는 로그아웃되었습니다.');
  res.redirect(303, '/account');
});

export const userRoutes = Router();

userRoutes.use(allow('users.manage'));

userRoutes.get('/', async (req, res) => {
  const asked = readListQuery(req.query, userList);
  const counts = await countUsers(req.ctx, asked);
  const total = counts[(asked.filters.state || 'all') as keyof typeof counts];
  const query = withinTotal(asked, total);
  const users = await listUsers(req.ctx, query);
  res.render('accounts/users', { query, users, counts, total, roleNames });
});

userRoutes.post('/:id/disable', async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  await disableUser(req.ctx, user.id);
  req.flash('success', `${user.name} 님의 계정을 중지했습니다.`);
  res.redirect(303, '/users');
});

userRoutes.post('/:id/enable', async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  await enableUser(req.ctx, user.id);
  req.flash('success', `${user.name} 님의 계정을 다시 열었습니다.`);
  res.redirect(303, '/users');
});
