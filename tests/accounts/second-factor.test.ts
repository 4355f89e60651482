import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { userCommands } from '#accounts';
import { resetSecondFactor } from '../../src/accounts/second-factor/enrolling.ts';
import type { Answer, Client } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

type Person = 'admin' | 'office' | 'delivery' | 'crew' | 'store';

test('a factor is turned on by password, picture and code, and other sessions end', async () => {
  const elsewhere = await office.as('office');
  const client = await office.as('office');
  const page = '/account/second-factor';
  assert.equal((await client.post(`${page}/begin`, { password: '아님' })).status, 409);
  assert.equal((await client.get(`${page}/enrol`)).location, page, 'nothing to scan without the password');

  assert.equal((await client.post(`${page}/begin`, { password: castPassword })).location, `${page}/enrol`);
  const shown = (await client.get(`${page}/enrol`)).text;
  assert.match(shown, /<svg class="qr-code" role="img"/);
  const key = typedKeyOf(shown);
  assert.deepEqual(
    await client.get(`${page}/enrol`).then(({ text }) => typedKeyOf(text)),
    key,
    'the same after a reload',
  );

  const wrong = await client.post(`${page}/enrol`, { code: '000000' });
  assert.equal(wrong.status, 409);
  assert.match(wrong.text, /코드가 맞지 않습니다/);
  assert.doesNotMatch(wrong.text, /value="000000"/);
  assert.equal(await factorOf('office'), undefined);

  const done = await client.post(`${page}/enrol`, { code: codeNow(key) });
  assert.equal(done.location, `${page}/codes`);
  const codes = codesIn((await client.get(`${page}/codes`)).text);
  assert.equal(codes.length, 10);
  assert.deepEqual(codesIn((await client.get(`${page}/codes`)).text), [], 'they are shown once');
  assert.equal((await elsewhere.get('/account')).status, 303);

  const kept = JSON.stringify([await factorOf('office'), await office.runtime.db('recovery_codes')]);
  assert.ok(!kept.includes(key) && !kept.includes(codes[0]!));
  assert.deepEqual(await eventsOf('office', 'user.second_factor_enabled'), 1);
});

test('after the password the code is asked for, and nobody is in before', async () => {
  const { key } = await enrolled('delivery');
  const client = office.stranger();
  const first = await client.post('/sign-in', { ...loginOf('delivery'), next: '/deliveries?q=1' });
  assert.equal(first.location, '/sign-in/second-factor');
  const halfway = client.cookie('moa.sid');
  assert.match((await client.get('/deliveries')).location, /^\/sign-in\?/);
  assert.match((await client.get('/sign-in/second-factor')).text, /autocomplete="one-time-code"/);

  const empty = await client.post('/sign-in/second-factor', { code: '' });
  assert.equal(empty.status, 422);
  const wrong = await client.post('/sign-in/second-factor', { code: '000000' });
  assert.equal(wrong.status, 409);
  await forgetSteps('delivery');
  const right = await client.post('/sign-in/second-factor', { code: codeNow(key) });
  assert.equal(right.location, '/deliveries?q=1');
  assert.notEqual(client.cookie('moa.sid'), halfway);
  assert.equal((await client.get('/deliveries')).status, 200);

  const thief = office.stranger();
  thief.setCookie('moa.sid', halfway!);
  assert.equal((await thief.get('/account')).status, 303, 'the id of the half-way session is worth nothing');
  const event = await office.runtime
    .db('events')
    .where({ name: 'user.signed_in', subject_id: cast.delivery.id })
    .orderBy('id', 'desc')
    .first();
  assert.equal(JSON.parse(event.data).secondFactor, true);
});

