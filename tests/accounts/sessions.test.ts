import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import { standing, usualLimits, warningMs } from '../../src/accounts/session-limits.rules.ts';
import { findSessionLimits } from '../../src/accounts/session-limits.ts';
import type { Client } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

function keyOf(client: Client): string {
  const sid = /^s%3A([^.]+)\./.exec(client.cookie('moa.sid') ?? '')?.[1];
  return `${office.config.redisPrefix}:session:${sid}`;
}

async function changeSession(client: Client, change: Record<string, unknown>): Promise<void> {
  const { redis } = office.runtime;
  const data = JSON.parse((await redis.get(keyOf(client))) as string);
  await redis.set(keyOf(client), JSON.stringify({ ...data, ...change }), 'KEEPTTL');
}

const isIn = async (client: Client) => (await client.get('/account')).status === 200;
const minutesLeft = async (client: Client) =>
  Math.round((await office.runtime.redis.pttl(keyOf(client))) / 60_000);

test('a session lasts as long as its role says without a request, and never longer than twelve hours', () => {
  const start = Date.UTC(2026, 10, 9);
  assert.deepEqual(standing(usualLimits, start, start + 1), {
    idleMs: 60 * 60_000,
    endsAt: start + 12 * 3600_000,
    over: false,
  });
  assert.ok(standing(usualLimits, start, start + 12 * 3600_000).over);
  assert.equal(warningMs(usualLimits), 5 * 60_000);
  assert.equal(warningMs({ ...usualLimits, idleMinutes: 8 }), 2 * 60_000);
});

test('what somebody does keeps the session, what a page asks by itself does not', async () => {
  const client = await office.as('office');
  await client.get('/account');
  assert.equal(await minutesLeft(client), 60);
  await office.runtime.redis.pexpire(keyOf(client), 10 * 60_000);

  assert.equal((await client.get('/account', { 'x-moa-passive': '1' })).status, 200);
  const state = JSON.parse((await client.get('/session', { 'x-moa-passive': '1' })).text);
  assert.equal(await minutesLeft(client), 10);
  assert.equal(Math.round(state.leftMs / 60_000), 10);
  assert.equal(state.canGoOn, true);
  assert.equal(state.personId, cast.office.id);

  await client.post('/session/keep');
  assert.equal(await minutesLeft(client), 60);
});

test('the session of a stranger is short, for nobody must be able to fill the store with visits', async () => {
  const visitor = office.stranger();
  await visitor.get('/sign-in');
  assert.equal(await minutesLeft(visitor), 60);
});

test('a role’s limits hold from the next click on, and the longest time ends a session in use', async () => {
  const client = await office.as('delivery');
  const admin = await office.as('admin');
  const limits = { role: 'delivery', idle_minutes: 20, absolute_hours: 3, may_be_remembered: 'yes' };
  assert.equal((await admin.post('/users/session-limits', limits)).status, 303);
  assert.match((await admin.get('/users/session-limits')).text, /배송 역할의 로그인 시간을 저장했습니다\./);
  await client.get('/account');
  assert.equal(await minutesLeft(client), 20);

  await changeSession(client, { startedAt: Date.now() - (3 * 60 - 7) * 60_000 });
  await client.get('/account');
  assert.equal(await minutesLeft(client), 7);
  const state = JSON.parse((await client.get('/session', { 'x-moa-passive': '1' })).text);
  assert.equal(state.canGoOn, false);

  await changeSession(client, { startedAt: Date.now() - 3 * 3600_000 });
  assert.ok(!(await isIn(client)));
  const [event] = await office.runtime.db('events').where({ name: 'session_limits.changed' });
  assert.equal(JSON.parse(event.data).after.idleMinutes, 20);
});

