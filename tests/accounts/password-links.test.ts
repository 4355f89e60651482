import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changePassword, createUser, disableUser, makeFirstAdminLink, permissionsByRole } from '#accounts';
import type { Ctx } from '#lib/ctx.ts';
import { listEvents } from '#lib/events.ts';
import { changeUser, inviteUser, issueLink } from '../../src/accounts/managing.ts';
import { makePasswordLink } from '../../src/accounts/password-links.ts';
import { modules } from '../../src/modules.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
let ctx: Ctx;
before(async () => {
  office = await openOffice();
  ctx = office.ctx('admin');
});
after(() => office[Symbol.asyncDispose]());

const words = [
  '감나무 아래 세 사람',
  '처마 밑 고드름 다섯',
  '젖은 성냥갑과 나침반',
  '돌담 너머 들리는 풍금',
  '새벽 두부 장수의 종',
  '빈 항아리 속 메아리',
  '느티나무 그늘의 장기판',
];
const [first, second] = words as [string, string];
const twice = (password: string) => ({ new_password: password, repeat_password: password });

test('somebody new sets their own password with a link that is shown once and used once', async () => {
  const admin = await office.as('admin');
  const added = await admin.post('/users', { login: 'soyeon', name: '박소연', role: 'office' });
  assert.match(added.location, /^\/users\/\d+\/link$/);
  const path = linkIn((await admin.get(added.location)).text);
  const user = added.location.replace('/link', '');
  assert.equal((await admin.get(added.location)).location, user, 'it is not shown again');
  assert.match((await admin.get(user)).text, /비밀번호 대기/);

  const person = office.stranger();
  assert.equal((await signIn('soyeon', '')).status, 422);
  assert.equal((await signIn('soyeon', first)).status, 409);
  assert.match((await person.get(path)).text, /박소연<\/b> 님이 쓸 비밀번호/);
  const weak = await person.post(path, twice('qwer1234!@#$'));
  assert.equal(weak.status, 422);
  assert.match(weak.text, /id="field-new_password-error">짐작하기 쉬운 비밀번호입니다/);
  const named = await person.post(path, twice('우리 회사 박소연 만세'));
  assert.match(named.text, /이름이 들어 있습니다/);
  assert.equal((await person.post(path, { ...twice(first), repeat_password: '다름' })).status, 422);

  assert.equal((await person.post(path, twice(first))).location, '/sign-in');
  assert.equal((await signIn('soyeon', first)).status, 303);
  const again = await person.post(path, twice(second));
  assert.equal(again.status, 404);
  assert.match(again.text, /쓸 수 없는 링크입니다/);
  assert.equal((await person.get(path)).status, 404);
});

test('a reset ends every session of its person, and the link that came before leads nowhere', async () => {
  const id = await hire('reset1');
  const device = office.stranger();
  await device.post('/sign-in', { login: 'reset1', password: first });
  const old = await issueLink(ctx, id);
  const { path } = await issueLink(ctx, id);
  assert.equal((await device.get('/account')).status, 200, 'until it is used the old password holds');
  assert.equal((await office.stranger().get(old.path)).status, 404);

  await office.stranger().post(path, twice(second));
  assert.equal((await device.get('/account')).status, 303);
  assert.equal((await signIn('reset1', first)).status, 409);
  assert.equal((await signIn('reset1', second)).status, 303);
  const events = await listEvents(ctx, 'user', id);
  const changed = events.find(({ name }) => name === 'user.password_changed');
  assert.deepEqual([changed?.actor_id, JSON.parse(changed!.data)], [id, { by: 'reset' }]);
  assert.equal(
    events.filter(({ name, actor_id }) => name === 'user.link_made' && actor_id === cast.admin.id).length,
    2,
  );
});

test('a reset that closes the account shuts out whoever knows the password until the link is used', async () => {
  const id = await hire('closed1');
  const thief = office.stranger();
  await thief.post('/sign-in', { login: 'closed1', password: first });
  const admin = await office.as('admin');
  const { location } = await admin.post(`/users/${id}/link`, { closing: 'yes' });
  assert.equal((await thief.get('/account')).status, 303);
  assert.equal((await signIn('closed1', first)).status, 409);
  const path = linkIn((await admin.get(location)).text);
  const same = await office.stranger().post(path, twice(first));
  assert.match(same.text, /최근에 쓴 비밀번호 5개는 다시 쓸 수 없습니다/);
  assert.equal((await office.stranger().post(path, twice(second))).location, '/sign-in');
});

test('of ten at once with one link one sets the password', async () => {
  const id = await hire('race1');
  const { path } = await issueLink(ctx, id);
  const answers = await Promise.all(
    words.slice(1).map((password) => office.stranger().post(path, twice(password))),
  );
  const won = answers.flatMap(({ location }, at) => (location === '/sign-in' ? [at] : []));
  assert.equal(won.length, 1, answers.map(({ status }) => status).join());
  assert.equal((await signIn('race1', words[won[0]! + 1]!)).status, 303);
});

