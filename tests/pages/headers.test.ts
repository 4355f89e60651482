import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import { signedIn } from '#accounts';
import type { AppModule } from '#lib/module.ts';
import { issueLink } from '../../src/accounts/managing.ts';
import { type RunningWeb, startWeb } from '../../src/main.ts';
import { modules } from '../../src/modules.ts';
import { type Answer, type Client, createClient } from '../support/client.ts';
import { cast, castPassword, type Office } from '../support/office.ts';
import { openBusyOffice } from './busy-office.ts';
import { assetsOf, crawl } from './crawl.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The busy office, and beside it the same behind TLS. */
let office: Office;
let secure: RunningWeb;
let told: Told[];
before(async () => {
  office = await openBusyOffice();
  secure = await startWeb({ ...office.config, cookieSecure: true, trustProxy: '1' }, [...modules, broken]);
  told = await answersOfAllKinds();
});
after(async () => {
  await secure.close();
  await office[Symbol.asyncDispose]();
});

const broken: AppModule = {
  name: 'broken',
  permissions: [],
  routes: [
    {
      path: '/broken',
      router: Router().get('/', signedIn, () => {
        throw new Error('inside');
      }),
    },
  ],
};

/** Signed in where cookies are sent without TLS; the session is the same. */
async function arrive(role: 'admin' | 'office'): Promise<Client> {
  const client = createClient(secure.url);
  client.setCookie('__Host-moa.sid', (await office.as(role)).cookie('moa.sid')!);
  return client;
}

type Told = [what: string, answer: Answer];

/** An answer of every kind. */
async function answersOfAllKinds(): Promise<Told[]> {
  const [admin, clerk, stranger] = [await arrive('admin'), await arrive('office'), createClient(secure.url)];
  const visits = await crawl(admin, 1);
  assert.ok(visits.length > 60, `only ${visits.length} pages`);
  const answers: Told[] = visits.map(({ path, answer }) => [path, answer]);
  const take = async (what: string, status: number, asked: Promise<Answer>) => {
    const answer = await asked;
    assert.equal(answer.status, status, what);
    answers.push([what, answer]);
  };

  await take('the sign-in', 200, stranger.get('/sign-in'));
  await take('a wrong sign-in', 409, stranger.post('/sign-in', { login: 'nobody', password: 'x' }));
  await take('a stranger is led away', 303, stranger.get('/account'));
  await take('a link that is none', 404, stranger.get('/password/x'));
  await take('not found', 404, admin.get('/nowhere'));
  await take('not allowed', 403, clerk.get('/users'));
  await take('a form without its token', 403, clerk.post('/account/password', { _csrf: 'x' }));
  await take('an address that cannot be read', 400, admin.get('/orders/%E0%A4%A'));
  await take('too large', 413, clerk.post('/account/password', { x: 'x'.repeat(1_100_000) }));
  await take('broken', 500, admin.get('/broken'));
  await take('wrong fields', 422, clerk.post('/account/password', {}));

  const json = { accept: 'application/json' };
  await take('JSON', 200, clerk.get('/session', json));
  await take('JSON of an import', 200, clerk.get('/imports/1/state', json));
  await take('JSON for a stranger', 401, stranger.get('/session', json));
  await take('JSON that is not there', 404, clerk.get('/nowhere', json));
  await take('JSON that broke', 500, clerk.get('/broken', json));
  const columns = { columns: ['line_no', 'memo'], reason: '시험 자료입니다' };
  await take('a download', 200, clerk.post('/downloads/new/orders', columns));
  await take('another method', 405, clerk.raw('/orders/1', { method: 'DELETE' }));
  await take('only the head', 200, clerk.raw('/orders', { method: 'HEAD' }));

  await take('alive', 200, stranger.get('/healthz'));
  await take('ready', 200, stranger.get('/readyz'));
  await take('no live channel', 400, stranger.get('/socket.io/?EIO=4&transport=polling'));
  await take('no such file', 404, stranger.get('/assets/1/nothing.js'));
  const pages = visits.filter(({ answer }) => answer.status === 200);
  for (const path of new Set(pages.flatMap(({ answer }) => assetsOf(answer.text))))
    await take(path, 200, (isFile(path) ? stranger : admin).get(path));
  return answers;
}

test('every answer of every kind carries the same policies', () => {
  const policies = new Set(told.map(([, { headers }]) => headers.get('content-security-policy')));
  assert.equal(policies.size, 1, [...policies].join('\n'));
  const [policy] = policies as Set<string>;
  assert.deepEqual(Object.fromEntries(policy!.split(';').map((part) => part.split(/ (.*)/s).slice(0, 2))), {
    'default-src': "'none'",
    'script-src': "'self'",
    'script-src-attr': "'none'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'manifest-src': "'self'",
    'form-action': "'self'",
    'base-uri': "'none'",
    'object-src': "'none'",
    'frame-ancestors': "'none'",
  });
  for (const [what, { headers, bytes }] of told) {
    const said = (name: string) => headers.get(name) ?? '';
    assert.equal(said('strict-transport-security'), 'max-age=31536000; includeSubDomains', what);
    assert.equal(said('x-frame-options'), 'DENY', what);
    assert.equal(said('referrer-policy'), 'same-origin', what);
    assert.equal(said('x-content-type-options'), 'nosniff', what);
    assert.equal(said('cross-origin-opener-policy'), 'same-origin', what);
    assert.equal(said('cross-origin-resource-policy'), 'same-origin', what);
    for (const feature of ['camera', 'microphone', 'geolocation', 'usb', 'payment', 'display-capture'])
      assert.match(said('permissions-policy'), new RegExp(`\\b${feature}=\\(\\)(,|$)`), what);
    for (const name of ['x-powered-by', 'server', 'access-control-allow-origin'])
      assert.equal(headers.get(name), null, `${what}: ${name}`);
    if (bytes.length > 0) {
      assert.ok(said('content-type'), what);
      if (/^text\/(html|css|plain)|javascript/.test(said('content-type')))
        assert.match(said('content-type'), /charset=utf-8/i, what);
    }
  }
});

