import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createVault } from '#lib/secrets.ts';
import { isConfirmed, keepForm, openKeptForm } from '../../src/accounts/confirming.ts';
import type { Client, FormValues } from '../support/client.ts';
import { castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

const page = '/users/sign-in-rules';
const minutes = 60_000;

test('a proof holds for a quarter of an hour, and a session that was only remembered has none', () => {
  const now = new Date('2026-11-21T09:00:00+09:00');
  const ago = (ms: number) => now.getTime() - ms;
  assert.equal(isConfirmed(ago(14 * minutes), now, 15), true);
  assert.equal(isConfirmed(ago(15 * minutes), now, 15), false);
  assert.equal(isConfirmed(undefined, now, 15), false);
});

test('a page that needs a proof is opened after the password, and not by a wrong one', async () => {
  const client = await stale(await office.as('admin'));
  const asked = await client.get('/imports/1/original?x=1');
  assert.equal(asked.location, '/confirm-password?next=%2Fimports%2F1%2Foriginal%3Fx%3D1');
  const next = '/imports/1/original?x=1';
  assert.match((await client.get(asked.location)).text, /비밀번호를 다시 확인합니다/);

  const wrong = await client.post('/confirm-password', { password: '아님', next });
  assert.equal(wrong.status, 409);
  assert.match(wrong.text, /name="next" value="\/imports\/1\/original\?x=1"/);
  assert.equal((await client.post('/confirm-password', { password: '', next })).status, 422);
  assert.equal((await client.get(next)).status, 303);
  const thief = office.stranger();
  thief.setCookie('moa.sid', client.cookie('moa.sid')!);
  assert.equal((await thief.get('/account')).status, 200);
  const elsewhere = await client.post('/confirm-password', {
    password: castPassword,
    next: '//evil.example',
  });
  assert.equal(elsewhere.location, '/');
  await until(async () => (await thief.get('/account')).status === 303, 'whoever knew the session is out');
  assert.equal((await client.get(next)).status, 404, 'asked no more: there is no such import');
});

test('a form is kept unreadable, and done with the button that sends the password', async () => {
  const client = await stale(await office.as('admin'));
  const typed = { ...someRules, office: '127.0.0.1 # 아무도 읽지 못할 메모' };
  const asked = await client.post(page, typed);
  assert.equal(asked.status, 200);
  assert.match(asked.text, /입력한 내용은 그대로 두었습니다/);
  assert.doesNotMatch(asked.text, /읽지 못할/);
  const kept = keptIn(asked.text);
  assert.equal(Buffer.from(kept, 'base64url').includes('읽지'), false);
  assert.equal(await savedOffice(), undefined);

  const wrong = await client.post(page, { _kept: kept, password: '아님' });
  assert.equal(wrong.status, 409);
  assert.equal(keptIn(wrong.text), kept);
  assert.equal(await savedOffice(), undefined);

  const other = await stale(await office.as('admin'));
  const done = await client.post(page, { _kept: kept, password: castPassword });
  assert.equal(done.location, page);
  assert.equal((await savedOffice()).addresses, typed.office);
  assert.equal((await client.post(page, { ...typed, office: '127.0.0.2' })).status, 303, 'not asked again');
  assert.equal((await other.get('/imports/1/original')).status, 303, 'another session proves for itself');
});

test('a kept form is worth nothing for another act, another person, or after half an hour', () => {
  let at = new Date('2026-11-21T09:00:00+09:00').getTime();
  const vault = createVault('s'.repeat(32));
  const ctx = { vault, now: () => new Date(at) } as Parameters<typeof keepForm>[0];
  const whose = { userId: 1, method: 'POST', path: '/users/2/disable' };
  const sealed = keepForm(ctx, { ...whose, body: { a: '가', b: ['1', '2'] } });
  assert.deepEqual(openKeptForm(ctx, sealed, whose), { a: '가', b: ['1', '2'] });
  for (const other of [{ userId: 2 }, { path: '/users/3/disable' }, { method: 'PUT' }])
    assert.equal(openKeptForm(ctx, sealed, { ...whose, ...other }), undefined);
  for (const garbage of ['', 'x', `${sealed.slice(0, -4)}AAAA`])
    assert.equal(openKeptForm(ctx, garbage, whose), undefined);
  at += 30 * minutes;
  assert.equal(openKeptForm(ctx, sealed, whose), undefined);
});

test('a kept form that is not ours is refused with a sentence, also from a session that is proven', async () => {
  for (const client of [await office.as('admin'), await stale(await office.as('admin'))]) {
    const answer = await client.post(page, { _kept: 'planted', password: castPassword });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /이전 화면에서 다시/);
  }
});

test('a script is told with a status, and what needs no right gets no question', async () => {
  const client = await stale(await office.as('admin'));
  const answer = await client.post(page, someRules, { accept: 'application/json' });
  assert.equal(answer.status, 403);
  assert.match(JSON.parse(answer.text).error, /비밀번호를 다시/);
  const delivery = await stale(await office.as('delivery'));
  assert.equal((await delivery.post(page, someRules)).status, 403, 'no right, no question');
  assert.match((await delivery.post(page, someRules)).text, /권한이 없습니다/);
});

test('files with personal data ask once in a day’s work, others never', async () => {
  const client = await office.as('admin');
  const file = (columns: string[]) =>
    client.post('/downloads/new/users', { columns, reason: '시험 자료입니다' });
  await proven(client, 11 * 60 * minutes);
  assert.equal((await file(['role', 'name'])).status, 200);
  await proven(client, 12 * 60 * minutes);
  assert.match((await file(['role'])).headers.get('content-disposition') ?? '', /attachment/);
  const asked = await file(['role', 'name']);
  assert.match(asked.text, /비밀번호를 다시 확인합니다/);
  const kept = { _kept: keptIn(asked.text), password: castPassword };
  const done = await client.post('/downloads/new/users', kept);
  assert.match(done.headers.get('content-disposition') ?? '', /attachment/);
});

const someRules: FormValues = Object.fromEntries([
  ['office', ''],
  ...['admin', 'office', 'delivery', 'crew', 'store'].flatMap((role) => [
    [`second_factor_${role}`, 'optional'],
    [`places_${role}`, 'anywhere'],
    [`addresses_${role}`, ''],
  ]),
]);

async function until(come: () => Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; !(await come()); waited++) {
    assert.ok(waited < 100, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const keptIn = (html: string) => /name="_kept" value="([\w-]+)"/.exec(html)![1]!;
const savedOffice = () => office.runtime.db('address_lists').where({ name: 'office' }).first();
const stale = (client: Client) => proven(client, 15 * minutes);

/** As if the password had been typed so long ago. */
async function proven(client: Client, ms: number): Promise<Client> {
  const { redis, config } = office.runtime;
  const sid = decodeURIComponent(client.cookie('moa.sid')!).slice(2).split('.')[0];
  const key = `${config.redisPrefix}:session:${sid}`;
  const session = JSON.parse((await redis.get(key))!);
  await redis.set(key, JSON.stringify({ ...session, confirmedAt: Date.now() - ms }), 'KEEPTTL');
  return client;
}
