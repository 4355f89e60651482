import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transaction } from '#lib/db.ts';
import { holdLines, markDispatched, undoDispatch } from '#orders';
import type { LineRow } from '../../src/orders/tables.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { type AnOrder, anOrder, tabsOn } from '../support/orders.ts';

async function lineOf(office: Office, order: AnOrder, at = 0): Promise<LineRow> {
  return office.runtime.db('order_lines').where({ id: order.lines[at]!.id }).first();
}

async function eventsOf(office: Office, order: AnOrder): Promise<string[]> {
  return office.runtime
    .db('events')
    .where({ subject_type: 'order', subject_id: order.id })
    .orderBy('id')
    .pluck('name');
}

const idsOf = (order: AnOrder) => order.lines.map(({ id }) => id);
const direct = { method: 'direct', courier: '', trackingNo: '' } as const;

test('lines go out by our own people: rows, tabs, delivery and event in one act', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, { lines: [{ method: 'courier' }, { status: 'new' }] });
  const client = await office.as('office');
  const { status, location } = await client.post('/orders/dispatch', {
    ids: idsOf(order),
    status: 'new',
    page: 2,
  });
  assert.equal(status, 303);
  assert.equal(location, '/orders?status=new&page=2', 'back to where the person came from');

  const line = await lineOf(office, order);
  assert.equal(line.status, 'dispatched');
  assert.equal(line.method, 'direct');
  assert.equal(line.mall_report, 'due');
  assert.equal(line.hand_fields, 'status,method,method_text,courier,tracking_no,dispatched_at');
  assert.ok(line.delivery_id, 'a line we bring ourselves has a delivery');
  const { text } = await client.get('/orders');
  assert.equal(tabsOn(text).배송중, 2);
  assert.match(text, /상품주문 2건을 직접전달로 발송했습니다/);
  assert.deepEqual(await eventsOf(office, order), ['order.dispatched']);
  await assertInvariants(office.runtime.db);
});

test('add-ons travel with their main, and the person is told', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, {
    lines: [
      { line_no: '2026111070000011' },
      { line_no: '2026111070000021', kind: 'addon', main_line_no: '2026111070000011' },
      { line_no: '2026111070000031', kind: 'addon', main_line_no: '2026111070000011', status: 'cancelled' },
    ],
  });
  const client = await office.as('office');
  await client.post('/orders/dispatch', { ids: order.lines[0]!.id, order: order.id });
  const { text } = await client.get(`/orders/${order.id}`);
  assert.match(text, /추가구성 1건도 함께 보냈습니다/);
  assert.equal((await lineOf(office, order, 1)).status, 'dispatched');
  assert.equal((await lineOf(office, order, 2)).status, 'cancelled');
});

test('by courier each order has its own tracking number, and what was typed stays on an error', async () => {
  await using office = await openOffice();
  const first = await anOrder(office);
  const second = await anOrder(office);
  const client = await office.as('office');
  const ids = [...idsOf(first), ...idsOf(second)];
  const asked = await client.post('/orders/courier/ask', { ids, q: '김하나' });
  assert.equal(asked.status, 200);
  assert.match(asked.text, /<option value="CJ대한통운"/);
  assert.match(asked.text, /name="q" value="김하나"/);

  const typed = {
    ids,
    courier: '한진택배',
    [`tracking-${first.id}`]: '6.4E+11',
    [`tracking-${second.id}`]: '123',
  };
  const refused = await client.post('/orders/courier', typed);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /엑셀이 줄여 쓴 번호입니다/);
  assert.match(refused.text, /숫자와 붙임표로 8~20자리/);
  assert.match(refused.text, /value="6\.4E\+11"/);
  assert.match(refused.text, /value="한진택배" selected/);
  assert.equal((await lineOf(office, first)).status, 'acknowledged');

  const done = await client.post('/orders/courier', {
    ...typed,
    [`tracking-${first.id}`]: '4012-3456-7890',
    [`tracking-${second.id}`]: '401234567891',
  });
  assert.equal(done.status, 303);
  assert.equal((await lineOf(office, first)).tracking_no, '4012-3456-7890');
  assert.equal((await lineOf(office, second)).courier, '한진택배');
  await assertInvariants(office.runtime.db);
});

test('a line that cannot be sent is refused by name, and nothing is sent', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, { lines: [{}, { status: 'cancelled' }, { status: 'held' }] });
  const client = await office.as('office');
  await client.post('/orders/dispatch', { ids: idsOf(order) });
  const { text } = await client.get('/orders');
  assert.match(text, new RegExp(`${order.lines[1]!.lineNo} 취소, ${order.lines[2]!.lineNo} 보류`));
  assert.equal((await lineOf(office, order)).status, 'acknowledged');
  assert.deepEqual(await eventsOf(office, order), []);
});

