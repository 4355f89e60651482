import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { changePassword, disableUser, enableUser } from '#accounts';
import { listEvents } from '#lib/events.ts';
import { type Presented, presentCookie, rememberDevice } from '../../src/accounts/remembering.ts';
import { usualLimits } from '../../src/accounts/session-limits.rules.ts';
import { setSessionLimits } from '../../src/accounts/session-limits.ts';
import type { Client } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

const cookieName = 'moa.remember';
const origin = { userAgent: 'Mozilla/5.0 시험', address: '10.0.0.7' };

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());
beforeEach(() => office.runtime.db('security_notices').delete());

async function remembered(role: 'office' | 'delivery' | 'admin' = 'office'): Promise<Client> {
  const client = office.stranger();
  const { login } = cast[role];
  const answer = await client.post('/sign-in', { login, password: castPassword, remember: 'yes' });
  assert.equal(answer.status, 303);
  assert.ok(client.cookie(cookieName));
  return client;
}

/** What a session's end leaves of a browser, or a browser that was started again. */
function restarted(client: Client): Client {
  const again = office.stranger();
  again.setCookie(cookieName, client.cookie(cookieName) as string);
  return again;
}

async function emptyRedis(): Promise<void> {
  const { redis, config } = office.runtime;
  const keys = await redis.keys(`${config.redisPrefix}:*`);
  if (keys.length > 0) await redis.del(keys);
}

async function sessionOf(client: Client) {
  const { redis, config } = office.runtime;
  const sid = /^s%3A([^.]+)\./.exec(client.cookie('moa.sid') ?? '')?.[1];
  return JSON.parse((await redis.get(`${config.redisPrefix}:session:${sid}`)) ?? '{}');
}

const isIn = async (client: Client) => (await client.get('/account')).status === 200;

/** Turns the clock of all remembered browsers on. */
async function pass(minutes: number): Promise<void> {
  await office.runtime
    .db('remembered_devices')
    .update({ rotated_at: office.runtime.db.raw('rotated_at - INTERVAL ? MINUTE', [minutes]) });
}

test('a remembered browser comes back without a password when Redis was emptied, and its cookie has changed', async () => {
  const client = await remembered();
  const first = client.cookie(cookieName);
  await emptyRedis();

  assert.ok(await isIn(client));
  assert.notEqual(client.cookie(cookieName), first);
  assert.equal(client.cookie(cookieName)?.split('.')[0], first?.split('.')[0]);
  const session = await sessionOf(client);
  assert.equal(session.signedInBy, 'remembered');
  assert.equal(session.confirmedAt, undefined, 'a cookie proves nothing');
  const rows = JSON.stringify(await office.runtime.db('remembered_devices').select());
  for (const part of [...(first ?? '').split('.'), ...(client.cookie(cookieName) ?? '').split('.')])
    assert.ok(!rows.includes(part), 'only hashes are stored');
});

