import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listParams, readListQuery } from '#lib/lists.ts';
import { lineList, listLines } from '../../src/orders/listing.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder, rowsOn, tabsOn } from '../support/orders.ts';

/** Line numbers of a page of the list, from top to bottom. */
async function linesOf(office: Office, search: Record<string, string> = {}): Promise<string[]> {
  const { lines } = await listLines(office.ctx('office'), readListQuery(search, lineList, '2026-11-21'));
  return lines.map((line) => line.line_no);
}

test('each line stands in exactly one tab, and the tabs add up', async () => {
  await using office = await openOffice();
  await anOrder(office, {
    lines: [{ status: 'new' }, { status: 'cancelled' }, { status: 'claimed', claim: 'return_requested' }],
  });
  await anOrder(office, { lines: [{ status: 'new' }, { status: 'dispatched' }] });
  const client = await office.as('office');
  const { 전체: all, ...tabs } = tabsOn((await client.get('/orders')).text);
  assert.equal(all, 5);
  assert.equal(
    Object.values(tabs).reduce((sum, n) => sum + n, 0),
    5,
  );
  assert.equal(tabs.신규, 2);
  assert.equal(tabs['클레임 요청'], 1);
  const rows = rowsOn((await client.get('/orders?status=claimed')).text);
  assert.equal(rows.length, 1);
  assert.ok(rows[0]!.includes('반품 요청'));
});

test('lines of an order stand together, newest order first, add-ons below their main', async () => {
  await using office = await openOffice();
  const day = { ordered_at: '2026-11-10 09:00:00' };
  const older = await anOrder(office, {
    lines: [
      { ...day, line_no: '2026111050000031', kind: 'addon', main_line_no: '2026111050000011' },
      { ...day, line_no: '2026111050000021' },
      { ...day, line_no: '2026111050000011' },
    ],
  });
  const newer = await anOrder(office, { lines: [{ ordered_at: '2026-11-12 09:00:00' }] });
  assert.deepEqual(await linesOf(office), [
    newer.lines[0]!.lineNo,
    '2026111050000011',
    '2026111050000031',
    '2026111050000021',
  ]);
  const { text } = await (await office.as('office')).get('/orders');
  assert.equal(text.match(/class="[^"]*follows/g)?.length, 2);
  assert.match(text, new RegExp(`href="/orders/${older.id}"`));
});

test('pages, sorts, days and methods agree with sorting all lines at once', async () => {
  await using office = await openOffice();
  const names = ['나', '가', '다', '라', '마'];
  for (let at = 0; at < 45; at += 1) {
    await anOrder(office, {
      lines: [
        {
          recipient_name: names[(at * 7) % 5],
          ordered_at: at === 3 ? null : `2026-11-${String(1 + ((at * 11) % 20)).padStart(2, '0')} 09:00:00`,
          ship_by: at % 9 === 0 ? null : `2026-12-${String(1 + ((at * 5) % 9)).padStart(2, '0')} 23:59:59`,
          method: at % 3 === 0 ? 'direct' : 'courier',
          status: at % 4 === 0 ? 'new' : 'acknowledged',
        },
      ],
    });
  }
  const states: Record<string, string>[] = [
    {},
    { status: 'new' },
    { method: 'direct' },
    { from: '2026-11-05', to: '2026-11-14' },
    { to: '2026-11-03', status: 'acknowledged', method: 'courier' },
  ];
  for (const state of states) {
    for (const sort of ['ordered_at', 'ship_by', 'recipient']) {
      for (const dir of ['asc', 'desc']) {
        const asked = { ...state, sort, dir };
        const expected = await expectedLines(office, asked);
        const pages: string[][] = [];
        for (const page of ['1', '2', '3']) pages.push(await linesOf(office, { ...asked, size: '20', page }));
        const shown = pages.slice(0, Math.max(Math.ceil(expected.length / 20), 1)).flat();
        assert.deepEqual(shown, expected, JSON.stringify(asked));
      }
    }
  }
});

