import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type ListedRoute, listRoutes } from '#lib/web/route-table.ts';
import { createApp } from '../../src/app.ts';
import { modules } from '../../src/modules.ts';
import type { Office } from '../support/office.ts';
import { openBusyOffice } from './busy-office.ts';
import { crawl, formsOf, type Visit } from './crawl.ts';
import { Findings } from './findings.ts';
import { anyValue, mark, nastyPairs, nastyValues } from './nasty.ts';
import { createRawSender, latin, multipart, type Part, type RawSender } from './raw-sender.ts';

/** FUZZ_SEED repeats the values of a run that failed. */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = fc.sample(anyValue, { seed, numRuns: 400 });

let office: Office;
let routes: ListedRoute[];
let visits: Visit[];
let raw: RawSender;
before(async () => {
  office = await openBusyOffice();
  raw = createRawSender(office.url);
  routes = listRoutes(createApp(office.runtime, modules).app);
  visits = await crawl(await office.as('admin'), 1);
});
after(() => office[Symbol.asyncDispose]());

const gets = () => routes.filter(({ method }) => method === 'GET');
const posts = () => routes.filter(({ method, path }) => method === 'POST' && path !== '/sign-out');
const named = ({ method, path }: ListedRoute) => `${method} ${path}`;

test('whatever stands in an address, it is answered, and gives nothing away', async () => {
  const client = await office.as('admin');
  const found = new Findings(seed);
  const values = turn([...nastyValues.filter((value) => value.length < 5000), ...random.slice(0, 60)]);
  for (const route of gets()) {
    const asked = [
      ...(route.path.includes(':') ? times(3, () => fill(route, values)) : []),
      ...times(2, () => `${realAddress(route)}?${pairsOf(nastyFields(queryNames, values)).slice(0, 12_000)}`),
      `${realAddress(route)}?${rawPairs()}`,
    ];
    await Promise.all(asked.map((path) => found.judge(`GET ${path}`, () => raw.send(path, { client }))));
  }
  found.none();
});

test('whatever a form holds, it is answered, and gives nothing away', async () => {
  const found = new Findings(seed);
  const fields = fieldsByRoute();
  const values = turn([...nastyValues, ...random.slice(60, 200)]);
  let client = await office.as('admin');
  for (const route of posts()) {
    if (endsSessions.test(route.path)) client = await office.as('admin');
    const filled = fields.get(named(route)) ?? nastyFields([...queryNames, ...commonFields], () => '1');
    const names = [...new Set(filled.map(([name]) => name))];
    const nasty = () => pairsOf(nastyFields(names, values));
    const bodies = [
      nasty(),
      ...times(2, (half) =>
        pairsOf(filled.map(([name, value], at) => [name, at % 2 === half ? values() : value])),
      ),
      `${nasty()}&${nasty()}`, // every field twice
      rawPairs(),
    ];
    for (const body of bodies) {
      const path = route.path.includes(':') && chance(values) ? fill(route, values) : realAddress(route);
      await found.judge(`POST ${path} ${body.slice(0, 3000)}`, () =>
        raw.send(path, { client, method: 'POST', body, token: true }),
      );
    }
    if (endsSessions.test(route.path)) client = await office.as('admin');
  }
  found.none();
});

test('a body that is not what its header says, or none at all, is answered by every route', async () => {
  const client = await office.as('admin');
  const found = new Findings(seed);
  const lies: [type: string | undefined, body: string | undefined, headers?: Record<string, string>][] = [
    [undefined, undefined],
    ['application/json', '{"__proto__":{"x":1},"id":[1]}'],
    ['application/x-www-form-urlencoded; charset=utf-99', 'a=1'],
    ['application/x-www-form-urlencoded', '\u001f\u008b', { 'content-encoding': 'gzip' }],
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=b', '--b--\r\n'],
    ['multipart/form-data; boundary=b', multipart('b', ['name="ids[x]"', '1'], ['name="id[a][b]"', '1'])],
  ];
  for (const route of posts().filter(({ path }) => !endsSessions.test(path))) {
    await Promise.all(
      lies.map(([type, body, headers]) =>
        found.judge(`${named(route)} as ${type}`, () =>
          raw.send(realAddress(route), { client, method: 'POST', type, body, headers, token: true }),
        ),
      ),
    );
  }
  found.none();
});

