import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modules } from '../../src/modules.ts';
import { aResultFile } from '../couriers/result-files.ts';
import { aPartner } from '../partners/partners-office.ts';
import { aStore } from '../stores/forms.ts';
import type { Client } from '../support/client.ts';
import { importLines, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { ask, readFile } from './support.ts';

test('the page of every list has the button, and its file holds as many rows as the page says', async () => {
  await using office = await openOffice();
  const admin = await office.as('admin');
  const owners = await fillLists(office, admin);
  const lists = modules.flatMap((module) => module.lists ?? []);
  assert.ok(lists.length >= 19, lists.map(({ name }) => name).join(' '));
  assert.equal(new Set(lists.map(({ name }) => name)).size, lists.length);

  const empty: string[] = [];
  for (const { name, path, columns } of lists) {
    const ofOwner = Object.fromEntries(
      [...path.matchAll(/:(\w+)/g)].map(([, filter]) => [filter!, owners[filter!]!]),
    );
    const page = path.replace(/:(\w+)/g, (_, filter: string) => ofOwner[filter]!);
    const { text } = await admin.get(page);
    const [, button] = new RegExp(`href="(/downloads/new/${name}(?:[?][^"]*)?)"`).exec(text) ?? [];
    assert.ok(button, path);
    const choice = await admin.get(button.replaceAll('&amp;', '&'));
    const offered = [...choice.text.matchAll(/name="columns" value="([^"]*)"/g)].map(([, key]) => key!);
    assert.equal(new Set(offered).size, offered.length, name);
    assert.deepEqual(offered.slice(0, columns.length).sort(), columns.map(({ key }) => key).sort(), name);
    assert.ok(choice.text.includes(`href="${page}"`), `${name} leads back to ${page}`);

    const asked = Object.fromEntries(new URL(button.replaceAll('&amp;', '&'), office.url).searchParams);
    const answer = await ask(admin, name, { ...asked, columns: offered });
    const shown = shownOn(text);
    if (shown === 0) empty.push(name);
    assert.equal(answer.status, shown === 0 ? 409 : 200, name);
    if (shown === 0) continue;
    const { titles, rows, totals } = await readFile(answer.bytes);
    assert.equal(titles.length, offered.length, name);
    assert.equal(rows.length, shown, name);
    assert.ok(totals.includes(`합계 ${shown.toLocaleString('ko-KR')}건`), name);
    assert.doesNotMatch(JSON.stringify(rows), /undefined|NaN|\[object/, name);
  }
  assert.deepEqual(empty, [], 'every list has something to take away');
});

test('a list of something that is not there is not found', async () => {
  await using office = await openOffice();
  const admin = await office.as('admin');
  for (const [name, filter] of [
    ['import-rows', 'import'],
    ['courier-run-parcels', 'run'],
    ['courier-result-rows', 'result'],
    ['partner-products', 'partner'],
    ['partner-sheets', 'partner'],
  ] as const) {
    for (const value of ['', '999', '1; drop table users', '1e1']) {
      const query = new URLSearchParams({ [filter]: value });
      assert.equal((await admin.get(`/downloads/new/${name}?${query}`)).status, 404, `${name} ${value}`);
      assert.equal((await ask(admin, name, { [filter]: value, columns: ['row'] })).status, 404);
    }
  }
});

/** Something stands in every list; answers whose parts are asked for. */
async function fillLists(office: Office, admin: Client): Promise<Record<string, string>> {
  const ctx = office.ctx('office');
  await importLines(ctx, someLines(12));
  const { importId } = await importLines(ctx, someLines(6, undefined, 2), {
    apply: false,
    tweak: (cells, index) => (index === 2 ? { ...cells, 수량: '둘' } : cells),
  });
  await admin.post('/deliveries/print', { state: 'all' });

  const [product]: string[] = await office.runtime.db('products').orderBy('id').pluck('name');
  const partner = await aPartner(office, { products: [product!] });
  await office.runtime.db('order_lines').where({ status: 'new' }).update({ status: 'acknowledged' });
  const sheet = await admin.post(`/partners/${partner}/sheets`, { scope: 'waiting' });
  assert.equal(sheet.status, 303, sheet.text);
  await aStore(office);

  const [sent] = [await anOrder(office), await anOrder(office)];
  const ids = [sent!.lines[0]!.id];
  const run = await admin.post('/couriers/sheets', { ids, send_to: 'cj', reason: '접수' });
  assert.equal(run.status, 303, run.text);
  const content = await aResultFile('cj', [{ no: 'MOA00000001', tracking: '612345678901' }]);
  const result = await admin.upload('/couriers/results', [{ name: '결과.xlsx', content }]);
  assert.equal(result.location, '/couriers/results/1');
  const brought = await anOrder(office, { lines: [{ method: 'direct' }] });
  await admin.post('/orders/dispatch', { ids: [brought.lines[0]!.id] });
  return { import: String(importId), partner: String(partner), run: '1', result: '1' };
}

/** What a page says it holds in all; one that does not say shows all of it. */
function shownOn(html: string): number {
  const [, said] = /총 ([\d,]+)건/.exec(html) ?? [];
  if (said) return Number(said.replaceAll(',', ''));
  const bodies = html.match(/<tbody>[\s\S]*?<\/tbody>/g) ?? [];
  return bodies.join('').match(/<tr/g)?.length ?? 0;
}
