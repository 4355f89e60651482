import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Redis } from 'ioredis';
import { type AttemptRule, createAttempts, waitAfter } from '#lib/attempts.ts';
import { listEvents } from '#lib/events.ts';
import { issueLink, unlockUser } from '../../src/accounts/managing.ts';
import { authenticate, ownSession } from '../../src/accounts/signing-in.ts';
import {
  accountFromPlace,
  accountFromStrangers,
  failuresThatLock,
  linksFromPlace,
  place,
  placeOf,
  waitInWords,
} from '../../src/accounts/throttling.rules.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());
beforeEach(async () => {
  await forget('*');
  await office.runtime.db('users').update({ locked_until: null });
});

const rule: AttemptRule = { name: 'test', free: 3, firstWait: 5, longestWait: 60, memory: 600 };

test('the wait begins after the free attempts, doubles, and has an end', () => {
  assert.deepEqual(
    [1, 3, 4, 5, 6, 7, 8, 9, 500].map((count) => waitAfter(rule, count)),
    [0, 0, 5, 10, 20, 40, 60, 60, 60],
  );
  assert.equal(waitAfter(accountFromPlace, 99), 15 * 60);
});

test('an IPv6 network is one place, and an IPv4 address is the same in either spelling', () => {
  assert.equal(placeOf('::ffff:203.0.113.7'), placeOf('203.0.113.7'));
  assert.equal(placeOf('2001:db8:0:1::5'), placeOf('2001:0DB8:0000:0001:aaaa:bbbb:cccc:dddd'));
  assert.notEqual(placeOf('2001:db8:0:1::5'), placeOf('2001:db8:0:2::5'));
});

test('the wait is said as a person would say it', () => {
  const now = new Date(2026, 10, 21, 15, 30, 20);
  assert.equal(waitInWords(4200, now), '5초 뒤에');
  assert.equal(waitInWords(12 * 60_000, now), '12분 뒤(15:43)에');
});

test('of many attempts at one moment no more pass than are free, and then one a wait', async () => {
  const { attempts } = office.runtime.ctxFor(office.ctx().actor);
  const taken = await Promise.all(Array.from({ length: 40 }, () => attempts.take(rule, 'burst')));
  assert.equal(taken.filter(({ wait }) => wait === 0).length, rule.free + 1);
  assert.ok(taken.every(({ wait }) => wait <= rule.firstWait * 1000));

  await forget('test:wait');
  const later = await Promise.all(Array.from({ length: 20 }, () => attempts.take(rule, 'burst')));
  assert.equal(later.filter(({ wait }) => wait === 0).length, 1);
  assert.ok((await attempts.waitFor(rule, 'burst')) > rule.firstWait * 1000, 'the second wait is longer');
  await attempts.forget(rule, 'burst');
  assert.equal(await attempts.waitFor(rule, 'burst'), 0);
});

test('two web processes count together, and a process without Redis goes on counting by itself', async () => {
  const { config } = office;
  const other = office.runtime.redis.duplicate();
  const gone = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false });
  gone.on('error', () => {});
  try {
    await other.ping();
    const [one, two] = [office.runtime.redis, other].map((redis) =>
      createAttempts(redis, config.redisPrefix, config.secret),
    );
    for (const attempts of [one!, two!, one!]) await attempts.take(rule, 'shared');
    await two!.take(rule, 'shared');
    assert.ok((await one!.take(rule, 'shared')).wait > 0);

    const alone = createAttempts(gone, config.redisPrefix, config.secret);
    const taken = await Promise.all(Array.from({ length: 20 }, () => alone.take(rule, 'shared')));
    assert.equal(taken.filter(({ wait }) => wait === 0).length, rule.free + 1);
  } finally {
    other.disconnect();
    gone.disconnect();
  }
});

test('what was typed is not to be found in Redis', async () => {
  await guess({ login: 'geheim-in-the-wrong-field' });
  const keys = await office.runtime.redis.keys(`${office.config.redisPrefix}:attempts:*`);
  assert.ok(keys.length > 0);
  assert.ok(keys.every((key) => !key.includes('geheim')));
});

