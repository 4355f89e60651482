import { Router } from 'express';
import { idOf, type SignedInUser } from '#lib/web/request.ts';
import { storeOf } from '#lib/web/sessions.ts';
import { confirmed } from './confirmed.ts';
import { browserName } from './devices.rules.ts';
import { endAllDevices, endDevice, listDevices } from './devices.ts';
import { renewSession } from './identity.ts';
import { allow, signedIn } from './permissions.ts';
import { findUser } from './queries.ts';
import { noticeWords } from './security-notices.rules.ts';
import { handleNotice, listNotices, readNotices } from './security-notices.ts';

/** /account/devices: a person's own. */
export const deviceRoutes = Router();

deviceRoutes.use(signedIn);

deviceRoutes.get('/', async (req, res) => {
  const { id } = req.user as SignedInUser;
  const notices = await listNotices(req.ctx, { userId: id });
  if (notices.every(({ seen_at }) => seen_at)) delete req.session.noticesUnread; // read on another device
  res.render('accounts/devices', {
    owner: undefined,
    devices: await listDevices(req.ctx, storeOf(req), id, req.sessionID),
    notices,
    browserName,
    noticeWords,
  });
});

deviceRoutes.post('/end-others', async (req, res) => {
  await endAllDevices(req.ctx, storeOf(req), (req.user as SignedInUser).id);
  await renewSession(req, { proven: false });
  req.flash('success', '이 기기만 남기고 모두 로그아웃했습니다.');
  res.redirect(303, '/account/devices');
});

deviceRoutes.post('/notices-read', async (req, res) => {
  await readNotices(req.ctx);
  delete req.session.noticesUnread;
  res.redirect(303, '/account/devices');
});

deviceRoutes.post('/:key/end', async (req, res) => {
  await endDevice(req.ctx, storeOf(req), (req.user as SignedInUser).id, String(req.params.key));
  req.flash('success', '기기를 로그아웃했습니다.');
  res.redirect(303, '/account/devices');
});

/** /users/…/devices: anyone's, for those who manage users. */
export const userDeviceRoutes = Router();

userDeviceRoutes.use(allow('users.manage'));

userDeviceRoutes.get('/security-notices', async (req, res) => {
  res.render('accounts/security_notices', {
    notices: await listNotices(req.ctx, { limit: 200 }),
    browserName,
    noticeWords,
  });
});

userDeviceRoutes.post('/security-notices/:id/handle', async (req, res) => {
  await handleNotice(req.ctx, idOf(req));
  res.redirect(303, '/users/security-notices');
});

userDeviceRoutes.get('/:id/devices', async (req, res) => {
  const owner = await findUser(req.ctx, idOf(req));
  res.render('accounts/devices', {
    owner,
    devices: await listDevices(req.ctx, storeOf(req), owner.id, req.sessionID),
    notices: await listNotices(req.ctx, { userId: owner.id }),
    browserName,
    noticeWords,
  });
});

userDeviceRoutes.post('/:id/devices/end-all', confirmed(), async (req, res) => {
  const owner = await findUser(req.ctx, idOf(req));
  await endAllDevices(req.ctx, storeOf(req), owner.id);
  if (owner.id === req.user?.id) await renewSession(req, { proven: false });
  req.flash('success', `${owner.name} 님을 모든 기기에서 로그아웃했습니다.`);
  res.redirect(303, `/users/${owner.id}/devices`);
});

userDeviceRoutes.post('/:id/devices/:key/end', confirmed(), async (req, res) => {
  const owner = await findUser(req.ctx, idOf(req));
  await endDevice(req.ctx, storeOf(req), owner.id, String(req.params.key));
  req.flash('success', `${owner.name} 님의 기기를 로그아웃했습니다.`);
  res.redirect(303, `/users/${owner.id}/devices`);
});
