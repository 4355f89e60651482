import { type Request, type Response, Router } from 'express';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { confirmed } from './confirmed.ts';
import { newUserForm, userForm } from './forms.ts';
import { keepLink, takeLink } from './made-links.ts';
import { changeUser, disableUser, enableUser, inviteUser, issueLink, unlockUser } from './managing.ts';
import { findOpenLink } from './password-links.ts';
import { allow, roleNames } from './permissions.ts';
import { countUsers, findUser, listUsers, type User, userList } from './queries.ts';
import { findFactor } from './second-factor/factors.ts';
import { qrCode } from './second-factor/qr-code.ts';
import { accountFromPlace } from './throttling.rules.ts';
import { countRecentFailures, listUserHistory } from './user-history.ts';
import { stateNames, stateOf } from './user-states.rules.ts';

export const userRoutes = Router();

userRoutes.use(allow('users.manage'));

userRoutes.get('/', async (req, res) => {
  const asked = readListQuery(req.query, userList);
  const counts = await countUsers(req.ctx, asked);
  const total = counts[(asked.filters.state || 'all') as keyof typeof counts];
  const query = withinTotal(asked, total);
  const users = (await listUsers(req.ctx, query)).map((user) => ({
    ...user,
    state: stateOf(user, req.ctx.now()),
  }));
  res.render('accounts/users', {
    query,
    users,
    counts,
    total,
    stateNames,
    roleNames: await roleNames(req.ctx),
  });
});

userRoutes.get('/new', async (req, res) => {
  await showNew(req, res, blankForm({ role: 'office' }));
});

userRoutes.post('/', confirmed(), async (req, res) => {
  const form = await submit(newUserForm, req.body, (input) => inviteUser(req.ctx, input));
  if (!form.done) return showNew(req, res.status(form.status), form);
  keepLink(req, form.value.id, form.value.link);
  res.redirect(303, `/users/${form.value.id}/link`);
});

userRoutes.get('/:id', async (req, res) => {
  await showUser(req, res, await findUser(req.ctx, idOf(req)), blankForm());
});

userRoutes.post('/:id', confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  const form = await submit(userForm, req.body, (input) => changeUser(req.ctx, user.id, input));
  if (!form.done) return showUser(req, res.status(form.status), user, form);
  req.flash('success', '저장했습니다.');
  res.redirect(303, `/users/${user.id}`);
});

userRoutes.post('/:id/link', confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  keepLink(req, user.id, await issueLink(req.ctx, user.id, { closing: req.body?.closing === 'yes' }));
  res.redirect(303, `/users/${user.id}/link`);
});

userRoutes.get('/:id/link', async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  const link = takeLink(req, user.id);
  if (!link) return res.redirect(303, `/users/${user.id}`);
  const picture = qrCode(link.url, '비밀번호를 정하는 링크의 QR 코드');
  res.render('accounts/user_link', { owner: user, link, picture });
});

userRoutes.post('/:id/unlock', confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  await unlockUser(req.ctx, user.id);
  req.flash('success', `${user.name} 님이 다시 로그인할 수 있습니다.`);
  res.redirect(303, `/users/${user.id}`);
});

userRoutes.post('/:id/disable', confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  await disableUser(req.ctx, user.id);
  req.flash('success', `${user.name} 님의 계정을 중지했습니다.`);
  res.redirect(303, `/users/${user.id}`);
});

userRoutes.post('/:id/enable', confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  await enableUser(req.ctx, user.id);
  req.flash('success', `${user.name} 님의 계정을 다시 열었습니다.`);
  res.redirect(303, `/users/${user.id}`);
});

async function showNew(req: Request, res: Response, form: BlankForm): Promise<void> {
  res.render('accounts/user_new', { form, roleNames: await roleNames(req.ctx) });
}

async function showUser(req: Request, res: Response, owner: User, form: BlankForm): Promise<void> {
  const names = await roleNames(req.ctx);
  const [history, factor] = await Promise.all([
    listUserHistory(req.ctx, owner.id, names),
    findFactor(req.ctx, owner.id),
  ]);
  const state = stateOf(owner, req.ctx.now());
  res.render('accounts/user', {
    form,
    owner,
    state,
    stateNames,
    roleNames: names,
    history,
    factor,
    link: await findOpenLink(req.ctx, owner.id),
    // fewer make nobody wait
    waits: (await countRecentFailures(req.ctx, owner.id)) > accountFromPlace.free,
  });
}
