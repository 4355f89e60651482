import { Router } from 'express';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { disableUser, enableUser } from './managing.ts';
import { allow, roleNames } from './permissions.ts';
import { countUsers, findUser, listUsers, userList } from './queries.ts';

export const userRoutes = Router();

userRoutes.use(allow('users.manage'));

userRoutes.get('/', async (req, res) => {
  const asked = readListQuery(req.query, userList);
  const counts = await countUsers(req.ctx, asked);
  const total = counts[(asked.filters.state || 'all') as keyof typeof counts];
  const query = withinTotal(asked, total);
  const users = await listUsers(req.ctx, query);
  res.render('accounts/users', { query, users, counts, total, roleNames: await roleNames(req.ctx) });
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