test('a link ends with its day, with the account and with a password set another way', async () => {
  const late = await hire('late1');
  const yesterday: Ctx = { ...ctx, now: () => new Date(Date.now() - 24 * 3_600_000 - 1000) };
  const stopped = await hire('late2');
  const changed = await hire('late3');
  const links = [
    await issueLink(yesterday, late),
    await issueLink(ctx, stopped),
    await issueLink(ctx, changed),
  ];
  await disableUser(ctx, stopped);
  await changePassword(ctx, changed, second);
  for (const { path } of links) {
    assert.equal((await office.stranger().get(path)).status, 404);
    assert.equal((await office.stranger().post(path, twice(words[2]!))).status, 404);
  }
  await assert.rejects(issueLink(ctx, stopped), { message: '중지한 계정입니다. 먼저 다시 열어 주세요.' });
});

test('the database holds only what no link can be made of', async () => {
  const id = await hire('hash1');
  const { path } = await issueLink(ctx, id);
  const token = path.split('/').at(-1)!;
  const rows = JSON.stringify(await ctx.db('password_links').where({ user_id: id }));
  const events = JSON.stringify(await listEvents(ctx, 'user', id));
  assert.match(token, /^[\w-]{43}$/);
  assert.ok(!rows.includes(token) && !events.includes(token));
  for (const other of [token.slice(0, -2), `${token}x`, 'x'.repeat(43), '%00', "'"])
    assert.equal((await office.stranger().get(`/password/${other}`)).status, 404, other);
});

test('the present password and the four before it are not taken again, the one before those is', async () => {
  const id = await hire('history1');
  for (const password of words.slice(1, 6)) await changePassword(ctx, id, password);
  for (const password of words.slice(1, 6)) {
    await assert.rejects(changePassword(ctx, id, password), {
      message: /최근에 쓴 비밀번호 5개는/,
      field: 'new_password',
    });
  }
  await changePassword(ctx, id, first);
  assert.equal((await ctx.db('former_passwords').where({ user_id: id })).length, 5);
});

test('somebody who manages users without being an administrator has no power over administrators', async () => {
  const held = permissionsByRole(modules).office;
  const manager = {
    ...ctx,
    actor: { ...ctx.actor, id: cast.office.id, permissions: held },
  };
  const refused = { message: '관리자 계정을 만들거나 바꾸는 일은 관리자만 할 수 있습니다.' };
  const { id } = await inviteUser(manager, { login: 'plain1', name: '평직원', role: 'office' });
  await assert.rejects(inviteUser(manager, { login: 'boss1', name: '가짜', role: 'admin' }), refused);
  await assert.rejects(changeUser(manager, id, { name: '평직원', role: 'admin' }), refused);
  await assert.rejects(issueLink(manager, cast.admin.id), refused);
  await assert.rejects(disableUser(manager, cast.admin.id), refused);
});

test('a user with a demo password from before the rule still comes in', async () => {
  assert.equal((await signIn(cast.office.login, castPassword)).status, 303);
  const id = await hire('weak1');
  const { hashPassword } = await import('../../src/accounts/passwords.ts');
  await ctx
    .db('users')
    .where({ id })
    .update({ password_hash: await hashPassword('12345678') });
  assert.equal((await signIn('weak1', '12345678')).status, 303);
});

test('an empty installation gets its first administrator by one link, which dies with that', async () => {
  await using empty = await openOffice();
  const system = empty.ctx();
  assert.equal(await makeFirstAdminLink(system), undefined, 'there is an administrator');
  await system.db('users').delete();
  assert.match((await empty.stranger().get('/sign-in')).text, /bin\/moa user first-admin/);

  const old = await makeFirstAdminLink(system);
  const { path } = (await makeFirstAdminLink(system))!;
  assert.equal((await empty.stranger().get(old!.path)).status, 404, 'a later start replaces it');
  assert.match((await empty.stranger().get(path)).text, /첫 관리자 만들기/);
  const weak = await empty.stranger().post(path, { login: 'boss', name: '이대표', ...twice('admin1234!!') });
  assert.equal(weak.status, 422);
  const answers = await Promise.all(
    ['boss', 'thief', 'third'].map((login) =>
      empty.stranger().post(path, { login, name: '이대표', ...twice(first) }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404]);
  const [admin, ...others] = await system.db('users').select('login', 'role');
  assert.deepEqual([admin.role, others], ['admin', []]);
  const client = empty.stranger();
  assert.equal((await client.post('/sign-in', { login: admin.login, password: first })).status, 303);
  assert.equal((await client.get('/users')).status, 200);
  assert.equal((await empty.stranger().get(path)).status, 404);
  assert.equal(await makeFirstAdminLink(system), undefined);
});

test('a link of one kind opens no door of the other', async () => {
  const id = await hire('kind1');
  const token = (
    await ctx.db.transaction(async (trx) =>
      makePasswordLink({ ...ctx, db: trx }, await trx('users').where({ id }).first()),
    )
  ).path
    .split('/')
    .at(-1);
  assert.equal((await office.stranger().get(`/first-admin/${token}`)).status, 404);
});

async function hire(login: string): Promise<number> {
  return createUser(ctx, { login, name: '정다운', role: 'office', password: first });
}

function signIn(login: string, password: string) {
  return office.stranger().post('/sign-in', { login, password });
}

function linkIn(html: string): string {
  const [, path] = /id="handed-link">http:\/\/[^/]+(\/password\/[\w-]{43})</.exec(html) ?? [];
  assert.ok(path, 'the page shows a link');
  return path;
}
