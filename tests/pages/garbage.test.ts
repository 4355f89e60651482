import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FormValues } from '../support/client.ts';
import type { Office } from '../support/office.ts';
import { openBusyOffice } from './busy-office.ts';
import { crawl, formsOf, type Visit } from './crawl.ts';

let office: Office;
let visits: Visit[];
before(async () => {
  office = await openBusyOffice();
  visits = await crawl(await office.as('admin'), 1);
});
after(() => office[Symbol.asyncDispose]());

const wholePages = () => visits.filter(({ answer }) => answer.status === 200);

test('an address with a number that is none, or names nothing, is not found', async () => {
  const client = await office.as('admin');
  const numbered = new Set(
    wholePages()
      .map(({ path }) => path.split('?')[0]!)
      .filter((path) => /\/\d+/.test(path)),
  );
  assert.ok(numbered.size > 2);
  for (const path of numbered) {
    for (const id of ['0', '99999999999999999999', '-1', '1e3', '%00']) {
      const { status } = await client.get(path.replace(/\d+/, id));
      assert.equal(status, 404, path.replace(/\d+/, id));
    }
  }
});

test('a list whose address is garbage shows what it would show without', async () => {
  const client = await office.as('admin');
  // a list within something else goes on naming it, as in ?import=7
  const addresses = new Map(
    wholePages()
      .map(({ path }) => new URL(path, office.url))
      .filter(({ pathname }) => !/\.css$/.test(pathname))
      .map((url) => [url.pathname, url]),
  );
  const names =
    'page size sort dir q from to state sido sigungu check kind scope field by number tab channel method'.split(
      ' ',
    );
  const garbage = ['-1', '%00', "'; DROP TABLE orders; --", '2026-02-30', '\\'];
  for (const [path, url] of addresses) {
    for (const name of names) url.searchParams.delete(name);
    const own = url.search ? `${url.search}&` : '?';
    for (const value of garbage) {
      const query = new URLSearchParams(names.map((name): [string, string] => [name, value]));
      const { status } = await client.get(`${path}${own}${query}`);
      assert.equal(status, 200, `${path}${own} with ${value}`);
    }
    const twice = names.map((name) => `${name}=1&${name}=2&${name}[]=3&${name}[a]=4`).join('&');
    assert.equal(
      (await client.get(`${path}${own}${twice}`)).status,
      200,
      `${path}${own} with everything twice`,
    );
  }
});

test('a form sent empty, with every field twice, or with nonsense in it is answered, never broken', async () => {
  const client = await office.as('admin');
  const forms = new Map(
    wholePages().flatMap(({ answer }) =>
      formsOf(answer.text).map(([action, names]) => [action, names] as const),
    ),
  );
  forms.delete('/sign-out');
  assert.ok(forms.size > 10, [...forms.keys()].join(' '));
  for (const [action, names] of forms) {
    const filled = (value: FormValues[string]): FormValues =>
      Object.fromEntries(names.map((name) => [name, value]));
    for (const form of [{}, filled(['1', '2']), filled('가'.repeat(3000))]) {
      const { status } = await client.post(action, form);
      assert.ok(status < 500, `${action} ${JSON.stringify(form).slice(0, 200)}: ${status}`);
    }
  }
});