async function expectedLines(office: Office, asked: Record<string, string>): Promise<string[]> {
  const column = { ordered_at: 'ordered_at', ship_by: 'ship_by', recipient: 'recipient_name' }[asked.sort!]!;
  const query = office.runtime.db('order_lines');
  if (asked.status) query.where({ status: asked.status });
  if (asked.method) query.where({ method: asked.method });
  if (asked.from) query.where('ordered_at', '>=', asked.from);
  if (asked.to)
    query.where((w) => {
      w.where('ordered_at', '<=', `${asked.to} 23:59:59`);
      if (!asked.from) w.orWhereNull('ordered_at');
    });
  return query
    .orderBy(
      [...new Set([column, 'ordered_at', 'method', 'id'])].map((name) => ({
        column: name,
        order: asked.dir as 'asc',
      })),
    )
    .pluck('line_no');
}

test('one search box finds numbers, names, phones and postal codes', async () => {
  await using office = await openOffice();
  const mine = await anOrder(office, {
    lines: [
      {
        recipient_name: '홍길동',
        recipient_phone: '01012345678',
        recipient_phone2: '021119999',
        buyer_name: '홍길순',
        buyer_phone: '01077778888',
        postcode: '03142',
      },
    ],
  });
  await anOrder(office, { lines: [{ recipient_name: '김솔' }, { recipient_name: '김솔이' }] });
  const found = (q: string) => linesOf(office, { q });
  for (const q of [
    mine.orderNo,
    mine.lines[0]!.lineNo,
    '홍길동',
    '홍길',
    '홍길순',
    '010-1234-5678',
    '01077778888',
    '5678',
    '8888',
    '9999',
    '03142',
  ]) {
    assert.deepEqual(await found(q), [mine.lines[0]!.lineNo], q);
  }
  assert.deepEqual(await found('홍'), [], 'a single syllable is a whole name');
  assert.equal((await found('김솔')).length, 2);
  for (const q of ['%', '_김', "' or 1=1", '\\', '없는사람', '1234', '99999'])
    assert.deepEqual(await found(q), [], q);

  const client = await office.as('office');
  const { text } = await client.get('/orders?q=5678&status=new');
  assert.match(text, /전화번호 뒤 네 자리로 찾음/);
  assert.equal(tabsOn(text).전체, 1, 'the tabs count what was found');
  assert.equal(tabsOn(text).신규, 0);
});

test('everything the list shows is in its address', () => {
  const state = {
    status: 'new',
    method: 'direct',
    q: '김하나',
    from: '2026-11-01',
    to: '2026-11-10',
    sort: 'recipient',
    dir: 'desc',
    size: '100',
    page: '3',
  };
  const query = readListQuery(state, lineList, '2026-11-21');
  assert.deepEqual(Object.fromEntries(listParams(query, { page: query.page })), state);
});

test('hostile and hopeless addresses give a page', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_name: '<b>굵게</b>', memo: '=1+1' }] });
  const client = await office.as('office');
  for (const path of [
    '/orders?page=99999999',
    '/orders?page=-1&size=7&sort=DROP&dir=up&status=없음',
    '/orders?q=%00%ff',
    '/orders?from=2026-02-31&to=x',
    '/orders?q=a&q=b',
    `/orders?q=${'가'.repeat(300)}`,
  ]) {
    assert.equal((await client.get(path)).status, 200, path);
  }
  const { text } = await client.get('/orders');
  assert.match(text, /&lt;b&gt;굵게/);
  assert.doesNotMatch(text, /<b>굵게/);
});

test('the delivery team has no order list; a stranger signs in first', async () => {
  await using office = await openOffice();
  assert.equal((await (await office.as('delivery')).get('/orders')).status, 403);
  assert.equal((await office.stranger().get('/orders')).status, 303);
  await assert.rejects(listLines(office.ctx('delivery'), readListQuery({}, lineList)), { name: 'NotFound' });
});

test('who may not know people sees them masked', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_name: '홍길동', recipient_phone: '01012345678' }] });
  const ctx = office.ctx('office');
  const actor = { ...ctx.actor, permissions: new Set(['orders.view']) };
  const { lines } = await listLines({ ...ctx, actor }, readListQuery({}, lineList));
  assert.equal(lines[0]?.recipient_name, '홍*동');
  assert.equal(lines[0]?.recipient_phone, '010-****-5678');
  assert.equal(lines[0]?.memo, '');
});
