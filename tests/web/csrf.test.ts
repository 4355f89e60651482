import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Router } from 'express';
import multer from 'multer';
import { signedIn } from '#accounts';
import type { AppModule } from '#lib/module.ts';
import { csrfAfterUpload } from '#lib/web/csrf.ts';
import { accounts } from '../../src/accounts/module.ts';
import { cast, castPassword, openOffice } from '../support/office.ts';

test('a form without the token of its session is refused and says what to do', async () => {
  await using office = await openOffice();
  const client = await office.as('admin');
  for (const token of ['', 'guess']) {
    const answer = await client.post('/users/2/disable', { _csrf: token });
    assert.equal(answer.status, 403);
    assert.match(answer.text, /이전 화면을 새로고침한 뒤 다시 시도해 주세요\./);
  }
  assert.equal((await client.post('/users/2/disable', {})).status, 303);
});

test('a form whose session has ended says that one must sign in again', async () => {
  await using office = await openOffice();
  const answer = await office.stranger().post('/account/password', { _csrf: 'old' });
  assert.equal(answer.status, 403);
  assert.match(answer.text, /다시 로그인한 뒤 시도해 주세요\./);
});

test('of several sign-in pages, and of one left open over night, each can be sent', async () => {
  await using office = await openOffice();
  const login = { login: cast.office.login, password: castPassword };
  const browser = office.stranger();
  const tabs = await Promise.all([1, 2, 3].map(() => office.stranger().get('/sign-in')));
  const tokens = tabs.map(({ text }) => tokenIn(text));
  assert.equal(new Set(tokens).size, 3);
  assert.equal((await browser.post('/sign-in', { ...login, _csrf: tokens[0]! })).status, 303);
  assert.equal((await browser.get('/account')).status, 200);
  assert.equal((await browser.post('/sign-in', { ...login, _csrf: tokens[1]! })).status, 303, 'again');
  assert.equal((await browser.get('/account')).status, 200);

  const stale = { ...login, _csrf: tokens[2]! };
  for (const origin of ['https://evil.example', 'null'])
    assert.equal((await office.stranger().post('/sign-in', stale, { origin })).status, 403, origin);
  const unsaid = await office
    .stranger()
    .raw('/sign-in', { method: 'POST', body: new URLSearchParams(stale) });
  assert.equal(unsaid.status, 403, 'the browser does not say who sends it');
  const forged = `${tokens[2]!.slice(0, -2)}00`;
  assert.equal((await office.stranger().post('/sign-in', { ...login, _csrf: forged })).status, 403);
  const act = await browser.post('/account/devices/end-others', { _csrf: tokens[2]! });
  assert.equal(act.status, 403, 'for whoever has signed in it opens nothing');
});

test('who signs out on a page that is older than the session is out, and nothing is kept', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  const _csrf = tokenIn((await client.get('/account')).text);
  const headers = { referer: `${office.url}/account` };
  await client.post('/sign-in', { login: cast.office.login, password: castPassword });
  assert.equal((await client.post('/sign-out', { _csrf }, headers)).location, '/sign-in');
  assert.equal((await client.get('/account')).status, 303);
  assert.equal((await client.post('/sign-out', { _csrf }, headers)).location, '/sign-in', 'twice is once');
  const forged = { _csrf: 'ab'.repeat(40) };
  assert.equal((await client.post('/sign-out', forged, headers)).status, 403);
});

test('a request another site sends is refused even with the right token', async () => {
  await using office = await openOffice();
  const client = await office.as('admin');
  const elsewhere: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of elsewhere) {
    assert.equal((await client.post('/users/2/disable', {}, headers)).status, 403, JSON.stringify(headers));
  }
  assert.equal((await client.post('/users/2/disable', {}, { 'sec-fetch-site': 'same-origin' })).status, 303);
});

test('a form with files carries the token in a hidden field that is checked after reading', async () => {
  await using office = await openOffice({ modules: [accounts, uploads] });
  const client = await office.as('office');
  const file = { name: '주문.xlsx', content: 'x' };
  assert.equal((await client.upload('/uploads', [file])).text, '1');
  assert.equal((await client.upload('/uploads', [file], { _csrf: 'guess' })).status, 403);
});

test('a form with files from nowhere is not read at all', async () => {
  await using office = await openOffice({ modules: [accounts, uploads] });
  const client = await office.as('office');
  const body = new FormData();
  body.set('files', new Blob(['x']), 'a.xlsx');
  const send = (headers: Record<string, string>) =>
    fetch(`${office.url}/uploads`, {
      method: 'POST',
      body,
      headers: { cookie: `moa.sid=${client.cookie('moa.sid')}`, ...headers },
    });
  assert.equal((await send({})).status, 403);
  assert.equal((await send({ origin: 'https://evil.example' })).status, 403);
});

const tokenIn = (html: string) => /name="_csrf" value="(\w+)"/.exec(html)?.[1] ?? '';

const uploads: AppModule = {
  name: 'uploads',
  permissions: [],
  routes: [
    {
      path: '/uploads',
      router: Router().post('/', signedIn, multer().array('files'), csrfAfterUpload, (req, res) => {
        res.send(String((req.files as unknown[]).length));
      }),
    },
  ],
};
