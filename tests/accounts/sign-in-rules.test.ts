import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { io } from 'socket.io-client';
import { userCommands } from '#accounts';
import { findSignInRules, saveSignInRules } from '../../src/accounts/sign-in-rules/rules.ts';
import type { Client, FormValues } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

/** Requests of the test itself come from 127.0.0.1, which is the office; a proxy tells of others. */
let office: Office;
before(async () => {
  office = await openOffice({ settings: { TRUST_PROXY: '1' } });
});
after(() => office[Symbol.asyncDispose]());

const elsewhere = { 'x-forwarded-for': '203.0.113.9' };
const page = '/users/sign-in-rules';

test('a role kept to the office is refused elsewhere, at the sign-in and in the middle of the day', async () => {
  const client = await office.as('delivery');
  await save({ office: '127.0.0.0/8 # 본사', places_delivery: 'office' });

  const refused = await client.get('/deliveries', elsewhere);
  assert.equal(refused.status, 403);
  assert.match(refused.text, /이 주소에서는 쓸 수 없습니다/);
  assert.match(refused.text, /203\.0\.113\.9/);
  await client.get('/deliveries', elsewhere);
  assert.equal((await client.post('/deliveries/dispatch', { ids: [1] }, elsewhere)).status, 403);
  const data = await client.get('/deliveries', { ...elsewhere, accept: 'application/json' });
  assert.equal(data.status, 403);
  assert.match(JSON.parse(data.text).error, /쓸 수 없습니다/);
  assert.equal((await client.get('/deliveries')).status, 200, 'back in the office');

  const stranger = office.stranger();
  const login = { login: cast.delivery.login, password: castPassword };
  const turnedAway = await stranger.post('/sign-in', login, elsewhere);
  assert.equal(turnedAway.status, 403);
  assert.match(turnedAway.text, /203\.0\.113\.9/);
  assert.equal((await stranger.get('/account')).status, 303);
  const wrong = await stranger.post('/sign-in', { ...login, password: '아님' }, elsewhere);
  assert.equal(wrong.status, 409, 'who does not know the password is told nothing of the place');

  const events = await office.runtime.db('events').where({ name: 'user.place_refused' }).orderBy('id');
  assert.deepEqual(
    events.map(({ subject_id, data }) => [subject_id, JSON.parse(data)]),
    [
      [cast.delivery.id, { address: '203.0.113.9', at: 'request' }],
      [cast.delivery.id, { address: '203.0.113.9', at: 'sign-in' }],
    ],
    'a page that asks again and again is recorded once',
  );
});

test('a socket is refused where its page is', async () => {
  const client = await office.as('delivery');
  await save({ office: '127.0.0.0/8', places_delivery: 'office' });
  const connect = (headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const socket = io(office.url, {
        transports: ['websocket'],
        extraHeaders: { cookie: `moa.sid=${client.cookie('moa.sid')}`, ...headers },
        reconnection: false,
      });
      const settle = (how: string) => {
        socket.close();
        resolve(how);
      };
      socket.on('connect', () => settle('connected'));
      socket.on('connect_error', ({ message }) => settle(message));
    });
  assert.equal(await connect({}), 'connected');
  assert.equal(await connect(elsewhere), 'sign-in needed');
});

test('a socket that was open ends when a rule keeps its person out', async () => {
  await save({ office: '127.0.0.0/8', places_delivery: 'anywhere' });
  const client = await office.as('delivery');
  const socket = io(office.url, {
    transports: ['websocket'],
    extraHeaders: { cookie: `moa.sid=${client.cookie('moa.sid')}`, ...elsewhere },
    reconnection: false,
  });
  await once(socket as never, 'connect');
  const ended = once(socket as never, 'disconnect');
  await save({ office: '127.0.0.0/8', places_delivery: 'office' });
  await ended;
});

test('a list of one role lets in whom it names, and others go on as before', async () => {
  const [store, other] = [await office.as('store'), await office.as('office')];
  await save({ places_store: 'listed', addresses_store: '203.0.113.0/28\n2001:db8::/32' });
  assert.equal((await store.get('/account')).status, 403);
  assert.equal((await store.get('/account', elsewhere)).status, 200);
  assert.equal((await store.get('/account', { 'x-forwarded-for': '2001:db8::7' })).status, 200);
  assert.equal((await other.get('/account', { 'x-forwarded-for': '198.51.100.1' })).status, 200);
});

test('nobody saves a list that shuts themselves out, or one that lets nobody in', async () => {
  const admin = await office.as('admin');
  const before = (await admin.get(page)).text;
  const attempts: [FormValues, RegExp][] = [
    [
      { places_admin: 'listed', addresses_admin: '10.0.0.0/8' },
      /지금 쓰는 주소 127\.0\.0\.1이\(가\) 목록에 없습니다/,
    ],
    [{ office: '10.0.0.0/8', places_admin: 'office' }, /목록에 없습니다/],
    [{ places_office: 'listed' }, /사무: 들어올 수 있는 주소를 적어 주세요/],
    [{ office: '', places_office: 'office' }, /회사 주소를 먼저 적어 주세요/],
    [{ office: '', second_factor_office: 'outside' }, /회사 주소를 먼저 적어 주세요/],
    [{ office: '127.0.0.1\n어딘가' }, /회사 주소, 2번째 줄/],
  ];
  for (const [values, sentence] of attempts) {
    const answer = await admin.post(page, { ...unruled, ...values });
    assert.equal(answer.status, 409, JSON.stringify(values));
    assert.match(answer.text, sentence);
    for (const typed of Object.values(values))
      assert.ok(answer.text.includes(String(typed)), 'what was typed stays');
  }
  assert.equal((await admin.post(page, { ...unruled, places_office: 'mars' })).status, 422);
  assert.equal(bare((await admin.get(page)).text), bare(before));

  await save({ places_admin: 'listed', addresses_admin: '127.0.0.1' });
  assert.equal((await admin.get(page)).status, 200);
  assert.equal((await admin.get(page, elsewhere)).status, 403);
  assert.equal(
    (await (await office.as('office')).get(page)).status,
    403,
    'only administrators see the rules',
  );
});