test('the same dispatch twice is one; another one of the same lines is refused', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  const ctx = office.ctx('office');
  const courier = { method: 'courier', courier: '한진택배', trackingNo: '401234567890' } as const;
  assert.equal((await markDispatched(ctx, idsOf(order), courier)).length, 1);
  assert.equal((await markDispatched(ctx, idsOf(order), courier)).length, 0);
  await assert.rejects(markDispatched(ctx, idsOf(order), { ...courier, trackingNo: '999999999999' }), {
    name: 'Refusal',
    message: /배송중/,
  });
  assert.deepEqual(await eventsOf(office, order), ['order.dispatched']);
});

test('two clerks at once: one dispatch counts', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  const ctx = office.ctx('office');
  const tries = await Promise.allSettled(
    ['401234567891', '401234567892'].map((trackingNo) =>
      markDispatched(ctx, idsOf(order), { method: 'courier', courier: '한진택배', trackingNo }),
    ),
  );
  assert.equal(tries.filter((one) => one.status === 'fulfilled').length, 1);
  await assertInvariants(office.runtime.db);
});

test('a dispatch the mall has not been told of can be taken back to just what it was', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, { lines: [{ status: 'new' }, { status: 'new', method: 'courier' }] });
  const before = await lineOf(office, order);
  const client = await office.as('office');
  await client.post('/orders/dispatch', { ids: idsOf(order) });
  await client.post('/orders/undo-dispatch', { ids: idsOf(order) });
  const after = await lineOf(office, order);
  const same = (line: LineRow) => ({ ...line, revision: 0, updated_at: 0 });
  assert.deepEqual(same(after), same(before));
  assert.deepEqual(await eventsOf(office, order), ['order.dispatched', 'order.dispatch_undone']);
  await assertInvariants(office.runtime.db);

  await markDispatched(office.ctx('office'), idsOf(order), direct);
  await office.runtime.db('order_lines').where({ order_id: order.id }).update({ mall_report: 'sent' });
  await assert.rejects(undoDispatch(office.ctx('office'), idsOf(order)), /이미 몰에 알린 발송/);
});

test('a held line keeps its reason and goes on from where it stood', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, { lines: [{ status: 'new' }, { status: 'acknowledged' }] });
  const client = await office.as('office');
  const ids = idsOf(order);
  assert.equal((await client.post('/orders/hold/ask', { ids })).status, 200);
  const blank = await client.post('/orders/hold', { ids, reason: ' ' });
  assert.equal(blank.status, 422);
  assert.match(blank.text, /보류하는 이유를 적어 주세요/);
  await client.post('/orders/hold', { ids, reason: '고객이 날짜를 다시 잡기로 함' });
  assert.equal((await lineOf(office, order)).status, 'held');
  assert.match((await client.get(`/orders/${order.id}`)).text, /보류했습니다: 고객이 날짜를 다시 잡기로 함/);

  await client.post('/orders/release', { ids });
  assert.equal((await lineOf(office, order, 0)).status, 'new');
  assert.equal((await lineOf(office, order, 1)).status, 'acknowledged');
  assert.equal((await lineOf(office, order)).hand_fields, '');
  await assertInvariants(office.runtime.db);
});

test('new lines are acknowledged; others are refused', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, { lines: [{ status: 'new' }] });
  const sent = await anOrder(office, { lines: [{ status: 'dispatched' }] });
  const client = await office.as('office');
  await client.post('/orders/acknowledge', { ids: idsOf(order) });
  assert.equal((await lineOf(office, order)).status, 'acknowledged');
  await client.post('/orders/acknowledge', { ids: idsOf(sent) });
  assert.match((await client.get('/orders')).text, /신규 상태만 발주확인할 수 있습니다/);
});

test('nothing chosen, a line that is gone, and more than a page are refused in words', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  const said = async (ids: number[]) => {
    await client.post('/orders/dispatch', { ids });
    return (await client.get('/orders')).text;
  };
  assert.match(await said([]), /상품주문을 고르지 않았습니다/);
  assert.match(await said([987654]), /지금은 없는 것이 있습니다/);
  assert.match(await said(Array.from({ length: 501 }, (_, at) => at + 1)), /500건까지/);
});

test('the delivery team may not act on orders', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  const client = await office.as('delivery');
  for (const act of [
    'dispatch',
    'courier',
    'courier/ask',
    'hold',
    'hold/ask',
    'release',
    'acknowledge',
    'undo-dispatch',
  ]) {
    assert.equal((await client.post(`/orders/${act}`, { ids: idsOf(order) })).status, 403, act);
  }
});

test('while an import changes a line, acts on it are refused', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  const { db } = office.runtime;
  await db('order_lines').where({ order_id: order.id }).update({ hidden_batch_id: 7 });
  await assert.rejects(
    holdLines(office.ctx('office'), idsOf(order), '이유'),
    /가져오기가 이 주문을 바꾸는 중/,
  );
});

test('an act that fails later leaves no trace', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  const failing = transaction(office.ctx('office'), async (tx) => {
    await markDispatched(tx, idsOf(order), direct);
    throw new Error('later');
  });
  await assert.rejects(failing, /later/);
  assert.equal((await lineOf(office, order)).status, 'acknowledged');
  assert.deepEqual(await eventsOf(office, order), []);
  await assertInvariants(office.runtime.db);
});
