import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Router } from 'express';
import fc from 'fast-check';
import { changePassword, disableUser } from '#accounts';
import type { AppModule } from '#lib/module.ts';
import { safePath } from '#lib/web/own-pages.ts';
import { accounts } from '../../src/accounts/module.ts';
import { verifyPassword } from '../../src/accounts/passwords.ts';
import { cast, castPassword, openOffice } from '../support/office.ts';

test('a person signs in with a new session id and lands on the page they wanted', async () => {
  await using office = await openOffice();
  const client = office.stranger();

  const turnedAway = await client.get('/users?state=active');
  assert.equal(turnedAway.status, 303);
  assert.equal(turnedAway.location, '/sign-in?next=%2Fusers%3Fstate%3Dactive');
  const page = await client.get(turnedAway.location);
  assert.match(page.text, /name="next" value="\/users\?state=active"/);
  const planted = client.cookie('moa.sid');
  assert.ok(planted);

  const answer = await client.post('/sign-in', {
    login: cast.admin.login,
    password: castPassword,
    next: '/users?state=active',
  });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/users?state=active');
  assert.notEqual(client.cookie('moa.sid'), planted);
  assert.equal((await client.get('/users')).status, 200);

  const thief = office.stranger();
  thief.setCookie('moa.sid', planted);
  assert.equal((await thief.get('/users')).status, 303);
  const [event] = await office.runtime.db('events').where({ name: 'user.signed_in' });
  assert.equal(event.actor_id, cast.admin.id);
});

test('a wrong password, an unknown login and a login in Korean read the same', async () => {
  await using office = await openOffice();
  const client = office.stranger();
  const attempts = [
    { login: cast.office.login, password: '틀린-비밀번호' },
    { login: 'nobody', password: castPassword },
    { login: '김하나', password: castPassword },
  ];
  for (const attempt of attempts) {
    const answer = await client.post('/sign-in', attempt);
    assert.equal(answer.status, 409);
    assert.match(answer.text, /아이디 또는 비밀번호가 맞지 않습니다\./);
    assert.match(answer.text, new RegExp(`value="${attempt.login}"`), 'what was typed stays');
    assert.ok(!answer.text.includes(attempt.password), 'the password does not');
  }
});

test('an empty sign-in names the fields', async () => {
  await using office = await openOffice();
  const answer = await office.stranger().post('/sign-in', { login: '', password: '' });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /아이디를 입력해 주세요\./);
  assert.match(answer.text, /비밀번호를 입력해 주세요\./);
});

test('nobody has a password', async () => {
  assert.equal(await verifyPassword(undefined, ''), false);
});

test('only a path of our own follows the sign-in', () => {
  assert.equal(safePath('/orders?q=1234'), '/orders?q=1234');
  for (const bad of [
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    '/orders/..//evil.example',
    '/%2e//evil.example',
    'https://evil.example',
    'orders',
    undefined,
    ['/a'],
  ]) {
    assert.equal(safePath(bad), '/');
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webPath(), fc.webUrl()), (next) => {
      const url = new URL(safePath(next), 'http://moa.example');
      assert.equal(url.origin, 'http://moa.example');
    }),
  );
});

test('the sign-out ends the session for whoever still has its cookie', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  const cookie = client.cookie('moa.sid') as string;

  const answer = await client.post('/sign-out');
  assert.equal(answer.location, '/sign-in');
  assert.match((await client.get('/sign-in')).text, /로그아웃했습니다\./);

  const other = office.stranger();
  other.setCookie('moa.sid', cookie);
  assert.equal((await other.get('/account')).status, 303);
});

test('a slow request that ends after the sign-out does not bring the session back', async () => {
  const { module, entered, release } = slowModule();
  await using office = await openOffice({ modules: [accounts, module] });
  const client = await office.as('office');
  const cookie = client.cookie('moa.sid') as string;
  const other = office.stranger();
  other.setCookie('moa.sid', cookie);

  const slow = other.get('/slow');
  await entered;
  await client.post('/sign-out');
  release();
  await slow;

  const late = office.stranger();
  late.setCookie('moa.sid', cookie);
  assert.equal((await late.get('/account')).status, 303);
});

test('a disabled account is signed out at its next request and cannot come in again', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  await disableUser(office.ctx('admin'), cast.office.id);

  assert.equal((await client.get('/account')).status, 303);
  const answer = await client.post('/sign-in', { login: cast.office.login, password: castPassword });
  assert.equal(answer.status, 409);
  assert.match(answer.text, /아이디 또는 비밀번호가 맞지 않습니다\./);
});

test('a new password ends every other session and keeps the one it was typed in', async () => {
  await using office = await openOffice();
  const here = await office.as('office');
  const elsewhere = await office.as('office');

  const password = '감나무 아래 세 사람';
  const form = { current_password: castPassword, new_password: password, repeat_password: password };
  const wrong = await here.post('/account/password', { ...form, current_password: '아님' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /지금 비밀번호가 맞지 않습니다\./);
  const differs = await here.post('/account/password', { ...form, repeat_password: '감나무 아래 네 사람' });
  assert.equal(differs.status, 422);
  assert.match(differs.text, /새 비밀번호와 다릅니다\./);

  const answer = await here.post('/account/password', form);
  assert.equal(answer.location, '/account');
  assert.equal((await here.get('/account')).status, 200);
  assert.equal((await elsewhere.get('/account')).status, 303);
});

test('a password set from outside signs its person out', async () => {
  await using office = await openOffice();
  const client = await office.as('delivery');
  await changePassword(office.ctx(), cast.delivery.id, '감나무 아래 세 사람');
  assert.equal((await client.get('/account')).status, 303);
});

/** A route that changes the session and answers only when released. */
function slowModule() {
  const entered = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const router = Router();
  router.get('/', async (req, res) => {
    entered.resolve();
    await released.promise;
    req.flash('info', '늦은 쪽지');
    res.send('done');
  });
  const module: AppModule = { name: 'slow', permissions: [], routes: [{ path: '/slow', router }] };
  return { module, entered: entered.promise, release: released.resolve };
}