test('files and forms with files are taken or refused, and named without harm', async () => {
  const client = await office.as('admin');
  const found = new Findings(seed);
  const names = [
    '../../../../tmp/moa.xlsx',
    'C:\\주문.xlsx',
    `<${mark}>.xlsx`,
    `"${mark}=".csv`,
    '\u202exslx.exe',
    `${'가'.repeat(300)}.xlsx`,
    '.',
    '',
  ];
  const fileParts = names.map(
    (name) => [`name="files"; filename="${name.replaceAll('"', '%22')}"`, 'PK\u0003\u0004'] as const,
  );
  const csrf = await raw.tokenOf(client);
  const bodies: [string, string][] = [
    ...fileParts.map((one): [string, string] => [one[0], multipart('b', ['name="_csrf"', csrf], [...one])]),
    [
      'all at once, and too many',
      multipart('b', ['name="_csrf"', csrf], ...times(21, () => [...fileParts[0]!] as Part)),
    ],
    ['a thousand fields', multipart('b', ...times(1000, (at): Part => [`name="f${at}"`, 'x']))],
    ['a field without a name', multipart('b', ['x="y"', '1'], ['name=""', '1'])],
    [
      'a file where none is wanted',
      multipart('b', ['name="_csrf"', csrf], ['name="x"; filename="a.xlsx"', '1']),
    ],
    ['text where a file is wanted', multipart('b', ['name="_csrf"', csrf], ['name="files"', 'x'])],
    [
      'fields that are trees',
      multipart(
        'b',
        ['name="_csrf"', csrf],
        ['name="channel[a]"', '1'],
        ['name="courier[a]"', '1'],
        ['name="password[a]"', '1'],
        ['name="__proto__[x]"', '1'],
        ['name="remember[]"', '1'],
      ),
    ],
    ['cut off', multipart('b', ['name="_csrf"', csrf], [...fileParts[0]!]).slice(0, -20)],
    ['another boundary', multipart('c', ['name="_csrf"', csrf])],
    ['a long field', multipart('b', ['name="_csrf"', csrf], ['name="password"', 'x'.repeat(1_200_000)])],
    ['nothing', ''],
  ];
  for (const path of ['/imports', '/couriers/results']) {
    for (const [what, body] of bodies) {
      const type = 'multipart/form-data; boundary=b';
      await found.judge(`${path} ${what}`, () => raw.send(path, { client, method: 'POST', type, body }));
    }
    await found.judge(path, () => raw.send(path, { client }));
  }
  found.none();
});

test('whatever a browser sends as cookies and headers, it is answered, and lets nobody in', async () => {
  const client = await office.as('admin');
  const found = new Findings(seed);
  const sid = client.cookie('moa.sid')!;
  const hex = (length: number) => 'ab'.repeat(length / 2);
  const worthless = [
    ...nastyValues
      .filter((value) => value.length < 5000)
      .map((value) => `moa.sid=${encodeURIComponent(value.toWellFormed())}`),
    `moa.sid=${sid.slice(0, -3)}AAA`,
    `moa.sid=${sid.replace('.', 'x.')}`,
    'moa.sid=s%3A%.%; moa.sid=%E0%A4%A',
    'moa.sid=j%3A%7B%22__proto__%22%3A1%7D',
    `moa.sid=bad; moa.sid=${sid}`,
    `moa.remember=${hex(32)}.${hex(64)}`,
    `moa.remember=${hex(32)}.${hex(66)}; moa.browser=${'x'.repeat(16)}.${'y'.repeat(22)}`,
    'moa.remember=.; moa.browser=....; moa.theme=__proto__',
    `moa.remember=${'a'.repeat(8000)}`,
    `moa.browser=${'AAAA.'.repeat(1500)}`,
    '=; ;;==; __proto__=1; moa.sid',
    Array.from({ length: 300 }, (_, at) => `c${at}=${at}`).join('; '),
    `moa.sid=${'A'.repeat(20_000)}`, // more than a request may carry
    ...random
      .slice(200, 230)
      .map((value) => `moa.sid=${encodeURIComponent(value.toWellFormed())}; moa.remember=${latin(value)}`),
  ];
  for (const cookie of worthless) {
    for (const path of ['/account']) {
      await found.judge(`${path} with ${cookie.slice(0, 200)}`, async () => {
        const answer = await raw.send(path, { headers: { cookie } });
        if (answer.status !== 431)
          assert.match(`${answer.status} ${answer.headers.location}`, /^303 \/sign-in/);
        return answer;
      });
    }
  }
  const oddHeaders: Record<string, string>[] = [
    { host: `"${mark}=` },
    { host: 'evil.example', 'x-forwarded-host': `<${mark}>`, 'x-forwarded-proto': 'javascript' },
    { 'x-forwarded-for': `<${mark}>, ::ffff:999.1.1.1, ${'1.1.1.1, '.repeat(300)}` },
    { referer: `http://${mark}/"><${mark}>` },
    { referer: 'javascript:alert(1)', origin: 'null' },
    { referer: 'http://[', origin: 'http://[' },
    { accept: '*/*;q=x, ;;, application/json;q=NaN' },
    { accept: 'application/json' },
    { 'accept-language': 'x'.repeat(4000), 'accept-encoding': 'moa' },
    { 'user-agent': latin('가'.repeat(2000)) },
    { 'user-agent': `<${mark}>`, 'x-request-id': `<${mark}>` },
    { 'x-moa-passive': latin('\u00ff') },
    { range: 'bytes=-1', 'if-none-match': '*', 'if-modified-since': 'x' },
    { 'sec-fetch-site': `<${mark}>`, 'x-csrf-token': '0'.repeat(80), 'x-http-method-override': 'DELETE' },
    { expect: '100-continue', upgrade: 'h2c', connection: 'upgrade' },
  ];
  for (const headers of oddHeaders) {
    for (const path of ['/account/devices', '/sign-in', '/nowhere', '/session'])
      await found.judge(`${path} ${JSON.stringify(headers).slice(0, 200)}`, () =>
        raw.send(path, { client, headers }),
      );
    const form = { login: 'hana', password: 'x', next: '/' };
    await found.judge(`sign-in ${JSON.stringify(headers).slice(0, 200)}`, () =>
      raw.send('/sign-in', {
        client,
        headers,
        method: 'POST',
        body: new URLSearchParams(form).toString(),
        token: true,
      }),
    );
  }
  found.none();
});