test('who does not ask for it is not remembered, and the session cookie ends with the browser', async () => {
  const client = office.stranger();
  const answer = await client.post('/sign-in', { login: cast.office.login, password: castPassword });
  assert.equal(client.cookie(cookieName), undefined);
  const [sid] = answer.headers.getSetCookie().filter((line) => line.startsWith('moa.sid='));
  assert.match(sid ?? '', /^moa\.sid=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  const kept = office.stranger();
  const { headers } = await kept.post('/sign-in', {
    login: cast.office.login,
    password: castPassword,
    remember: 'yes',
  });
  assert.match(
    headers.get('set-cookie') ?? '',
    /moa\.remember=[0-9a-f]{32}\.[0-9a-f]{64}; Max-Age=1209600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax/,
  );
});

test('six tabs at once come into one session, and the form of each can be sent', async () => {
  const client = await remembered();
  for (let round = 0; round < 8; round++) {
    const tabs = Array.from({ length: 6 }, () => restarted(client));
    const pages = await Promise.all(tabs.map((tab) => tab.get('/account')));
    assert.deepEqual(
      pages.map(({ status }) => status),
      Array(6).fill(200),
    );
    assert.equal(new Set(tabs.map((tab) => tab.cookie('moa.sid'))).size, 1, 'one session');
    const [next, ...others] = new Set(tabs.map((tab) => tab.cookie(cookieName)));
    const given = [next, ...others].filter((cookie) => cookie !== client.cookie(cookieName));
    assert.equal(given.length, 1, 'one new cookie');
    client.setCookie(cookieName, given[0] as string);

    if (round > 1) continue;
    for (const [at, tab] of tabs.entries()) {
      const token = /name="_csrf" value="(\w+)"/.exec(pages[at]!.text)?.[1] as string;
      const sent = await tab.raw('/session/keep', {
        method: 'POST',
        headers: { origin: office.url, 'x-csrf-token': token, accept: 'application/json' },
      });
      assert.equal(sent.status, 200);
    }
  }
  const [row] = await office.runtime.db('remembered_devices').orderBy('id', 'desc').limit(1);
  assert.equal(row.ended_at, null);
});

test('a form left open over the end of a remembered session is sent as if nothing had happened', async () => {
  const client = await remembered();
  const token = /name="_csrf" value="(\w+)"/.exec((await client.get('/account')).text)?.[1] as string;
  await emptyRedis();
  const answer = await client.raw('/session/keep', {
    method: 'POST',
    headers: { origin: office.url, 'x-csrf-token': token },
  });
  assert.equal(answer.status, 200);
});

test('of six at once in the database one wins and the others join, two hundred times', async () => {
  const ctx = office.ctx();
  let { cookie } = await rememberDevice(ctx, cast.store.id, { ...origin, secondFactor: false });
  for (let round = 0; round < 200; round++) {
    const answers = await Promise.all(Array.from({ length: 6 }, () => presentCookie(ctx, cookie, origin)));
    const firsts = answers.filter((answer) => answer.kind === 'first');
    const joined = answers.filter((answer) => answer.kind === 'joined');
    assert.deepEqual([firsts.length, joined.length], [1, 5]);
    cookie = (firsts[0] as Extract<Presented, { kind: 'first' }>).cookie;
  }
});

test('a copied cookie that was used ends everything of its user; they and the administrators are told', async () => {
  const owner = await remembered();
  const elsewhere = await office.as('office');
  const otherDevice = await remembered();
  const thief = restarted(owner);
  assert.ok(await isIn(thief), 'the thief is first');
  await office.runtime.db('remembered_devices').update({ settled_at: new Date() });
  await pass(5);
  const returned = restarted(owner);

  const answer = await returned.get('/account');
  assert.equal(answer.status, 303);
  assert.match((await returned.get(answer.location)).text, /모든 기기에서 로그아웃했습니다/);
  assert.equal(returned.cookie(cookieName), undefined);
  for (const client of [thief, elsewhere, owner]) assert.ok(!(await isIn(client)));
  assert.ok(!(await isIn(restarted(otherDevice))), 'other remembered browsers too');

  const [event] = await listEvents(office.ctx(), 'user', cast.office.id, 1);
  assert.equal(event?.name, 'user.token_theft');
  const back = await office.as('office');
  assert.match((await back.get('/account')).text, /보안 알림이 있습니다/);
  assert.match((await back.get('/account/devices')).text, /로그인 유지 정보가 두 곳에서 쓰였습니다/);
  const beside = await office.as('office');
  await back.post('/account/devices/notices-read');
  assert.doesNotMatch((await back.get('/account')).text, /보안 알림이 있습니다/);
  assert.match((await beside.get('/account')).text, /보안 알림이 있습니다/);
  await beside.get('/account/devices');
  assert.doesNotMatch((await beside.get('/account')).text, /보안 알림이 있습니다/, 'read on another device');

  const admin = await office.as('admin');
  const badge = /href="\/users"[^>]*>(?:(?!<\/a>)[\s\S])*nav-count">1</;
  assert.match((await admin.get('/account')).text, badge);
  const list = await admin.get('/users/security-notices');
  assert.match(list.text, /김하나/);
  const id = /security-notices\/(\d+)\/handle/.exec(list.text)?.[1];
  await admin.post(`/users/security-notices/${id}/handle`);
  assert.doesNotMatch((await admin.get('/account')).text, badge);
});

test('a theft seen by six requests at once is told once', async () => {
  const owner = await remembered('delivery');
  assert.ok(await isIn(restarted(owner)));
  await office.runtime.db('remembered_devices').update({ settled_at: new Date() });
  await pass(5);
  await Promise.all(Array.from({ length: 6 }, () => restarted(owner).get('/account')));
  const told = await office.runtime.db('security_notices').where({ user_id: cast.delivery.id });
  assert.equal(told.length, 1);
});

test('while its owner works on, a thief is noticed within minutes', async () => {
  const owner = await remembered();
  const thief = restarted(owner);
  assert.ok(await isIn(thief));
  await office.runtime.db('remembered_devices').update({ settled_at: new Date() });
  await pass(5);
  const { redis, config } = office.runtime;
  const sid = /^s%3A([^.]+)\./.exec(owner.cookie('moa.sid') as string)?.[1];
  const key = `${config.redisPrefix}:session:${sid}`;
  const session = JSON.parse((await redis.get(key)) as string);
  await redis.set(key, JSON.stringify({ ...session, tokenShownAt: Date.now() - 5 * 60_000 }), 'KEEPTTL');

  assert.ok(!(await isIn(owner)), 'both sign in again');
  assert.ok(!(await isIn(thief)));
  assert.equal((await office.runtime.db('security_notices').select()).length, 1);
});

test('an answer that never arrived costs nothing', async () => {
  const client = await remembered();
  assert.ok(await isIn(restarted(client)), 'its answer is lost');
  await pass(30);
  const again = restarted(client);
  assert.ok(await isIn(again));
  assert.notEqual(again.cookie(cookieName), client.cookie(cookieName));
  assert.equal((await office.runtime.db('security_notices').select()).length, 0);
});

test('who came in by a copy is out when the browser shows its own token, also when that looks like a lost answer', async () => {
  const asItself = { 'x-moa-passive': '1' };
  const owner = await remembered();
  const thief = restarted(owner);
  assert.ok(await isIn(thief));
  await pass(5);
  const { redis, config } = office.runtime;
  const sid = /^s%3A([^.]+)\./.exec(owner.cookie('moa.sid') as string)?.[1];
  const key = `${config.redisPrefix}:session:${sid}`;
  const shown = { ...(await sessionOf(owner)), tokenShownAt: Date.now() - 5 * 60_000 };
  await redis.set(key, JSON.stringify(shown), 'KEEPTTL');
  assert.equal((await thief.get('/account', asItself)).status, 200);

  assert.ok(await isIn(owner));
  assert.equal((await thief.get('/account', asItself)).status, 303);

  const returning = restarted(owner);
  const other = restarted(owner);
  assert.ok(await isIn(other));
  await pass(5);
  assert.ok(await isIn(returning));
  assert.equal((await other.get('/account', asItself)).status, 303);
});

test('the sign-out, a new password and a disabled account forget the browser', async () => {
  const ctx = office.ctx();
  const leaving = await remembered();
  const copy = restarted(leaving);
  await leaving.post('/sign-out');
  assert.equal(leaving.cookie(cookieName), undefined);
  assert.ok(!(await isIn(copy)));

  const [one, other] = [await remembered('delivery'), await remembered('delivery')];
  await changePassword(ctx, cast.delivery.id, '우산을 셋이나 말린 저녁');
  for (const client of [one, other]) assert.ok(!(await isIn(restarted(client))));

  const store = await rememberDevice(ctx, cast.store.id, { ...origin, secondFactor: true });
  await disableUser(ctx, cast.store.id);
  assert.equal((await presentCookie(ctx, store.cookie, origin)).kind, 'ended');
  await enableUser(ctx, cast.store.id);
  assert.equal((await presentCookie(ctx, store.cookie, origin)).kind, 'ended', 'and it stays forgotten');
});

test('after fourteen days unused, and where the role may not, nobody is remembered', async () => {
  const { db } = office.runtime;
  const client = await remembered();
  await db('remembered_devices').update({ expires_at: new Date(Date.now() - 1000) });
  assert.ok(!(await isIn(restarted(client))));

  const admin = await remembered('admin');
  await setSessionLimits(office.ctx(), 'admin', { ...usualLimits, mayBeRemembered: false });
  assert.ok(!(await isIn(restarted(admin))));
  const hopeful = office.stranger();
  await hopeful.post('/sign-in', { login: cast.admin.login, password: castPassword, remember: 'yes' });
  assert.equal(hopeful.cookie(cookieName), undefined);
  assert.match((await hopeful.get('/account')).text, /로그인 상태 유지를 쓸 수 없어/);
  await setSessionLimits(office.ctx(), 'admin', usualLimits);
  assert.ok(await isIn(restarted(admin)));
});

test('a page that asks by itself lets no remembered browser in, and nonsense in the cookie is cleared', async () => {
  const client = restarted(await remembered());
  assert.equal((await client.get('/account', { 'x-moa-passive': '1' })).status, 303);
  assert.ok(await isIn(client));

  for (const nonsense of ['x', `${'0'.repeat(32)}.${'0'.repeat(64)}`, '%00', '1.']) {
    const stranger = office.stranger();
    stranger.setCookie(cookieName, nonsense);
    assert.equal((await stranger.get('/account')).status, 303);
    assert.equal(stranger.cookie(cookieName), undefined);
  }
});
