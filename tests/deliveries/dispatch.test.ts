import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertInvariants } from '../support/invariants.ts';
import { aLine, openOfficeWith, rowsOn, textOf } from './homes.ts';

test('chosen deliveries are sent as 직접전달: what can still go, and nothing else', async () => {
  const bundle = { order: '2026111000000100', bundle: '777' };
  await using office = await openOfficeWith([
    aLine({ ...bundle, line: '2026111000000111' }),
    aLine({ ...bundle, line: '2026111000000121', option: '킹(K)', status: '취소', detailStatus: '취소완료' }),
    aLine({ recipient: '이둘', phone: '010-2222-0001' }),
    aLine({ recipient: '남음', phone: '010-2222-0002' }),
  ]);
  const client = await office.as('delivery');
  const sent = await client.post('/deliveries/dispatch', { ids: [1, 2], sido: '서울특별시' });
  assert.equal(decodeURIComponent(sent.location), '/deliveries?sido=서울특별시');

  const open = await client.get(sent.location);
  assert.match(textOf(open.text), /상품 2건을 직접전달로 발송했습니다/);
  assert.match(rowsOn(open.text).join(' '), /남음/);
  assert.doesNotMatch(rowsOn(open.text).join(' '), /이둘/);
  assert.equal(rowsOn((await client.get('/deliveries?state=dispatched')).text).length, 3);

  const lines = await office.runtime.db('order_lines').where({ mall_report: 'due' });
  assert.deepEqual(
    lines.map((line) => line.status),
    ['dispatched', 'dispatched'],
  );
  await assertInvariants(office.runtime.db);
});

test('choosing nothing, or only what is gone already, is said', async () => {
  await using office = await openOfficeWith([aLine({ status: '배송완료', detailStatus: '' })]);
  const client = await office.as('office');
  await client.post('/deliveries/dispatch');
  assert.match((await client.get('/deliveries')).text, /배송을 고르지 않았습니다/);
  await client.post('/deliveries/dispatch', { ids: 1, state: 'delivered' });
  assert.match((await client.get('/deliveries?state=delivered')).text, /발송할 상품이 없습니다/);
});

test('two people sending the same delivery send it once', async () => {
  await using office = await openOfficeWith([aLine()]);
  const [one, other] = [await office.as('office'), await office.as('delivery')];
  await Promise.all([one, other].map((client) => client.post('/deliveries/dispatch', { ids: [1] })));
  const events = await office.runtime.db('events').where({ name: 'order.dispatched' });
  assert.equal(events.length, 1);
  await assertInvariants(office.runtime.db);
});
