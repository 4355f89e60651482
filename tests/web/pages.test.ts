import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Router } from 'express';
import { NotFound, Refusal } from '#lib/errors.ts';
import type { AppModule } from '#lib/module.ts';
import { Markup, viewTools } from '#lib/views.ts';
import { accounts } from '../../src/accounts/module.ts';
import { openOffice } from '../support/office.ts';

test('every page forbids inline code, framing and caching, and holds none', async () => {
  await using office = await openOffice();
  const admin = await office.as('admin');
  const stranger = office.stranger();
  const answers = [
    await stranger.get('/sign-in'),
    await stranger.get('/nowhere'),
    await admin.get('/account'),
    await admin.get('/users'),
    await admin.post('/users/1/disable'),
  ];
  for (const { headers, text } of answers) {
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe-/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'same-origin');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-powered-by'), null);
    assert.ok(headers.get('x-request-id'));
    assert.doesNotMatch(text, /<script>|<style|\sstyle=|\son\w+=/);
    assert.match(text, /<html lang="ko"/);
  }
});

test('a sane request id is taken over, another one is replaced', async () => {
  await using office = await openOffice();
  const client = office.stranger();
  const given = await client.get('/sign-in', { 'x-request-id': 'proxy-12345678' });
  assert.equal(given.headers.get('x-request-id'), 'proxy-12345678');
  const odd = await client.get('/sign-in', { 'x-request-id': '<script>' });
  assert.notEqual(odd.headers.get('x-request-id'), '<script>');
});

test('the session cookie cannot be read by scripts or sent by other sites', async () => {
  await using office = await openOffice();
  const [cookie = ''] = (await office.stranger().get('/sign-in')).headers.getSetCookie();
  assert.match(cookie, /^moa\.sid=.*; HttpOnly; SameSite=Lax/);
});

test('a stranger who looks at no form begins no session', async () => {
  await using office = await openOffice();
  const client = office.stranger();
  for (const path of ['/', '/nowhere', '/healthz', '/account']) {
    assert.deepEqual((await client.get(path)).headers.getSetCookie(), [], path);
  }
});

test('the first page is the first of the menu, or one’s account', async () => {
  await using office = await openOffice({ modules: [odd, accounts] });
  assert.equal((await office.stranger().get('/')).location, '/sign-in');
  assert.equal((await (await office.as('admin')).get('/')).location, '/odd/list');
  assert.equal((await (await office.as('delivery')).get('/')).location, '/account');
});

test('the menu shows what one may open, with its numbers, and marks where one is', async () => {
  await using office = await openOffice({ modules: [odd, accounts] });
  const page = await (await office.as('admin')).get('/users');
  assert.match(page.text, /<a href="\/odd\/list" class="nav-item-link">/);
  assert.match(page.text, /<span class="nav-count">1,204</);
  assert.match(page.text, /<a href="\/users" class="nav-item-link" aria-current="page">/);
});

test('a refusal is a page of its own, what is not there is 404, and neither is an error in the log', async () => {
  await using office = await openOffice({ modules: [accounts, odd] });
  const client = await office.as('admin');
  const refused = await client.get('/odd/refused');
  assert.equal(refused.status, 409);
  assert.match(refused.text, /이미 출고된 주문입니다\./);
  const missing = await client.get('/odd/missing');
  assert.equal(missing.status, 404);
  assert.match(missing.text, /주문이 없습니다\./);
});

test('an unexpected error shows the request id and nothing of the inside', async () => {
  await using office = await openOffice({ modules: [accounts, odd] });
  const client = await office.as('admin');
  for (const path of ['/odd/broken', '/odd/broken-view']) {
    const answer = await client.get(path, { 'x-request-id': 'request-0001' });
    assert.equal(answer.status, 500);
    assert.match(answer.text, /request-0001/);
    assert.doesNotMatch(answer.text, /secret|\.ts|node_modules|Error/);
  }
  const json = await client.get('/odd/broken', { accept: 'application/json' });
  assert.equal(json.status, 500);
  assert.deepEqual(Object.keys(JSON.parse(json.text)), ['error', 'requestId']);
});

