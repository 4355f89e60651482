import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acknowledgeLines, holdLines, markDispatched } from '#orders';
import { importLines, someLines } from '../support/imports.ts';
import { openOffice } from '../support/office.ts';

const asOf = '2026-11-06 09:00:00';

test('once the mall’s file shows a line on its way, it need not be told', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const { db } = office.runtime;
  const lines = someLines(20, asOf);
  await importLines(ctx, lines);
  const line = await db('order_lines').where({ method: 'direct', status: 'acknowledged' }).first();
  await markDispatched(ctx, [line.id], { method: 'direct', courier: '', trackingNo: '' });

  await importLines(ctx, lines);
  const same = await db('order_lines').where({ id: line.id }).first();
  assert.equal(same.status, 'dispatched', 'an import that has not heard of it does not undo it');
  assert.equal(same.mall_report, 'due');

  const later = lines.map((cells) =>
    cells.상품주문번호 === line.line_no
      ? { ...cells, 주문상태: '배송중', 주문세부상태: '배송중', 발송처리일: '2026-11-07 10:00:00' }
      : cells,
  );
  const heardOf = await importLines(ctx, later as typeof lines);
  assert.equal(heardOf.conflict, 0, 'the mall’s own moment of dispatch is no conflict');
  const heard = await db('order_lines').where({ id: line.id }).first();
  assert.equal(heard.status, 'dispatched');
  assert.equal(heard.mall_report, 'seen');
});

test('what was acknowledged or held by hand stays so when the file comes again, and is no conflict', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const { db } = office.runtime;
  const lines = someLines(60, asOf);
  await importLines(ctx, lines);
  const [fresh, other] = await db('order_lines').where({ status: 'new' }).limit(2);
  assert.ok(fresh && other, 'the shop has new lines');
  await acknowledgeLines(ctx, [fresh.id]);
  await holdLines(ctx, [other.id], '고객 요청');

  const again = await importLines(ctx, lines);
  assert.equal(again.conflict, 0);
  assert.equal((await db('order_lines').where({ id: fresh.id }).first()).status, 'acknowledged');
  assert.equal((await db('order_lines').where({ id: other.id }).first()).status, 'held');
});