test('limits that make no sense are refused beside their role, and only who manages users sets them', async () => {
  const admin = await office.as('admin');
  for (const [wrong, said] of [
    [{ idle_minutes: 4 }, /5분에서 720분/],
    [{ idle_minutes: 'x' }, /분을 숫자로/],
    [{ absolute_hours: 200 }, /1시간에서 168시간/],
    [{ idle_minutes: 300, absolute_hours: 2 }, /가장 긴 시간보다 길 수 없습니다/],
  ] as const) {
    const form = { role: 'office', idle_minutes: 60, absolute_hours: 12, ...wrong };
    const answer = await admin.post('/users/session-limits', form);
    assert.equal(answer.status, 422);
    assert.match(answer.text, said);
  }
  const nobody = { role: 'pope', idle_minutes: 60, absolute_hours: 12 };
  assert.equal((await admin.post('/users/session-limits', nobody)).status, 404);
  assert.deepEqual(await findSessionLimits(office.ctx(), 'office'), usualLimits);
  assert.equal((await (await office.as('office')).get('/users/session-limits')).status, 403);
});

/** A form as a browser sends it: it says which page it comes from. */
async function sendFrom(client: Client, page: string, action: string, fields: Record<string, string>) {
  return client.raw(action, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: office.url, referer: office.url + page },
  });
}

async function tokenOf(client: Client): Promise<string> {
  return /name="_csrf" value="(\w+)"/.exec((await client.get('/account')).text)?.[1] as string;
}

async function signIn(client: Client, login: string): Promise<void> {
  const answer = await client.post('/sign-in', { login, password: castPassword });
  assert.equal(answer.status, 303);
}

async function keptFor(client: Client, page: string) {
  return JSON.parse((await client.post('/session/kept-form', { page }, { accept: 'application/json' })).text)
    .form;
}

async function sendTooLate() {
  const client = await office.as('office');
  const _csrf = await tokenOf(client);
  await office.runtime.redis.del(keyOf(client));
  const secrets = { current_password: '비밀', code: '123456', username: 'hana', _kept: 'x' };
  const fields = { _csrf, reason: '고객이 전화로 부탁 <b>', ...secrets };
  const answer = await sendFrom(client, '/orders/7?tab=a', '/orders/7/hold', fields);
  return { client, answer };
}

test('what was typed when the session had ended is given back to its author, without secrets, once', async () => {
  const { client, answer } = await sendTooLate();
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/sign-in?next=%2Forders%2F7%3Ftab%3Da');
  await signIn(client, cast.office.login);

  assert.match((await client.get('/account')).text, /data-behavior="[^"]*kept_form/);
  assert.equal(await keptFor(client, '/account'), null, 'another page is not its page');
  assert.deepEqual(await keptFor(client, '/orders/7?tab=a'), {
    action: '/orders/7/hold',
    fields: [['reason', '고객이 전화로 부탁 <b>']],
  });
  assert.equal(await keptFor(client, '/orders/7?tab=a'), null);
});

test('a page shown in answer to a form is come back to by way of the page above it', async () => {
  const admin = await office.as('admin');
  const above = [
    [`/users/${cast.crew.id}/disable`, `/users/${cast.crew.id}`],
    ['/account/password', '/account'],
    ['/orders/hold/ask', '/orders'],
    ['/orders/hold', '/orders'],
    ['/sign-out', '/'],
  ] as const;
  for (const [forms, page] of above) assert.equal((await admin.get(forms)).location, page);
  assert.equal((await admin.get(`/users/${cast.crew.id}/nothing`)).status, 404);
  assert.equal((await admin.get('/users/999/disable')).location, '/users/999');
  for (const page of ['/users', '/users/new', `/users/${cast.crew.id}`, '/sign-in', '/orders'])
    assert.doesNotMatch((await admin.get(page)).location, /^\/(users|orders)/, 'a page is its own');

  const clerk = await office.as('office');
  const _csrf = await tokenOf(clerk);
  await office.runtime.redis.del(keyOf(clerk));
  const late = await sendFrom(clerk, '/orders/hold/ask', '/orders/hold', { _csrf, reason: '전화' });
  assert.equal(late.location, '/sign-in?next=%2Forders');
  await signIn(clerk, cast.office.login);
  assert.deepEqual((await keptFor(clerk, '/orders')).fields, [['reason', '전화']]);
});

