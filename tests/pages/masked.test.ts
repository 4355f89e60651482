import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { roles } from '#lib/module.ts';
import { formatPhone } from '#lib/phone.ts';
import { cast, type Office } from '../support/office.ts';
import { openBusyOffice } from './busy-office.ts';
import { crawl } from './crawl.ts';

let office: Office;
let secrets: Map<string, string>;
/** Those of our own stores, which are for everybody. */
let ours: string[];
before(async () => {
  office = await openBusyOffice();
  secrets = await secretsOf(office);
  ours = await office.runtime.db('stores').pluck('address');
});
after(() => office[Symbol.asyncDispose]());

/** Every phone number, address and name of a customer in the database, and what it is. */
async function secretsOf({ runtime: { db } }: Office): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const staff = new Set<string>(Object.values(cast).map(({ name }) => name));
  for (const table of ['order_lines', 'deliveries']) {
    const rows: Record<string, string>[] = await db(table).select('*');
    for (const row of rows) {
      for (const column of ['recipient_phone', 'recipient_phone2', 'buyer_phone']) {
        const digits = row[column] ?? '';
        if (digits.length < 9) continue;
        found.set(digits, column);
        found.set(formatPhone(digits), column);
      }
      for (const column of ['recipient_name', 'buyer_name']) {
        const name = row[column]!;
        if ([...name].length >= 3 && !staff.has(name)) found.set(name, column);
      }
      if (/\d/.test(row.address!)) found.set(row.address!, 'address');
      if (row.address_detail!.length >= 4) found.set(row.address_detail!, 'address_detail');
    }
  }
  return found;
}

function shownIn(html: string): string[] {
  let text = html
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'");
  for (const own of ours) text = text.replaceAll(own, '');
  return [...secrets]
    .filter(([secret]) => text.includes(secret))
    .map(([secret, what]) => `${what} ${secret}`);
}

/** Papers and forms of corrections are no use with masked names; whoever opens one is written down. */
const onPurpose = /^\/(deliveries\/prints\/\d+(\/page\.css)?|orders\/\d+\/(copy|edit))$/;
/** Those who bring the goods see the homes they still go to. */
const ownWork = /^\/deliveries(\/\d+)?(\?|$)/;

for (const role of roles) {
  test(`the ${role} role finds no full name, phone or address on any page where it must be masked`, async () => {
    assert.ok(secrets.size > 60, `only ${secrets.size} secrets`);
    const visits = await crawl(await office.as(role, { masked: true }), role === 'office' ? 2 : 1);
    assert.deepEqual(
      visits.filter(({ answer }) => answer.status >= 500).map(({ path }) => path),
      [],
    );
    const pages = visits.filter(({ answer }) => answer.status === 200);
    assert.ok(pages.length > 3, `only ${pages.length} pages`);
    const open = pages
      .filter(({ path }) => !onPurpose.test(path) && !(role === 'delivery' && ownWork.test(path)))
      .map(({ path, answer }) => ({ path, shown: shownIn(answer.text) }))
      .filter(({ shown }) => shown.length > 0)
      .map(({ path, shown }) => `${path}: ${shown.slice(0, 3).join(', ')}`);
    assert.deepEqual(open, []);
  });
}

test('uncovered for a working session, the same pages show people, and each is written down', async () => {
  const { db } = office.runtime;
  const client = await office.as('office');
  const before = await db('access_records').max({ id: 'id' }).first();
  for (const path of ['/orders', '/deliveries', '/couriers', '/imports/1']) {
    const { text } = await client.get(path);
    assert.ok(shownIn(text).length > 2 || path === '/couriers', path);
  }
  const records = await db('access_records')
    .where('id', '>', before!.id)
    .where({ kind: 'view' })
    .orderBy('id');
  assert.deepEqual(
    [...new Set(records.map((record) => record.path))].filter((path) => path !== '/couriers'),
    ['/orders', '/deliveries', '/imports/1'],
  );
  for (const { people, subjects, address, actor_name, reason } of records) {
    assert.ok(people > 0 && subjects.length > 0 && address !== '');
    assert.deepEqual([actor_name, reason], [cast.office.name, '시험']);
  }
});
