import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { disableUser } from '#accounts';
import { readConfig } from '#lib/config.ts';
import type { Answer, Client } from '../support/client.ts';
import { cast, type Office, openOffice } from '../support/office.ts';
import { type OidcProvider, openOidcProvider } from '../support/oidc-provider.ts';

let provider: OidcProvider;
let office: Office;
before(async () => {
  provider = await openOidcProvider();
  const { issuer, clientId, clientSecret } = provider;
  const settings = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret };
  office = await openOffice({ settings });
});
after(async () => {
  await office[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

test('somebody links their account while signed in, and comes in by it afterwards', async () => {
  const client = await office.as('office');
  assert.match((await client.get('/account')).text, /카카오 로그인/);
  const linked = await thereAndBack(client, '/account/provider/link', 'kakao-hana');
  assert.equal(linked.location, '/account/provider');
  assert.match((await client.get('/account/provider')).text, /연결됨/);
  const { asked } = provider;
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.ok((asked?.get(name) ?? '').length >= 40, name);
  assert.equal(asked?.get('code_challenge_method'), 'S256');
  assert.equal(asked?.get('scope'), 'openid', 'nothing about the person is asked for');

  const stranger = office.stranger();
  const page = await stranger.get('/sign-in?next=/orders');
  assert.match(page.text, /href="\/sign-in\/provider\?next=%2Forders">카카오로 로그인/);
  assert.match(page.headers.get('content-security-policy')!, /form-action 'self';/);
  const before = stranger.cookie('moa.sid');
  const back = await thereAndBack(stranger, '/sign-in/provider?next=%2Forders', 'kakao-hana');
  assert.equal(back.location, '/orders');
  assert.notEqual(stranger.cookie('moa.sid'), before);
  assert.match((await stranger.get('/account')).text, /김하나/);

  const event = await office.runtime
    .db('events')
    .where({ name: 'user.signed_in' })
    .orderBy('id', 'desc')
    .first();
  assert.equal(JSON.parse(event.data).by, 'provider');
  const asks = await stranger.get('/account/provider/link');
  assert.equal(
    asks.location,
    '/confirm-password?next=%2Faccount%2Fprovider%2Flink',
    'nothing was confirmed to us',
  );
});

test('an identity nobody has linked makes no account and lets nobody in', async () => {
  const client = office.stranger();
  const users = await office.runtime.db('users').count({ n: '*' }).first();
  const back = await thereAndBack(client, '/sign-in/provider', 'kakao-nobody');
  assert.equal(back.location, '/sign-in');
  assert.match((await client.get('/sign-in')).text, /카카오 계정은 모아의 사용자와 연결되어 있지 않습니다/);
  assert.equal((await client.get('/account')).status, 303);
  assert.deepEqual(await office.runtime.db('users').count({ n: '*' }).first(), users);
});

test('one identity is one person’s, and a disabled person stays outside', async () => {
  const [delivery, crew] = [await office.as('delivery'), await office.as('crew')];
  await thereAndBack(delivery, '/account/provider/link', 'kakao-bak');
  const taken = await thereAndBack(crew, '/account/provider/link', 'kakao-bak');
  assert.equal(taken.status, 409);
  assert.match(taken.text, /이미 다른 사용자에게 연결되어 있습니다/);
  const second = await thereAndBack(delivery, '/account/provider/link', 'kakao-bak-2');
  assert.match(second.text, /먼저 연결을 끊어 주세요/);

  await disableUser(office.ctx('admin'), cast.delivery.id);
  const client = office.stranger();
  await thereAndBack(client, '/sign-in/provider', 'kakao-bak');
  assert.match((await client.get('/sign-in')).text, /중지된 계정입니다/);
  assert.equal((await client.get('/account')).status, 303);
});

test('after the provider the second factor is still asked for', async () => {
  const client = await office.as('store');
  await thereAndBack(client, '/account/provider/link', 'kakao-store');
  await office.runtime.db('second_factors').insert({
    user_id: cast.store.id,
    sealed_secret: Buffer.alloc(60),
    last_step: 0,
    enrolled_at: new Date(),
  });
  const stranger = office.stranger();
  const back = await thereAndBack(stranger, '/sign-in/provider', 'kakao-store');
  assert.equal(back.location, '/sign-in/second-factor');
  assert.equal((await stranger.get('/account')).status, 303);
});

test('an answer that is not the one asked for lets nobody in', async () => {
  const linker = await office.as('admin');
  await thereAndBack(linker, '/account/provider/link', 'kakao-admin');
  const refused = async (client: Client, answer: Promise<Answer>) => {
    assert.equal((await answer).location, '/sign-in');
    assert.match((await client.get('/sign-in')).text, /확인을 마치지 못했습니다/);
    assert.equal((await client.get('/account')).status, 303);
  };

  for (const lie of [
    { forged: true },
    { claims: { nonce: 'another' } },
    { claims: { iss: 'https://evil.example' } },
    { claims: { aud: 'somebody-else' } },
    { claims: { exp: 1 } },
  ]) {
    provider.lie = lie;
    const client = office.stranger();
    await refused(client, thereAndBack(client, '/sign-in/provider', 'kakao-admin'));
    provider.lie = {};
  }

  const client = office.stranger();
  const there = await leave(client, '/sign-in/provider', 'kakao-admin');
  const wrongState = there.replace(/state=[^&]+/, 'state=planted');
  await refused(client, client.get(wrongState));
  await refused(client, client.get(there) /* what it was asked for is forgotten by now */);

  const victim = office.stranger();
  await victim.get('/sign-in');
  await refused(victim, victim.get(await leave(office.stranger(), '/sign-in/provider', 'kakao-admin')));
  await refused(victim, victim.get('/sign-in/provider/callback'));

  const turnedBack = office.stranger();
  await refused(turnedBack, thereAndBack(turnedBack, '/sign-in/provider', undefined));
  const honest = office.stranger();
  assert.equal((await thereAndBack(honest, '/sign-in/provider', 'kakao-admin')).location, '/');
});

test('another site cannot send somebody to link or to sign in', async () => {
  const client = await office.as('admin');
  const foreign = { 'sec-fetch-site': 'cross-site' };
  assert.equal((await client.get('/account/provider/link', foreign)).status, 409);
  assert.equal((await office.stranger().get('/sign-in/provider', foreign)).status, 409);
});

test('whoever unlinks comes in by password alone', async () => {
  const client = await office.as('crew');
  await thereAndBack(client, '/account/provider/link', 'kakao-crew');
  assert.equal((await client.post('/account/provider/unlink')).location, '/account/provider');
  assert.equal((await client.post('/account/provider/unlink')).status, 404);
  const back = await thereAndBack(office.stranger(), '/sign-in/provider', 'kakao-crew');
  assert.equal(back.location, '/sign-in');
  const names = await office.runtime
    .db('events')
    .where({ subject_id: cast.crew.id })
    .where('name', 'like', 'user.identity%')
    .pluck('name');
  assert.deepEqual(names, ['user.identity_linked', 'user.identity_unlinked']);
});

test('a provider that does not answer keeps nobody from their password', async () => {
  const { provider: settings } = office.config;
  office.config.provider = { ...settings!, issuer: 'http://127.0.0.1:9' };
  const client = office.stranger();
  const answer = await client.get('/sign-in/provider');
  assert.equal(answer.status, 409);
  assert.match(answer.text, /아이디와 비밀번호로 로그인해 주세요/);
  assert.equal((await (await office.as('admin')).get('/account')).status, 200);

  office.config.provider = undefined;
  assert.equal((await client.get('/sign-in/provider')).status, 404);
  assert.equal((await client.get('/sign-in/provider/callback?code=x&state=y')).status, 404);
  assert.doesNotMatch((await client.get('/sign-in')).text, /카카오/);
  office.config.provider = settings;
});

test('the settings come together, and lead to a safe place', () => {
  const env = { DATABASE_URL: 'mysql://a@b/c', REDIS_URL: 'redis://a', MOA_SECRET: 'x'.repeat(32) };
  const all = { OIDC_ISSUER: 'https://kauth.kakao.com', OIDC_CLIENT_ID: 'id', OIDC_CLIENT_SECRET: 'secret' };
  assert.equal(readConfig(env).provider, undefined);
  assert.deepEqual(readConfig({ ...env, ...all }).provider, {
    issuer: 'https://kauth.kakao.com',
    clientId: 'id',
    clientSecret: 'secret',
    name: '카카오',
  });
  assert.throws(() => readConfig({ ...env, ...all, OIDC_CLIENT_SECRET: '' }), /함께 적어야/);
  for (const OIDC_ISSUER of ['http://kauth.kakao.com', 'kakao', 'ftp://127.0.0.1'])
    assert.throws(() => readConfig({ ...env, ...all, OIDC_ISSUER }), /https/);
});

/** Goes to the provider as this person and returns the address it sends them back to. */
async function leave(client: Client, path: string, person: string | undefined): Promise<string> {
  provider.person = person;
  const out = await client.get(path);
  assert.equal(out.status, 302, `${path}: ${out.status} ${out.location}`);
  const { headers } = await fetch(out.location, { redirect: 'manual' });
  const back = new URL(headers.get('location')!);
  assert.equal(back.origin, new URL(office.url).origin);
  return back.pathname + back.search;
}

async function thereAndBack(client: Client, path: string, person: string | undefined): Promise<Answer> {
  return client.get(await leave(client, path, person));
}