test('a request that is hardly one does not bring the server down', async () => {
  const found = new Findings(seed);
  const lines = [
    'OPTIONS * HTTP/1.1\r\nhost: x',
    'GET http://evil.example/account HTTP/1.1\r\nhost: evil.example',
    `GET //evil.example/${mark} HTTP/1.1\r\nhost: x`,
    'GET /sign-in HTTP/1.0',
    'GET /sign-in HTTP/1.1\r\nhost: x\r\nhost: y',
    'TRACE / HTTP/1.1\r\nhost: x',
    'PROPFIND /orders HTTP/1.1\r\nhost: x',
    'DELETE /users/1 HTTP/1.1\r\nhost: x',
    'POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked',
    'POST /sign-in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x`,
    'GET /account?\u0001 HTTP/1.1\r\nhost: x',
    'nonsense',
  ];
  for (const line of lines)
    await found.judge(line.slice(0, 100), () => raw.overSocket(`${line}\r\nconnection: close\r\n\r\n`));
  assert.equal((await office.stranger().get('/readyz')).status, 200);
  found.none();
});

const queryNames =
  'q page size sort dir from to state tab channel kind scope field import partner run result next recovery postcode address key mall person'.split(
    ' ',
  );
const commonFields =
  'id ids name reason columns _kept _back code password role grant seen order_id lines'.split(' ');
const endsSessions = /end-all|end-others|\/off$|\/enrol$/;

type Field = [name: string, value: string];

/** The fields of each route's form as they stand, as far as pages show one. */
function fieldsByRoute(): Map<string, Field[]> {
  const forms = visits.flatMap(({ answer }) => (answer.status === 200 ? formsOf(answer.text) : []));
  const found = new Map<string, Field[]>();
  for (const route of posts()) {
    const form = forms.find(([action]) => matches(route, action));
    const fields = form ? fieldsIn(form[2]).slice(0, 200) : [];
    if (fields.length > 0) found.set(named(route), fields);
  }
  assert.ok(found.size > 40, `only ${found.size} forms are known`);
  return found;
}

function fieldsIn(form: string): Field[] {
  const fields = form.matchAll(/<(input|select|textarea|button)[^>]* name="([^"]+)"[^>]*>([\s\S]{0,400})/g);
  return [...fields]
    .filter(([, , name]) => name !== '_csrf')
    .map(([tag, kind, name, behind]) => {
      const value = / value="([^"]*)"/.exec(kind === 'select' ? behind! : tag.split('>')[0]!)?.[1];
      return [name!, (value ?? '1').replaceAll('&quot;', '"').replaceAll('&amp;', '&')];
    });
}

const nastyFields = (names: readonly string[], value: () => string) =>
  names.map((name): Field => [name, value()]);

function matches({ path }: ListedRoute, address: string): boolean {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(address.split('?')[0]!);
}

/** An address that pages link to, so that what comes behind it is reached as well. */
function realAddress(route: ListedRoute): string {
  const seen = visits.find(({ path, answer }) => answer.status === 200 && matches(route, path));
  if (seen) return seen.path.split('?')[0]!;
  return route.path
    .replace(':type', 'order')
    .replace(':courier', 'cj')
    .replace(/:(?:key|token)/, 'x'.repeat(43))
    .replace(/:\w+/g, '1');
}

/** The values in turn, over all routes, so that each stands everywhere sooner or later. */
function turn(values: readonly string[]): () => string {
  let at = seed % values.length;
  return () => values[at++ % values.length]!;
}

function fill({ path }: ListedRoute, value: () => string): string {
  return path.replace(/:\w+/g, () => {
    const text = value().slice(0, 500); // a longer address is refused before it is read
    return /^[%\w]+$/.test(text) ? text : encodeURIComponent(text.toWellFormed()) || '%';
  });
}

const pairsOf = (fields: Field[]) => new URLSearchParams(fields).toString();

let pairAt = 0;
const rawPairs = () => nastyPairs[pairAt++ % nastyPairs.length]!;
const chance = (value: () => string) => value().length % 2 === 0;
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