test('somebody else who signs in on that browser gets nothing of it, and neither does its author after that', async () => {
  const { client } = await sendTooLate();
  await signIn(client, cast.delivery.login);
  assert.equal(await keptFor(client, '/orders/7?tab=a'), null);
  await client.post('/sign-out');
  await signIn(client, cast.office.login);
  assert.equal(await keptFor(client, '/orders/7?tab=a'), null);

  const kept = await office.runtime.redis.keys(`${office.config.redisPrefix}:kept:*`);
  assert.equal(kept.length, 0);
});

test('what is kept cannot be read in Redis, and is gone after half an hour', async () => {
  await sendTooLate();
  const { redis } = office.runtime;
  const [key] = await redis.keys(`${office.config.redisPrefix}:kept:*`);
  assert.ok(key);
  const text = Buffer.from((await redis.get(key)) as string, 'base64').toString();
  assert.doesNotMatch(text, /고객|reason|hold/);
  assert.ok((await redis.ttl(key)) <= 30 * 60);
  await redis.del(key);
});

test('a form of another person’s page is not kept for whoever is signed in, and a forged one for nobody', async () => {
  const author = await office.as('office');
  const theirs = await tokenOf(author);
  const other = await office.as('delivery');
  const forged = `${'0'.repeat(14)}02${'ab'.repeat(32)}`;
  for (const _csrf of [theirs, forged, 'x']) {
    const answer = await sendFrom(other, '/orders/7', '/orders/7/hold', { _csrf, reason: '비밀' });
    assert.equal(answer.status, 403);
    const stranger = await sendFrom(office.stranger(), '/orders/7', '/orders/7/hold', {
      _csrf: 'x',
      reason: 'a',
    });
    assert.equal(stranger.status, 403);
  }
  assert.equal(await keptFor(other, '/orders/7'), null);
});

test('a socket ends at once with its session, and within seconds when its user may no longer come in', async () => {
  const connect = async (client: Client) => {
    const socket = io(office.url, {
      transports: ['websocket'],
      reconnection: false,
      extraHeaders: { cookie: `moa.sid=${client.cookie('moa.sid')}` },
    });
    await once(socket as never, 'connect');
    return socket;
  };
  const [staying, leaving, barred] = [
    await office.as('office'),
    await office.as('office'),
    await office.as('crew'),
  ];
  await office.runtime.redis.pexpire(keyOf(staying), 10 * 60_000);
  const sockets = await Promise.all([staying, leaving, barred].map(connect));
  const [kept, ended, cut] = sockets;
  const since = performance.now();
  const gone = Promise.all([once(ended as never, 'disconnect'), once(cut as never, 'disconnect')]);
  await leaving.post('/sign-out');
  await office.runtime.db('users').where({ id: cast.crew.id }).update({ disabled_at: new Date() });
  await gone;
  assert.ok(performance.now() - since < 8000);
  assert.equal(kept?.connected, true);
  assert.equal(await minutesLeft(staying), 10, 'a socket keeps no session alive');
  for (const socket of sockets) socket.disconnect();
});

test('behind TLS the cookies are sent there alone, and no other host of the domain can plant them', async () => {
  await using secure = await openOffice({ settings: { COOKIE_SECURE: 'true', TRUST_PROXY: '1' } });
  const client = secure.stranger();
  const behind = { 'x-forwarded-proto': 'https' };
  const page = await client.get('/sign-in', behind);
  const _csrf = /name="_csrf" value="(\w+)"/.exec(page.text)?.[1] as string;
  const form = { login: cast.office.login, password: castPassword, remember: 'yes', _csrf };
  const answer = await client.post('/sign-in', form, { ...behind, origin: secure.url });
  assert.equal(answer.status, 303);
  for (const name of ['sid', 'remember']) {
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith(`__Host-moa.${name}=`));
    assert.match(cookie ?? '', /; Path=\/;.*HttpOnly; Secure; SameSite=Lax$/, name);
  }
  assert.doesNotMatch(answer.headers.getSetCookie().join(), /Domain=/i);
});