test('a login that exists and one that does not get the same answers, and wait as long', async () => {
  const answers = [];
  for (const login of [cast.office.login, 'nobody']) {
    const client = office.stranger();
    const said: string[] = [];
    for (let at = 0; at < accountFromPlace.free + 3; at++) {
      const { status, text } = await client.post('/sign-in', { login, password: `아닌 말 ${at}` });
      said.push(
        `${status} ${/role="alert">.*?<span>(.*?)<\/span>/s.exec(text)?.[1]?.replace(/\d+초/, 'N초')}`,
      );
    }
    answers.push(said);
  }
  assert.deepEqual(answers[0], answers[1]);
  const [said] = answers;
  assert.equal(said![0], '409 아이디 또는 비밀번호가 맞지 않습니다.');
  assert.equal(said!.at(-1), '429 비밀번호를 여러 번 틀려 잠시 막았습니다. N초 뒤에 다시 시도해 주세요.');
});

test('while one has to wait even the right password does not open, and afterwards it does and all is forgotten', async () => {
  const client = office.stranger();
  const login = cast.office.login;
  for (let at = 0; at <= accountFromPlace.free; at++) await client.post('/sign-in', { login, password: 'x' });
  assert.equal((await client.post('/sign-in', { login, password: castPassword })).status, 429);
  await forget('*:wait');
  assert.equal((await client.post('/sign-in', { login, password: castPassword })).status, 303);
  const fresh = office.stranger();
  for (let at = 0; at < accountFromPlace.free; at++)
    assert.equal((await fresh.post('/sign-in', { login, password: 'x' })).status, 409);
});

test('one place that tries many accounts has to wait, whatever it tries next', async () => {
  for (let at = 3; at < place.free; at++) await office.ctx().attempts.add(place, '198.51.100.9');
  let refused = 0;
  for (let at = 0; at < 9; at++) {
    const error = await guess({ login: `person${at}`, address: '198.51.100.9' });
    if (error) refused++;
  }
  assert.equal(refused, 5);
  assert.equal(await guess({ login: 'person999', address: '198.51.100.10' }), undefined);
});

test('one place that opens links which lead nowhere has to wait, also with a good one', async () => {
  const stranger = office.stranger();
  for (const door of ['password', 'first-admin'])
    assert.equal((await stranger.get(`/${door}/${'x'.repeat(43)}`)).status, 404);
  const address = placeOf('127.0.0.1');
  for (let at = 2; at < linksFromPlace.free; at++) await office.ctx().attempts.add(linksFromPlace, address);
  assert.equal((await stranger.get('/password/x')).status, 404, 'the last that is free');
  const { path } = await issueLink(office.ctx('admin'), cast.crew.id);
  for (const asked of ['/password/x', path, '/first-admin/x']) {
    const answer = await stranger.get(asked);
    assert.equal(answer.status, 429);
    assert.match(answer.text, /링크를 너무 많이 열어 잠시 막았습니다\. \d+초 뒤에/);
  }
  await forget('*');
  assert.equal((await stranger.get(path)).status, 200);
});

test('guesses from everywhere lock the account for strangers, and not for the browser of its person', async () => {
  const { login, id } = cast.delivery;
  const known = office.stranger();
  assert.equal((await known.post('/sign-in', { login, password: castPassword })).status, 303);
  await known.post('/sign-out');

  await attack(login);
  const [event] = await listEvents(office.ctx(), 'user', id, 1);
  assert.equal(event?.name, 'user.locked');
  assert.equal(event?.actor_id, null);
  const stranger = await guess({ login, address: '192.0.2.200', password: castPassword });
  assert.match(stranger?.message ?? '', /^비밀번호를 여러 번 틀려 잠시 막았습니다\. 60분 뒤\(\d\d:\d\d\)에/);
  assert.equal((await office.stranger().post('/sign-in', { login, password: castPassword })).status, 429);

  assert.equal((await known.post('/sign-in', { login, password: castPassword })).status, 303);
  const locked = await (await office.as('admin')).get('/users?state=locked');
  assert.match(locked.text, /박기사조[\s\S]*잠김/);

  await attack('nobody-at-all');
  const unknown = await guess({ login: 'nobody-at-all', address: '192.0.2.201' });
  assert.equal(unknown?.message.replace(/\(.*\)/, ''), stranger?.message.replace(/\(.*\)/, ''));
});