test('too much, and what cannot be read, is refused without an error', async () => {
  await using office = await openOffice();
  const client = await office.as('admin');
  const large = await client.post('/account/password', { current_password: 'x'.repeat(1_100_000) });
  assert.equal(large.status, 413);
  assert.match(large.text, /허용된 크기를 넘었습니다\./);
  assert.equal((await client.post('/users/%E0%A4%A/disable')).status, 400);
  assert.equal(
    (await client.get('/users?page=-1&size=x&sort=;drop&from=2026-02-31&q=%00&state=a&state=b')).status,
    200,
  );
});

test('a chosen theme comes with the page; a broken cookie is no theme', async () => {
  await using office = await openOffice();
  const client = office.stranger();
  const htmlOf = async () => /<html[^>]*>/.exec((await client.get('/sign-in')).text)?.[0];
  assert.equal(await htmlOf(), '<html lang="ko">');
  client.setCookie('moa.theme', 'dark');
  assert.equal(await htmlOf(), '<html lang="ko" data-bs-theme="dark">');
  client.setCookie('moa.theme', '"><script>');
  assert.equal(await htmlOf(), '<html lang="ko">');
});

test('files of ours and of packages are kept by browsers, under an address with their version', async () => {
  await using office = await openOffice();
  const client = office.stranger();
  const { text } = await client.get('/sign-in');
  const addresses = [...text.matchAll(/(?:href|src|content)="(\/(?:assets|vendor)\/[^"]+)"/g)].map(
    (match) => match[1],
  );
  assert.ok(addresses.length > 8);
  for (const address of addresses) {
    const { status, headers } = await client.get(address as string);
    assert.equal(status, 200, address);
    assert.match(headers.get('cache-control') ?? '', /immutable/);
    assert.deepEqual(headers.getSetCookie(), []);
  }
  const old = await client.get('/assets/0123456789ab/css/base.css');
  assert.equal(old.headers.get('cache-control'), 'no-cache');
  assert.equal((await client.get('/vendor/1/bootstrap/../package.json')).status, 404);
  assert.equal((await client.get('/assets/1/..%2f..%2fpackage.json')).status >= 400, true);
});

test('what is printed is escaped, and null prints nothing', async () => {
  await using office = await openOffice({ modules: [accounts, odd] });
  const page = await (await office.as('admin')).get('/odd/flash');
  assert.match(page.text, /&lt;img src=x onerror=alert\(1\)&gt;/);
  assert.doesNotMatch(page.text, /<img src=x/);
});

test('attributes are quoted and escaped; false and undefined are left out', () => {
  const { html } = viewTools.attributes({
    id: 'a',
    required: true,
    min: 0,
    title: '"<',
    hidden: false,
    name: undefined,
  });
  assert.equal(html, 'id="a" required min="0" title="&quot;&lt;"');
});

test('an icon is an inline picture that screen readers skip', () => {
  assert.ok(viewTools.icon('truck') instanceof Markup);
  assert.match(viewTools.icon('truck').html, /^<svg [^>]*class="icon" aria-hidden="true"/);
});

const odd: AppModule = {
  name: 'odd',
  permissions: [{ code: 'odd.view', name: '보기', roles: ['admin'] }],
  menu: [
    { label: '이상', href: '/odd/list', icon: 'truck', permission: 'odd.view', badge: async () => 1204 },
  ],
  routes: [
    {
      path: '/odd',
      router: Router()
        .get('/refused', () => {
          throw new Refusal('이미 출고된 주문입니다.');
        })
        .get('/missing', async () => {
          throw new NotFound('주문이 없습니다.');
        })
        .get('/broken', async () => {
          throw new Error('secret');
        })
        .get('/broken-view', (_req, res) => res.render('accounts/users', { users: null }))
        .get('/flash', (req, res) => {
          req.flash('info', '<img src=x onerror=alert(1)>');
          res.render('accounts/show', {
            form: { values: {}, errors: {}, message: null },
            roleNames: { admin: null },
          });
        }),
    },
  ],
};