const isFile = (path: string) => /^\/(assets|vendor)\//.test(path);

test('what holds data is kept by no cache, and files of ours by every one', () => {
  for (const [what, { status, headers }] of told) {
    if (what === 'no live channel') continue; // nothing but a number
    const expected = isFile(what) && status === 200 ? 'public, max-age=31536000, immutable' : 'no-store';
    assert.equal(headers.get('cache-control'), expected, what);
  }
});

test('every cookie is ours alone, unreadable for scripts, bound to TLS and to this host, and short enough', async () => {
  const behind = { 'x-forwarded-proto': 'https', origin: secure.url };
  const client = createClient(secure.url);
  const page = await client.get('/sign-in', behind);
  const _csrf = /name="_csrf" value="(\w+)"/.exec(page.text)![1]!;
  const form = { login: cast.office.login, password: castPassword, remember: 'yes', _csrf };
  const entered = await client.post('/sign-in', form, behind);
  assert.equal(entered.status, 303);
  const inside = await client.get('/account', behind);
  const token = /name="_csrf" value="(\w+)"/.exec(inside.text)![1]!;
  const left = await client.post('/sign-out', { _csrf: token }, behind);
  assert.equal(left.status, 303);

  const lines = [page, entered, left].flatMap(({ headers }) => headers.getSetCookie());
  const names = new Set(lines.map((line) => line.split('=')[0]));
  assert.deepEqual([...names].sort(), ['__Host-moa.browser', '__Host-moa.remember', '__Host-moa.sid']);
  for (const line of lines) {
    assert.ok(line.length < 4096, line);
    for (const demand of [/; HttpOnly/, /; Secure/, /; SameSite=Lax/, /; Path=\/(;|$)/])
      assert.match(line, demand);
    assert.doesNotMatch(line, /domain/i);
    const days = Number(/Max-Age=(\d+)/.exec(line)?.[1] ?? 0) / 86_400;
    if (/moa\.sid=/.test(line)) assert.doesNotMatch(line, /Max-Age|Expires/, 'it ends with the browser');
    if (/moa\.remember=\w/.test(line)) assert.equal(days, 14);
    if (/moa\.browser=/.test(line)) assert.equal(days, 365);
  }
});

test('every page that asks for a sign-in lets one out', () => {
  const paper = /^\/(deliveries\/prints\/\d+|orders\/\d+\/copy)$/; // read on paper; the page behind it has the menu
  const pages = told.filter(
    ([what, { status, text }]) => what.startsWith('/') && status === 200 && /<html/.test(text),
  );
  assert.ok(pages.length > 50, `${pages.length}`);
  const locked = pages.filter(([what, { text }]) => !paper.test(what) && !/action="\/sign-out"/.test(text));
  assert.deepEqual(
    locked.map(([what]) => what),
    [],
  );
});

test('password managers are told which field is which, and nothing keeps anybody from pasting', async () => {
  const { path } = await issueLink(office.ctx('admin'), cast.crew.id);
  const clerk = await office.as('office');
  const pages: [string, Answer, string[]][] = [
    ['sign-in', await office.stranger().get('/sign-in'), ['username', 'current-password']],
    [
      'account',
      await clerk.get('/account'),
      ['username', 'current-password', 'new-password', 'new-password'],
    ],
    ['link', await office.stranger().get(path), ['username', 'new-password', 'new-password']],
    ['asking again', await clerk.get('/confirm-password'), ['username', 'current-password']],
  ];
  for (const [what, { status, text }, fields] of pages) {
    assert.equal(status, 200, what);
    const said = [...text.matchAll(/autocomplete="([\w-]+)"/g)].map(([, name]) => name);
    assert.deepEqual(
      said.filter((name) => /^(username|(current|new)-password)$/.test(name!)),
      fields,
      what,
    );
  }
  const scripts = globSync('public/js/**/*.js', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  assert.ok(scripts.length > 10);
  for (const script of scripts) assert.doesNotMatch(script, /['"]paste['"]|onpaste/);
});

test('the id of a session is 192 random bits, signed', async () => {
  const ids = new Set<string>();
  for (let at = 0; at < 20; at++) {
    const client = office.stranger();
    await client.get('/sign-in');
    const cookie = decodeURIComponent(client.cookie('moa.sid')!);
    const [, id, seal] = /^s:([\w-]+)\.([\w+/]+)$/.exec(cookie)!;
    assert.equal(Buffer.from(id!, 'base64url').length, 24);
    assert.equal(Buffer.from(seal!, 'base64').length, 32);
    ids.add(id!);
  }
  assert.equal(ids.size, 20);
});

test('a colour theme is kept under a name of ours too, and read there alone', async () => {
  const client = createClient(secure.url);
  client.setCookie('__Host-moa.theme', 'dark');
  const { text } = await client.get('/sign-in');
  assert.match(text, /data-bs-theme="dark"/);
  const scripts = assetsOf(text).filter((path) => path.endsWith('/theme.js'));
  assert.ok(scripts.length > 0);
  const behavior = scripts[0]!.replace(/theme\.js$/, 'behaviors/theme.js');
  assert.match((await client.get(behavior)).text, /'__Host-moa\.theme', '; Secure'/);
});
