import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browserName, devicesOf } from '../../src/accounts/devices.rules.ts';
import type { Client } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

/** Signs in by a browser that says what it is. */
async function arrive(login: string, userAgent: string, remember?: 'yes'): Promise<Client> {
  const client = office.stranger();
  const form = { login, password: castPassword, ...(remember && { remember }) };
  assert.equal((await client.post('/sign-in', form, { 'user-agent': userAgent })).status, 303);
  return client;
}

async function sessionOf(client: Client) {
  const { redis, config } = office.runtime;
  const sid = /^s%3A([^.]+)\./.exec(client.cookie('moa.sid') ?? '')?.[1];
  return JSON.parse((await redis.get(`${config.redisPrefix}:session:${sid}`)) ?? '{}');
}

const isIn = async (client: Client) => (await client.get('/account')).status === 200;

const rowsOf = (html: string) =>
  [...html.matchAll(/<tr>\s*<td>[\s\S]*?<\/tr>/g)].map(([row]) =>
    row.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '),
  );

test('browsers are named as people know them', () => {
  assert.equal(browserName(chrome), 'Chrome 142 · Windows');
  assert.equal(browserName(iphone), 'Safari 18 · 아이폰');
  assert.match(browserName(`${chrome} Edg/142.0.0.0`), /^Edge 142 · Windows$/);
  for (const nonsense of ['', 'x', '<script>', 'node'])
    assert.equal(browserName(nonsense), '알 수 없는 브라우저');
});

test('a remembered browser and its sessions are one row, this device stands first', () => {
  const session = { userAgent: chrome, address: '10.0.0.1', startedAt: 1 };
  const devices = devicesOf(
    [
      { ...session, sid: 'a', key: 'ka', seenAt: 50, rememberedId: 7 },
      { ...session, sid: 'b', key: 'kb', seenAt: 90, rememberedId: undefined },
      { ...session, sid: 'c', key: 'kc', seenAt: 10, rememberedId: 99 },
    ],
    [{ id: 7, userAgent: iphone, address: '10.0.0.9', beganAt: 0, usedAt: 20, until: 1000 }],
    'a',
  );
  assert.deepEqual(
    devices.map(({ key, present, open, remembered }) => [key, present, open, remembered]),
    [
      ['r7', true, true, true],
      ['kb', false, true, false],
      ['kc', false, true, false],
    ],
  );
  assert.equal(devices[0]?.seenAt.getTime(), 50);
});

test('a person sees where they are signed in, and ends one of them', async () => {
  const office1 = await arrive('hana', chrome, 'yes');
  const phone = await arrive('hana', iphone);
  await arrive('bak', chrome);

  const rows = rowsOf((await office1.get('/account/devices')).text);
  assert.equal(rows.length, 2, 'nobody else’s');
  assert.match(rows[0]!, /Chrome 142 · Windows 이 기기 127\.0\.0\.1 .*까지/);
  assert.match(rows[1]!, /Safari 18 · 아이폰 로그인됨/);

  const page = await office1.get('/account/devices');
  const key = /devices\/([\w-]+)\/end/.exec(page.text)?.[1];
  assert.equal((await office1.post(`/account/devices/${key}/end`)).location, '/account/devices');
  assert.ok(!(await isIn(phone)));
  assert.ok(await isIn(office1));
  assert.equal((await office1.post(`/account/devices/${key}/end`)).status, 404, 'it has ended already');
});

test('all others end at once, remembered ones too, and this one goes on', async () => {
  const here = await arrive('gangnam', chrome, 'yes');
  const there = await arrive('gangnam', iphone, 'yes');
  const cookie = there.cookie('moa.remember') as string;
  assert.equal((await here.post('/account/devices/end-others')).status, 303);
  assert.ok(await isIn(here));
  assert.ok(!(await isIn(there)));
  const again = office.stranger();
  again.setCookie('moa.remember', cookie);
  assert.ok(!(await isIn(again)));
  assert.equal(rowsOf((await here.get('/account/devices')).text).length, 1);

  const back = office.stranger();
  back.setCookie('moa.remember', here.cookie('moa.remember') as string);
  assert.ok(await isIn(back), 'this browser is still remembered');
});

test('whoever signs all others out goes on in a session that is no younger and proves nothing new', async () => {
  const first = await arrive('bak', chrome, 'yes');
  const client = office.stranger();
  client.setCookie('moa.remember', first.cookie('moa.remember') as string);
  assert.ok(await isIn(client), 'by the cookie alone');
  const before = await sessionOf(client);
  await client.post('/account/devices/end-others');
  const after = await sessionOf(client);
  assert.notEqual(before.deviceKey, after.deviceKey, 'another session');
  assert.equal(after.startedAt, before.startedAt);
  assert.equal(after.confirmedAt, undefined);
});

test('when Redis was emptied remembered browsers are still listed, and can be ended', async () => {
  const remembered = await arrive('choi', iphone, 'yes');
  await arrive('choi', chrome);
  const { redis, config } = office.runtime;
  await redis.del(await redis.keys(`${config.redisPrefix}:*`));

  const admin = await office.as('admin');
  const path = `/users/${cast.crew.id}/devices`;
  const page = await admin.get(path);
  const rows = rowsOf(page.text);
  assert.equal(rows.length, 1, 'what has ended is gone');
  assert.match(rows[0]!, /Safari 18 · 아이폰 쉬는 중/);
  const key = /devices\/(r\d+)\/end/.exec(page.text)?.[1];
  await admin.post(`${path}/${key}/end`);
  assert.match((await admin.get(path)).text, /로그인된 기기가 없습니다/);
  assert.ok(!(await isIn(remembered)));
  const events = await office.runtime
    .db('events')
    .where({ subject_id: cast.crew.id, name: 'user.device_ended' });
  assert.equal(events[0].actor_id, cast.admin.id);
});

test('an administrator ends all of somebody’s devices; others may not look', async () => {
  const person = await arrive('bak', chrome, 'yes');
  const admin = await office.as('admin');
  assert.equal((await admin.post(`/users/${cast.delivery.id}/devices/end-all`)).status, 303);
  assert.ok(!(await isIn(person)));

  const nosy = await office.as('office');
  for (const path of [`/users/${cast.admin.id}/devices`, '/users/security-notices'])
    assert.equal((await nosy.get(path)).status, 403);
  assert.equal((await nosy.post(`/users/${cast.admin.id}/devices/end-all`)).status, 403);
  assert.equal((await admin.get('/users/999/devices')).status, 404);

  const own = (await admin.get('/account/devices')).text;
  const foreign = await arrive('daepyo', iphone);
  const key = /devices\/([\w-]+)\/end"/.exec((await admin.get('/account/devices')).text)?.[1];
  assert.ok(key && !own.includes(key));
  assert.equal((await nosy.post(`/account/devices/${key}/end`)).status, 404, 'not one’s own');
  assert.ok(await isIn(foreign));
});