test('a code that was used opens nothing a second time, whoever types it', async () => {
  const { key } = await enrolled('crew');
  const [one, two] = [await halfIn('crew'), await halfIn('crew')];
  const code = codeNow(key);
  await forgetSteps('crew');
  const answers = await Promise.all(
    [one, two].map((client) => client.post('/sign-in/second-factor', { code })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
});

test('a recovery code comes in once, also typed small, and the next sign-in needs another', async () => {
  const { codes } = await enrolled('crew');
  const client = await halfIn('crew');
  assert.match((await client.get('/sign-in/second-factor?recovery')).text, /복구 코드 입력/);
  const typed = { code: codes[3]!.toLowerCase().replaceAll('-', ' '), recovery: '1' };
  assert.equal((await client.post('/sign-in/second-factor', typed)).status, 303);
  const again = await (await halfIn('crew')).post('/sign-in/second-factor', typed);
  assert.equal(again.status, 409);
  assert.match(again.text, /이미 쓴 복구 코드/);
  assert.match((await client.get('/account/second-factor')).text, /<dd>9개/);
});

test('after five wrong codes even the right one has to wait, in every session', async () => {
  const { key } = await enrolled('store');
  const client = await halfIn('store');
  let last: Answer | undefined;
  for (let time = 0; time < 5; time++) last = await client.post('/sign-in/second-factor', { code: '000000' });
  assert.match(last!.text, /1분 뒤에 다시/);
  await forgetSteps('store');
  const other = await halfIn('store');
  const blocked = await other.post('/sign-in/second-factor', { code: codeNow(key) });
  assert.equal(blocked.status, 409);
  assert.match(blocked.text, /잠시 막았습니다/);

  await changeFactor('store', { blocked_until: new Date(Date.now() - 1000) });
  assert.equal((await other.post('/sign-in/second-factor', { code: codeNow(key) })).status, 303);
  assert.equal((await factorOf('store')).failures, 0);
  assert.equal(await eventsOf('store', 'user.second_factor_refused'), 5);
});

test('whoever waits longer than five minutes, or gets a new password meanwhile, begins again', async () => {
  const { key } = await enrolled('store');
  for (const spoil of [
    (session: { pendingSignIn: { at: number } }) => {
      session.pendingSignIn.at -= 5 * 60_000 + 1;
    },
    () => office.runtime.db('users').where({ id: cast.store.id }).increment('session_version', 1),
  ]) {
    const client = await halfIn('store');
    await changeSession(client, spoil);
    await forgetSteps('store');
    const answer = await client.post('/sign-in/second-factor', { code: codeNow(key) });
    assert.equal(answer.location, '/sign-in');
    assert.match((await client.get('/sign-in')).text, /시간이 지났습니다/);
  }
});

test('turning it off asks for the password and a code; new recovery codes too, and they replace the old', async () => {
  const { key, client, codes } = await enrolled('crew');
  const off = '/account/second-factor/off';
  assert.equal((await client.post(off, { password: castPassword })).status, 422);
  assert.equal((await client.post(off, { password: castPassword, code: '000000' })).status, 409);
  await forgetSteps('crew');
  assert.equal((await client.post(off, { password: '아님', code: codeNow(key) })).status, 409);
  assert.ok(await factorOf('crew'));

  const remade = await client.post('/account/second-factor/codes', {
    password: castPassword,
    code: codes[0]!,
  });
  assert.equal(remade.location, '/account/second-factor/codes');
  const fresh = codesIn((await client.get(remade.location)).text);
  assert.equal(fresh.length, 10);
  const stale = await (await halfIn('crew')).post('/sign-in/second-factor', { code: codes[1]! });
  assert.equal(stale.status, 409);

  const gone = await client.post(off, { password: castPassword, code: fresh[0]! });
  assert.equal(gone.location, '/account/second-factor');
  assert.equal((await client.get('/account')).status, 200, 'this browser goes on');
  assert.equal(await factorOf('crew'), undefined);
  assert.equal((await office.runtime.db('recovery_codes').where({ user_id: cast.crew.id })).length, 0);
  assert.equal((await office.stranger().post('/sign-in', loginOf('crew'))).location, '/');
});

test('an administrator takes a lost factor away, and its person is signed out', async () => {
  const { client } = await enrolled('crew');
  await resetSecondFactor(office.ctx('admin'), cast.crew.id);
  assert.equal((await client.get('/account')).status, 303);
  assert.equal((await office.stranger().post('/sign-in', loginOf('crew'))).location, '/');
  const event = await office.runtime.db('events').where({ name: 'user.second_factor_reset' }).first();
  assert.equal(event.actor_id, cast.admin.id);
  await assert.rejects(resetSecondFactor(office.ctx('crew'), cast.crew.id), /내 계정에서/);
  await assert.rejects(resetSecondFactor(office.ctx('office'), cast.admin.id), /관리자만/);
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const byCommand = () => userCommands(office.ctx(), ['reset-second-factor', cast.crew.login], io);
  await assert.rejects(byCommand(), { name: 'NotFound' });
  await enrolled('crew');
  await byCommand();
  assert.equal(await factorOf('crew'), undefined);
});

test('a remembered browser in which a factor is turned on and off stays one remembered browser', async () => {
  const client = office.stranger();
  await client.post('/sign-in', { ...loginOf('admin'), remember: 'yes' });
  await client.post('/account/second-factor/begin', { password: castPassword });
  const key = typedKeyOf((await client.get('/account/second-factor/enrol')).text);
  const remembered = async () => {
    const { session_version } = await office.runtime.db('users').where({ id: cast.admin.id }).first();
    const series = { user_id: cast.admin.id, session_version, ended_at: null };
    return office.runtime.db('remembered_devices').where(series).pluck('second_factor');
  };
  await client.post('/account/second-factor/enrol', { code: codeNow(key) });
  assert.deepEqual(await remembered(), [1]);
  await forgetSteps('admin');
  await client.post('/account/second-factor/off', { password: castPassword, code: codeNow(key) });
  assert.deepEqual(await remembered(), [0]);
});

const loginOf = (person: Person) => ({ login: cast[person].login, password: castPassword });

/** Somebody with a factor of their own, whatever they had before. */
async function enrolled(person: Person): Promise<{ client: Client; key: string; codes: string[] }> {
  await office.runtime.db('second_factors').where({ user_id: cast[person].id }).delete();
  const client = await office.as(person);
  await client.post('/account/second-factor/begin', { password: castPassword });
  const key = typedKeyOf((await client.get('/account/second-factor/enrol')).text);
  const done = await client.post('/account/second-factor/enrol', { code: codeNow(key) });
  assert.equal(done.status, 303);
  return { client, key, codes: codesIn((await client.get('/account/second-factor/codes')).text) };
}

async function halfIn(person: Person): Promise<Client> {
  const client = office.stranger();
  assert.equal((await client.post('/sign-in', loginOf(person))).location, '/sign-in/second-factor');
  return client;
}

async function changeSession(client: Client, change: (session: never) => unknown): Promise<void> {
  const { redis, config } = office.runtime;
  const sid = decodeURIComponent(client.cookie('moa.sid')!).slice(2).split('.')[0];
  const key = `${config.redisPrefix}:session:${sid}`;
  const session = JSON.parse((await redis.get(key))!);
  await change(session as never);
  await redis.set(key, JSON.stringify(session), 'KEEPTTL');
}

const codeNow = (key: string) => TOTP.generate({ secret: Secret.fromBase32(key.replaceAll(' ', '')) });
const typedKeyOf = (html: string) => /id="typed-key">([A-Z2-7 ]+)</.exec(html)![1]!;
const codesIn = (html: string) => [...html.matchAll(/<li><code>([0-9A-Z-]+)</g)].map(([, code]) => code!);

const factorOf = (person: Person) =>
  office.runtime.db('second_factors').where({ user_id: cast[person].id }).first();
const changeFactor = (person: Person, changes: object) =>
  office.runtime.db('second_factors').where({ user_id: cast[person].id }).update(changes);
/** A test has no half minute to wait for the next code. */
const forgetSteps = (person: Person) => changeFactor(person, { last_step: 0 });

async function eventsOf(person: Person, name: string): Promise<number> {
  return (await office.runtime.db('events').where({ name, subject_id: cast[person].id })).length;
}
