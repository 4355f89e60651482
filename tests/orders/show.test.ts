import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importLines, someLines } from '../support/imports.ts';
import { openOffice } from '../support/office.ts';
import { anOrder, rowsOn } from '../support/orders.ts';

test('an order tells its lines, sums, people, region and the mall’s own columns', async () => {
  await using office = await openOffice();
  await importLines(office.ctx('office'), someLines(40));
  const { db } = office.runtime;
  const addon = await db('order_lines').where({ kind: 'addon' }).first();
  const lines = await db('order_lines').where({ order_id: addon.order_id });
  const { status, text } = await (await office.as('office')).get(`/orders/${addon.order_id}`);
  assert.equal(status, 200);

  const rows = rowsOn(text);
  assert.equal(rows.length, lines.length);
  const main = rows.findIndex((row) => row.includes(addon.main_line_no));
  assert.ok(
    rows.slice(main + 1).some((row) => row.includes(addon.line_no)),
    'the add-on stands below its main',
  );
  const first = lines[0];
  for (const words of [
    first.recipient_name,
    first.buyer_name,
    first.postcode,
    '구매자 연락처',
    '몰의 원래 값',
    '결제위치',
  ]) {
    assert.ok(text.includes(words), words);
  }
  assert.match(text, /가져오기로 들어왔습니다/);
  if (first.delivery_id) assert.match(text, new RegExp(`/deliveries/${first.delivery_id}`));
});

test('the timeline tells what a later file changed, cell by cell, newest first', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  await importLines(ctx, someLines(40, '2026-11-06 09:00:00'));
  await importLines(ctx, someLines(40, '2026-11-15 09:00:00'));
  const { db } = office.runtime;
  const changed = await db('import_rows')
    .where({ kind: 'changed' })
    .where('changes', 'like', '%"status"%')
    .first();
  const line = await db('order_lines').where({ line_no: changed.line_no }).first();
  const { text } = await (await office.as('office')).get(`/orders/${line.order_id}`);
  assert.match(text, /<del class="was">발주확인<\/del>|<del class="was">신규<\/del>/);
  assert.ok(
    text.indexOf('가져오기로 바뀌었습니다') < text.indexOf('가져오기로 들어왔습니다'),
    'newest first',
  );
});

test('different recipients of one order each stand for themselves', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, {
    lines: [
      { recipient_name: '김하나' },
      {
        recipient_name: '이두리',
        postcode: '9999999',
        address: '어딘가 1',
        bundle_no: 'b',
        shipping_fee: 3000,
      },
    ],
  });
  const { text } = await (await office.as('office')).get(`/orders/${order.id}`);
  assert.match(text, /받는 곳 1/);
  assert.match(text, /받는 곳 2/);
  assert.match(text, /미분류/);
  assert.match(text, /모두 <b>1,003,000원/);
});

test('an unknown order, and one with no delivery for the delivery team, are not found', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  const clerk = await office.as('office');
  for (const path of ['/orders/999999', '/orders/0', '/orders/1e3', '/orders/x', `/orders/${order.id}0`]) {
    assert.equal((await clerk.get(path)).status, 404, path);
  }
  assert.equal((await (await office.as('delivery')).get(`/orders/${order.id}`)).status, 404);
});

test('the delivery team sees the order of a delivery, without people and the mall’s columns', async () => {
  await using office = await openOffice();
  await importLines(office.ctx('office'), someLines(10));
  const line = await office.runtime.db('order_lines').whereNotNull('delivery_id').first();
  const { status, text } = await (await office.as('delivery')).get(`/orders/${line.order_id}`);
  assert.equal(status, 200);
  for (const secret of [line.recipient_name, line.buyer_name, line.address_detail, '몰의 원래 값']) {
    assert.ok(!text.includes(secret), secret);
  }
});

test('an undone import leaves no order behind', async () => {
  await using office = await openOffice();
  const order = await anOrder(office);
  await office.runtime.db('order_lines').where({ order_id: order.id }).delete();
  assert.equal((await (await office.as('office')).get(`/orders/${order.id}`)).status, 404);
});
