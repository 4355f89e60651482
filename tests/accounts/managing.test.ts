import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, disableUser, enableUser, findUserByLogin, permissionsByRole } from '#accounts';
import { Refusal } from '#lib/errors.ts';
import { listEvents } from '#lib/events.ts';
import { changeUser, issueLink } from '../../src/accounts/managing.ts';
import { hashPassword } from '../../src/accounts/passwords.ts';
import { cast, openOffice } from '../support/office.ts';

test('a new user is one row and one event, and the password is kept as an argon2id hash', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('admin');
  const id = await createUser(ctx, {
    login: 'Soyeon',
    name: '박소연',
    role: 'office',
    password: '감나무 아래 세 사람',
  });

  const user = await findUserByLogin(ctx, 'soyeon');
  assert.equal(user.id, id);
  assert.ok(!('password_hash' in user));
  const [{ password_hash }] = await ctx.db('users').where({ id }).select('password_hash');
  assert.match(password_hash, /^\$argon2id\$/);
  const [event] = await listEvents(ctx, 'user', id);
  assert.equal(event?.name, 'user.created');
  assert.equal(event?.actor_id, cast.admin.id);
  assert.ok(!event?.data.includes('감나무'));
});

test('a login that is taken or not ASCII, and a short password, are refused', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('admin');
  const user = { login: 'new', name: '정다운', role: 'office', password: '감나무 아래 세 사람' } as const;
  await assert.rejects(createUser(ctx, { ...user, login: cast.office.login }), {
    name: 'Refusal',
    message: "아이디 'hana'는 이미 쓰고 있습니다.",
  });
  await assert.rejects(createUser(ctx, { ...user, login: '하나' }), Refusal);
  await assert.rejects(createUser(ctx, { ...user, password: '감나무' }), {
    name: 'Refusal',
    message: '비밀번호는 10자 이상이어야 합니다. (지금 3자)',
    field: 'new_password',
  });
  assert.equal((await ctx.db('users')).length, Object.keys(cast).length);
});

test('a password typed in pieces on a Mac is the same password', async () => {
  const { verifyPassword } = await import('../../src/accounts/passwords.ts');
  const hash = await hashPassword('침대는과학이다1'.normalize('NFC'));
  assert.equal(await verifyPassword(hash, '침대는과학이다1'.normalize('NFD')), true);
});

test('neither oneself nor the last administrator can be shut out', async () => {
  await using office = await openOffice();
  await assert.rejects(disableUser(office.ctx('admin'), cast.admin.id), {
    message: '자기 계정은 중지할 수 없습니다.',
  });
  await assert.rejects(disableUser(office.ctx(), cast.admin.id), {
    message: '마지막 관리자는 중지할 수 없습니다.',
  });
});

test('two administrators who shut each other out at the same moment leave one', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const system = office.ctx();
  const other = await createUser(system, {
    login: 'second',
    name: '정다운',
    role: 'admin',
    password: '감나무 아래 세 사람',
  });
  const as = (id: number) => ({ ...office.ctx('admin'), actor: { ...office.ctx('admin').actor, id } });
  const acts = [
    (by: number, whom: number) => disableUser(as(by), whom),
    (by: number, whom: number) => changeUser(as(by), whom, { name: '정다운', role: 'office' }),
    (by: number, whom: number) => issueLink(as(by), whom, { closing: true }),
  ];
  for (const one of acts) {
    for (const another of acts) {
      const done = await Promise.allSettled([one(cast.admin.id, other), another(other, cast.admin.id)]);
      assert.equal(done.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.equal((await db('users').where(canComeIn)).length, 1);
      await db('users')
        .whereIn('id', [cast.admin.id, other])
        .update({ role: 'admin', disabled_at: null, awaits_password: 0 });
    }
  }
  await db('users').where({ id: other }).update({ awaits_password: 1 });
  await assert.rejects(disableUser(as(other), cast.admin.id), /마지막 관리자는 중지할 수 없습니다/);
});

const canComeIn = { role: 'admin', disabled_at: null, awaits_password: 0 };

test('disabling twice is one event, and enabling opens the account again', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('admin');
  await disableUser(ctx, cast.office.id);
  await disableUser(ctx, cast.office.id);
  await enableUser(ctx, cast.office.id);
  const events = await listEvents(ctx, 'user', cast.office.id);
  assert.deepEqual(
    events.map((event) => event.name),
    ['user.enabled', 'user.disabled'],
  );
  assert.equal((await office.as('office')).cookie('moa.sid') !== undefined, true);
});

test('an administrator lists, searches, disables and enables users', async () => {
  await using office = await openOffice();
  const client = await office.as('admin');
  const page = await client.get('/users');
  for (const { name } of Object.values(cast)) assert.ok(page.text.includes(name));
  const found = await client.get(`/users?q=${encodeURIComponent('김하')}`);
  assert.ok(found.text.includes('김하나') && !found.text.includes('박기사조'));
  assert.ok((await client.get('/users?q=%25')).text.includes('조건에 맞는 사용자가 없습니다'));

  const done = await client.post(`/users/${cast.office.id}/disable`);
  assert.equal(done.location, `/users/${cast.office.id}`);
  const after = await client.get('/users?state=disabled');
  assert.match(after.text, /김하나 님의 계정을 중지했습니다\./);
  assert.ok(!after.text.includes('박기사조'));
  await client.post(`/users/${cast.office.id}/enable`);
  assert.ok((await client.get('/users?state=active')).text.includes('김하나'));

  const refused = await client.post(`/users/${cast.admin.id}/disable`);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /자기 계정은 중지할 수 없습니다\./);
  assert.equal((await client.post('/users/999/disable')).status, 404);
});

test('users are the administrator’s alone: others are told so, strangers sign in first', async () => {
  await using office = await openOffice();
  for (const role of ['office', 'delivery'] as const) {
    const client = await office.as(role);
    const answer = await client.get('/users');
    assert.equal(answer.status, 403);
    assert.match(answer.text, /권한이 없습니다/);
    assert.equal((await client.post(`/users/${cast.admin.id}/disable`)).status, 403);
    assert.ok(!(await client.get('/account')).text.includes('href="/users"'), 'no menu item either');
  }
  assert.equal((await office.stranger().get('/users')).location, '/sign-in?next=%2Fusers');
  const script = await office.stranger().get('/users', { accept: 'application/json' });
  assert.equal(script.status, 401);
});

test('a role holds what the modules give it', () => {
  const permission = { code: 'a.view', name: '보기', roles: ['office'] } as const;
  const permissions = permissionsByRole([{ name: 'a', permissions: [permission] }]);
  assert.ok(permissions.office.has('a.view'));
  assert.ok(!permissions.admin.has('a.view'));
});