test('an administrator unlocks at once, and time does it as well; both are kept', async () => {
  const { login, id } = cast.delivery;
  await attack(login);
  const admin = await office.as('admin');
  assert.match((await admin.get(`/users/${id}`)).text, /지금 풀기/);
  assert.equal((await admin.post(`/users/${id}/unlock`)).status, 303);
  assert.equal((await office.stranger().post('/sign-in', { login, password: castPassword })).status, 303);

  await attack(login);
  await forget('*:wait');
  await office.runtime
    .db('users')
    .where({ id })
    .update({ locked_until: new Date(Date.now() - 1000) });
  assert.equal((await office.stranger().post('/sign-in', { login, password: castPassword })).status, 303);
  const names = (await listEvents(office.ctx(), 'user', id, 200))
    .filter(({ name }) => /lock/.test(name))
    .map(({ name, data }) => `${name} ${JSON.parse(data).by ?? ''}`.trim());
  assert.deepEqual(names.slice(0, 4), [
    'user.unlocked time',
    'user.locked',
    'user.unlocked hand',
    'user.locked',
  ]);
});

test('the cookie of a known browser is worth nothing to another account, and changed marks to nobody', async () => {
  const { login } = cast.office;
  const known = office.stranger();
  await known.post('/sign-in', { login, password: castPassword });
  const cookie = known.cookie('moa.browser') as string;
  assert.match(cookie, /^[\w-]{16}\.[\w-]{22}$/);
  await attack(cast.delivery.login);
  for (const planted of [cookie, `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`, '.', 'x.y']) {
    const client = office.stranger();
    client.setCookie('moa.browser', planted);
    const answer = await client.post('/sign-in', { login: cast.delivery.login, password: castPassword });
    assert.equal(answer.status, 429, planted);
  }
  await unlockUser(office.ctx('admin'), cast.delivery.id);
});

test('whoever finds an open screen cannot guess the password there either', async () => {
  const client = await office.as('office');
  const form = {
    current_password: '아님',
    new_password: '감나무 아래 세 사람',
    repeat_password: '감나무 아래 세 사람',
  };
  const statuses = [];
  for (let at = 0; at < 8; at++) statuses.push((await client.post('/account/password', form)).status);
  assert.deepEqual(statuses, [422, 422, 422, 422, 422, 422, 429, 429]);
  assert.equal(
    (await office.stranger().post('/sign-in', { login: cast.office.login, password: castPassword })).status,
    303,
    'it keeps nobody else waiting',
  );
});

test('each failure is kept with its address, also where there is no such account, and never what was typed', async () => {
  await guess({ login: 'my-secret-as-login', password: 'my-secret' });
  const [event] = await listEvents(office.ctx(), 'user', 0, 1);
  assert.equal(event?.name, 'user.sign_in_failed');
  assert.deepEqual(JSON.parse(event!.data), { address: '192.0.2.1', knownBrowser: false });
  assert.doesNotMatch(JSON.stringify(event), /secret/);
});

/** A wrong password from somewhere; what it was refused with when it came too soon. */
async function guess({
  login,
  address = '192.0.2.1',
  password = 'no',
}: {
  login: string;
  address?: string;
  password?: string;
}): Promise<Error | undefined> {
  const from = { ...ownSession(address), browserOf: () => undefined };
  return authenticate(office.ctx(), login, password, from).then(
    () => undefined,
    (error: Error) => error,
  );
}

/** As many guesses as lock an account, each from another address, patiently; most of them are only counted. */
async function attack(login: string): Promise<void> {
  const { attempts, db } = office.ctx();
  const user = await db('users').where({ login }).first('attempt_series');
  const account = `${login} ${user?.attempt_series ?? 0}`;
  for (let at = 3; at < failuresThatLock; at++) await attempts.add(accountFromStrangers, account);
  for (let at = 0; at < 3; at++) {
    await forget('account:wait');
    assert.equal(await guess({ login, address: `203.0.113.${at}` }), undefined, `guess ${at}`);
  }
}

/** Lets waits pass: Redis keeps its own time. */
async function forget(which: string): Promise<void> {
  const { redis } = office.runtime;
  const keys = await redis.keys(`${office.config.redisPrefix}:attempts:${which}:*`);
  if (keys.length > 0) await redis.del(keys);
}