test('what administrators keep to, only administrators change', async () => {
  const { office: addresses, rules } = await findSignInRules(office.ctx());
  const saver = { role: 'office', address: '127.0.0.1' };
  const change = (role: string) => ({
    office: addresses,
    rules: rules.map((rule) => (rule.role === role ? { ...rule, second_factor: 'always' as const } : rule)),
  });
  await assert.rejects(saveSignInRules(office.ctx('office'), change('admin'), saver), /관리자만/);
  await saveSignInRules(office.ctx('office'), change('delivery'), saver);
});

test('a role that must have a second factor enrols before anything else opens', async () => {
  const client = await office.as('crew');
  await save({ second_factor_crew: 'always' });
  const enrol = '/account/second-factor';
  assert.equal((await client.get('/account')).location, `${enrol}?next=%2Faccount`);
  const data = await client.get('/account', { accept: 'application/json' });
  assert.equal(data.status, 403);
  const shown = await client.get(`${enrol}?next=/account`);
  assert.match(shown.text, /이 역할은 2단계 인증이 있어야 합니다/);
  const token = { _csrf: /name="_csrf" value="(\w+)"/.exec(shown.text)![1]!, next: '/account' };
  assert.equal((await client.post('/account/password', token)).location, `${enrol}?next=%2F`);
  const typed = { ...token, reason: '전화' };
  const held = await client.post('/orders/7/hold', typed, { referer: `${office.url}/orders/7` });
  assert.equal(held.location, `${enrol}?next=%2Forders%2F7`);

  await client.post(`${enrol}/begin`, { ...token, password: castPassword });
  const key = /id="typed-key">([A-Z2-7 ]+)</.exec((await client.get(`${enrol}/enrol`)).text)![1]!;
  const code = TOTP.generate({ secret: Secret.fromBase32(key.replaceAll(' ', '')) });
  const done = await client.post(`${enrol}/enrol`, { ...token, code });
  assert.equal(done.location, `${enrol}/codes?next=%2Faccount`);
  assert.match((await client.get(done.location)).text, /href="\/account">적어 두었습니다/);
  assert.equal((await client.get('/account')).status, 200);
  const kept = {
    page: '/orders/7',
    _csrf: /name="_csrf" value="(\w+)"/.exec((await client.get('/account')).text)![1]!,
  };
  const given = await client.post('/session/kept-form', kept, { accept: 'application/json' });
  assert.deepEqual(JSON.parse(given.text).form.fields, [
    ['next', '/account'],
    ['reason', '전화'],
  ]);

  const off = await client.post(`${enrol}/off`, { password: castPassword, code: await nextCode(key) });
  assert.equal(off.status, 409);
  assert.match(off.text, /이 역할은 2단계 인증을 끌 수 없습니다/);
});

test('a role that must have one outside is asked there, in a session that was begun in the office too', async () => {
  const client = await office.as('store');
  await save({ office: '127.0.0.1', second_factor_store: 'outside' });
  assert.equal((await client.get('/account')).status, 200);
  assert.equal((await client.get('/account', elsewhere)).location, '/account/second-factor?next=%2Faccount');
  assert.equal((await client.get('/account')).status, 200);

  await office.runtime.db('second_factors').insert({
    user_id: cast.store.id,
    sealed_secret: Buffer.alloc(60),
    last_step: 0,
    enrolled_at: new Date(),
  });
  const asked = await client.get('/account', elsewhere);
  assert.equal(asked.location, '/sign-in/second-factor?next=%2Faccount');
  assert.match((await client.get(asked.location, elsewhere)).text, /인증 코드 입력/);
  assert.equal((await client.get('/account')).status, 303, 'the session without a code is over');
});

test('whoever was shut out by a changed address is let in again from the server', async () => {
  await save({ office: '127.0.0.1', places_office: 'office' });
  const client = await office.as('office');
  assert.equal((await client.get('/account', elsewhere)).status, 403);
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  await userCommands(office.ctx(), ['open-places'], io);
  assert.deepEqual(JSON.parse(String(io.stdout.read())), { opened: 1 });
  assert.equal((await client.get('/account', elsewhere)).status, 200);
  const event = await office.runtime.db('events').where({ name: 'sign_in_rules.opened' }).first();
  assert.equal(event.actor_id, null);
});

const unruled: FormValues = Object.fromEntries([
  ['office', ''],
  ...Object.keys(cast).flatMap((role) => [
    [`second_factor_${role}`, 'optional'],
    [`places_${role}`, 'anywhere'],
    [`addresses_${role}`, ''],
  ]),
]);

let saver: Promise<Client> | undefined;

/** Saves these rules and no others. */
async function save(values: FormValues): Promise<void> {
  saver ??= office.as('admin');
  const answer = await (await saver).post(page, { ...unruled, ...values });
  assert.equal(answer.location, page, answer.text.match(/role="alert".*/s)?.[0].slice(0, 300));
}

async function nextCode(key: string): Promise<string> {
  await office.runtime.db('second_factors').where({ user_id: cast.crew.id }).update({ last_step: 0 });
  return TOTP.generate({ secret: Secret.fromBase32(key.replaceAll(' ', '')) });
}

const bare = (html: string) => html.replace(/value="[0-9a-f]{64}"/g, '');
