import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { rowsOn as homesOn } from '../deliveries/homes.ts';
import type { Client } from '../support/client.ts';
import { importLines, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { rowsOn } from '../support/orders.ts';
import { ask, readFile } from './support.ts';

let office: Office;
let client: Client;
before(async () => {
  office = await openOffice();
  await importLines(office.ctx('office'), someLines(70));
  client = await office.as('office');
});
after(() => office[Symbol.asyncDispose]());

const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
const runs = { numRuns: 25, seed, endOnFailure: true };

const days = fc.constantFrom('', '2026-11-02', '2026-11-05', '2026-11-08', '2026-11-10');
const dir = fc.constantFrom('asc', 'desc');

/** The state of a list in its address; what is left empty is the default. */
function stateOf(parts: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<Record<string, string>> {
  return fc
    .record(parts)
    .map((state) => Object.fromEntries(Object.entries(state).filter(([, value]) => value !== '')));
}

/** Walks all pages of the list as a person does. */
async function walk(path: string, state: Record<string, string>, size: string): Promise<string[]> {
  const pages: string[] = [];
  for (let page = 1; ; page++) {
    const { status, text } = await client.get(
      `${path}?${new URLSearchParams({ ...state, size, page: String(page) })}`,
    );
    assert.equal(status, 200);
    pages.push(text);
    if (!/aria-label="다음 쪽"/.test(text)) return pages;
  }
}

async function searches(): Promise<string[]> {
  const line = await office.runtime.db('order_lines').orderBy('id').first();
  return [
    '',
    '',
    '',
    line.order_no,
    line.recipient_phone.slice(-4),
    line.recipient_name,
    line.postcode,
    '김',
    '없는사람',
  ];
}

test('a file of orders holds the rows of the list, in its order, whatever the filter', async () => {
  const state = stateOf({
    status: fc.constantFrom('', '', 'new', 'acknowledged', 'dispatched', 'cancelled', 'claimed'),
    method: fc.constantFrom('', '', 'direct', 'courier'),
    from: days,
    to: days,
    sort: fc.constantFrom('ordered_at', 'ship_by', 'recipient'),
    dir,
    q: fc.constantFrom(...(await searches())),
  });
  await fc.assert(
    fc.asyncProperty(state, async (asked) => {
      const shown = (await walk('/orders', asked, '500')).flatMap(rowsOn);
      const inPages = (await walk('/orders', asked, '20')).flatMap(rowsOn);
      const answer = await ask(client, 'orders', {
        ...asked,
        columns: ['line_no', 'status', 'quantity', 'amount', 'recipient_name', 'recipient_phone', 'memo'],
      });
      if (shown.length === 0) return assert.equal(answer.status, 409);

      assert.equal(answer.status, 200);
      const file = await readFile(answer.bytes);
      const number = (text: string) => Number(text.replaceAll(',', ''));
      const onScreen = shown.map((cells) => {
        const [, , numbers, , , quantity, amount, recipient, phone] = cells as string[];
        return [numbers!.split(' ')[1], number(quantity!), number(amount!), recipient, phone, cells.at(-1)];
      });
      const inFile = file.rows.map((row) => [
        row.상품주문번호,
        Number(row.수량),
        Number(row.금액),
        row.수취인,
        row['수취인 연락처'],
        row.배송메모!.replace(/\s+/g, ' ').trim(),
      ]);
      assert.deepEqual(inFile, onScreen);
      assert.deepEqual(
        inPages.map((cells) => cells[2]!.split(' ')[1]).sort(),
        inFile.map(([lineNo]) => lineNo).sort(),
        'the pages of twenty hold the same lines',
      );
      assert.equal(file.totals[0], `합계 ${shown.length}건`);
      assert.equal(Number(file.totals[2]), sum(onScreen.map(([, quantity]) => quantity as number)));
      assert.equal(Number(file.totals[3]), sum(onScreen.map(([, , amount]) => amount as number)));
    }),
    runs,
  );
});

test('a file of deliveries holds the homes of the list, in its order, whatever the filter', async () => {
  const places: { sido: string; sigungu: string }[] = await office.runtime
    .db('deliveries')
    .distinct('sido', 'sigungu')
    .limit(3);
  const state = stateOf({
    state: fc.constantFrom('', 'all', 'all', 'dispatched', 'cancelled'),
    sido: fc.constantFrom('', '', '미분류', ...places.map(({ sido }) => sido)),
    sigungu: fc.constantFrom('', ...places.map(({ sigungu }) => sigungu)),
    from: days,
    to: days,
    sort: fc.constantFrom('region', 'ordered_on'),
    dir,
    q: fc.constantFrom(...(await searches())),
  });
  await fc.assert(
    fc.asyncProperty(state, async (asked) => {
      const shown = (await walk('/deliveries', asked, '500')).flatMap(idsOn);
      const inPages = (await walk('/deliveries', asked, '20')).flatMap(idsOn);
      const answer = await ask(client, 'deliveries', {
        ...asked,
        columns: ['recipient_name', 'recipient_phone', 'address', 'address_detail', 'quantity'],
      });
      assert.deepEqual(inPages, shown);
      if (shown.length === 0) return assert.equal(answer.status, 409);

      const { rows, totals } = await readFile(answer.bytes);
      const homes = (await walk('/deliveries', asked, '500')).flatMap(homesOn);
      const people = homes.filter((home) => !/^\S.* \d+건$/.test(home.trim()));
      assert.equal(rows.length, shown.length);
      for (const [at, row] of rows.entries()) {
        for (const told of [row.수취인!, row.연락처!, `${row.주소} ${row.상세주소}`]) {
          assert.ok(people[at]!.includes(told.replace(/\s+/g, ' ').trim()), `${told} in ${people[at]}`);
        }
      }
      assert.equal(totals[0], `합계 ${shown.length}건`);
      assert.equal(Number(totals[4]), sum(rows.map((row) => Number(row.수량))));
    }),
    runs,
  );
});

function idsOn(html: string): string[] {
  return [...html.matchAll(/name="ids" value="(\d+)"/g)].map(([, id]) => id!);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
