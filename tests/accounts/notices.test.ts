import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Role } from '#lib/module.ts';
import { issueLink } from '../../src/accounts/managing.ts';
import { linkIdentity, unlinkIdentity } from '../../src/accounts/providers/identities.ts';
import { enrol, remakeRecoveryCodes, resetSecondFactor } from '../../src/accounts/second-factor/enrolling.ts';
import { proveSecondFactor } from '../../src/accounts/second-factor/factors.ts';
import { noticeWords } from '../../src/accounts/security-notices.rules.ts';
import { countUnhandledNotices } from '../../src/accounts/security-notices.ts';
import { failuresThatLock } from '../../src/accounts/throttling.rules.ts';
import { allowAttempt } from '../../src/accounts/throttling.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

const kindsOf = (role: Role): Promise<string[]> =>
  office.runtime.db('security_notices').where({ user_id: cast[role].id }).orderBy('id').pluck('kind');

test('a new password is told to its person with their next sign-in, and not where they set it', async () => {
  const client = await office.as('office');
  const next = '감나무 아래 세 사람';
  const form = { current_password: castPassword, new_password: next, repeat_password: next };
  assert.equal((await client.post('/account/password', form)).status, 303);
  assert.doesNotMatch((await client.get('/account')).text, /보안 알림이 있습니다/);

  const later = office.stranger();
  assert.equal((await later.post('/sign-in', { login: cast.office.login, password: next })).status, 303);
  assert.match((await later.get('/account')).text, /보안 알림이 있습니다/);
  const page = (await later.get('/account/devices')).text;
  assert.match(page, /비밀번호가 바뀌었습니다\.[\s\S]*127\.0\.0\.1[\s\S]*본인이 한 일이 아니면/);
  assert.equal((await later.post('/account/devices/notices-read')).status, 303);
  assert.doesNotMatch((await later.get('/account')).text, /보안 알림이 있습니다/);
  assert.doesNotMatch((await later.get('/account/devices')).text, /본인이 한 일이 아니면/);
});

test('whatever changes the ways into an account is told, and is no work for the administrators', async () => {
  const [ctx, admin] = [office.ctx('crew'), office.ctx('admin')];
  const { id } = cast.crew;
  const secret = new Secret({ size: 20 });
  const codeNow = () => new TOTP({ secret }).generate();
  const enrolment = { secret: secret.bytes, startedAt: new Date() };
  await issueLink(admin, id);
  await enrol(ctx, id, enrolment, codeNow());
  await enrol(ctx, id, enrolment, codeNow());
  const [code] = await remakeRecoveryCodes(ctx, id);
  assert.ok((await proveSecondFactor(ctx, id, { kind: 'recovery', code: code! })).passed);
  for (let at = 0; at < 5; at++) await proveSecondFactor(ctx, id, { kind: 'recovery', code: 'nonsense' });
  await resetSecondFactor(admin, id);
  const identity = { issuer: 'https://kauth.kakao.com', subject: '7' };
  await linkIdentity(ctx, id, identity, '카카오');
  await unlinkIdentity(ctx, id, identity.issuer);
  assert.deepEqual(await kindsOf('crew'), [
    'link_made',
    'second_factor_on',
    'second_factor_replaced',
    'recovery_codes_made',
    'recovery_code_used',
    'codes_refused',
    'second_factor_off',
    'provider_linked',
    'provider_unlinked',
  ]);
  assert.equal(await countUnhandledNotices(admin), 0);
  assert.match(
    (await (await office.as('admin')).get('/users/security-notices')).text,
    /보안 알림이 없습니다/,
  );
});

test('a locked account is told to whoever owns it', async () => {
  const { db } = office.runtime;
  const user = await db('users').where({ id: cast.delivery.id }).first();
  for (let at = 0; at < failuresThatLock; at++) {
    const guesser = { login: user.login, address: `203.0.113.${at}` };
    await (await allowAttempt(office.ctx(), guesser, user)).failed();
    const keys = await office.runtime.redis.keys(`${office.config.redisPrefix}:attempts*:wait*`);
    if (keys.length > 0) await office.runtime.redis.del(keys);
  }
  assert.deepEqual(await kindsOf('delivery'), ['locked']);
});

test('each kind is worded for a person, and one nobody knows yet as well', () => {
  for (const kind of ['token_theft', 'locked', 'of a later release']) {
    const { title, advice } = noticeWords(kind);
    for (const text of [title, advice]) assert.match(text, /^[^a-z]*[가-힣].*\.$/);
  }
});
