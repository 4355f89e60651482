import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotFound, Refusal } from '#lib/errors.ts';
import { enterStoreOrder, type OrderFormInput } from '#stores';
import { closeStore } from '../../src/stores/stores.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { aForm, aStore } from './forms.ts';

const linesOf = (office: Office, orderId: number) =>
  office.runtime.db('order_lines').where({ order_id: orderId }).orderBy('id');

const line = (productName: string, optionName: string, unitPrice: number, quantity = 1, discount = 0) => ({
  productName,
  optionName,
  unitPrice,
  quantity,
  discount,
});

test('a saved form is an order with lines, counts, a delivery with its region, and one event', async () => {
  await using office = await openOffice();
  const store = await aStore(office);
  const form = aForm(store, {
    lines: [line('침대', '퀸(Q)', 890_000, 2, 80_000), line('베개', '', 39_000)],
    memo: '엘리베이터 없음',
  });
  const saved = await enterStoreOrder(office.ctx('office'), form);
  assert.equal(saved.orderNo, 'GN-261121-001');

  const lines = await linesOf(office, saved.id);
  assert.deepEqual(
    lines.map((row) => [row.line_no, row.quantity, row.amount, row.status, row.kind, row.method]),
    [
      ['GN-261121-001-1', 2, 1_700_000, 'new', 'main', 'direct'],
      ['GN-261121-001-2', 1, 39_000, 'new', 'main', 'direct'],
    ],
  );
  assert.equal(lines[0].paid_at, null);
  const [delivery, ...more] = await office.runtime.db('deliveries');
  assert.deepEqual(more, []);
  assert.deepEqual(
    [delivery.sido, delivery.sigungu, delivery.line_count, delivery.memo, delivery.wished_on],
    ['서울특별시', '강남구', 2, '엘리베이터 없음', '2026-12-22'],
  );
  const events = await office.runtime.db('events').where({ subject_type: 'order' });
  assert.deepEqual(
    events.map((event) => [event.name, event.subject_id, event.actor_name]),
    [['order.entered', saved.id, '김하나']],
  );
  await assertInvariants(office.runtime.db);
});

test('a form sent twice, also at the same moment, is saved once', async () => {
  await using office = await openOffice();
  const form = aForm(await aStore(office));
  const ctx = office.ctx('office');
  const saved = await Promise.all(Array.from({ length: 4 }, () => enterStoreOrder(ctx, form)));
  saved.push(await enterStoreOrder(ctx, form));
  assert.equal(new Set(saved.map(({ id }) => id)).size, 1);
  assert.equal((await office.runtime.db('orders')).length, 1);
  await assertInvariants(office.runtime.db);
});

test('a form that was saved, changed and sent again says so and saves nothing', async () => {
  await using office = await openOffice();
  const form = aForm(await aStore(office));
  await enterStoreOrder(office.ctx('office'), form);
  await assert.rejects(enterStoreOrder(office.ctx('office'), { ...form, memo: '문 앞' }), (error: Error) => {
    assert.ok(error instanceof Refusal);
    assert.match(error.message, /이미 GN-261121-001로 저장했습니다/);
    return true;
  });
  await assert.rejects(enterStoreOrder(office.ctx('admin'), form), Refusal, 'a key of somebody else');
  assert.equal((await office.runtime.db('orders')).length, 1);
});

test('clerks who save at once get a number each, by store and day', async () => {
  await using office = await openOffice();
  const [gangnam, bundang] = [await aStore(office), await aStore(office, 'BD', '분당점')];
  const forms: OrderFormInput[] = [
    ...Array.from({ length: 6 }, () => aForm(gangnam)),
    aForm(bundang),
    aForm(gangnam, { orderedOn: '2026-11-20', promisedOn: '2026-12-21' }),
  ];
  const saved = await Promise.all(forms.map((form) => enterStoreOrder(office.ctx('office'), form)));
  assert.deepEqual(saved.map(({ orderNo }) => orderNo).sort(), [
    'BD-261121-001',
    'GN-261120-001',
    ...[1, 2, 3, 4, 5, 6].map((n) => `GN-261121-00${n}`),
  ]);
  const products: { name: string }[] = await office.runtime.db('products');
  assert.deepEqual(
    products.map(({ name }) => name),
    ['침대'],
    'the same new product, typed by all at once, is one',
  );
  await assertInvariants(office.runtime.db);
});

test('a second order for the same home joins its delivery as added; another home founds its own', async () => {
  await using office = await openOffice();
  const store = await aStore(office);
  const ctx = office.ctx('office');
  const first = await enterStoreOrder(ctx, aForm(store));
  const second = await enterStoreOrder(ctx, aForm(store));
  const other = aForm(store);
  const third = await enterStoreOrder(ctx, {
    ...other,
    recipient: { ...other.recipient, addressDetail: '102동 3호' },
  });
  const [[a], [b], [c]] = [
    await linesOf(office, first.id),
    await linesOf(office, second.id),
    await linesOf(office, third.id),
  ];
  assert.equal(a.delivery_id, b.delivery_id);
  assert.deepEqual([a.added, b.added, b.joined_by], [0, 1, 'home']);
  assert.notEqual(c.delivery_id, a.delivery_id);
  await assertInvariants(office.runtime.db);
});

test('what goes by courier or is fetched is no delivery of ours', async () => {
  await using office = await openOffice();
  const store = await aStore(office);
  await enterStoreOrder(office.ctx('office'), aForm(store, { method: 'courier' }));
  await enterStoreOrder(office.ctx('office'), aForm(store, { method: 'pickup' }));
  assert.deepEqual(await office.runtime.db('deliveries'), []);
  await assertInvariants(office.runtime.db);
});

test('an order that is paid in full has a time of payment', async () => {
  await using office = await openOffice();
  const form = aForm(await aStore(office), { paidAmount: 890_000 });
  const { id } = await enterStoreOrder(office.ctx('office'), form);
  const [row] = await linesOf(office, id);
  assert.deepEqual(row.paid_at, row.ordered_at);
});

test('a chosen product is the known one; a typed one is new until the office has named it', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const [productId] = await db('products').insert({ name: '침대', is_new: 0 });
  const [optionId] = await db('options').insert({ product_id: productId, name: '퀸(Q)', is_new: 0 });
  const store = await aStore(office);
  const form = aForm(store, {
    lines: [line('침대 ', '퀸(Q)', 1), line('침대', '킹(K)', 1), line('협탁', '', 1)],
  });
  await enterStoreOrder(office.ctx('office'), form);
  await enterStoreOrder(office.ctx('office'), { ...form, submissionKey: aForm(store).submissionKey });

  const options: { name: string; is_new: number; product_id: number }[] = await db('options').orderBy('id');
  assert.deepEqual(options.map(({ name, is_new }) => [name, is_new]).sort(), [
    ['', 1],
    ['퀸(Q)', 0],
    ['킹(K)', 1],
  ]);
  assert.equal(options.find(({ name }) => name === '킹(K)')?.product_id, productId);
  const entries = await db('channel_options').where({ option_id: optionId });
  assert.equal(entries.length, 1, 'the store knows the option once');
});

test('words that were named anew lead to the new name', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const store = await aStore(office);
  await enterStoreOrder(office.ctx('office'), aForm(store, { lines: [line('침데', '퀸', 1)] }));
  await db('products').where({ name: '침데' }).update({ name: '침대', is_new: 0 });
  await db('options').where({ name: '퀸' }).update({ name: '퀸(Q)', is_new: 0 });
  await enterStoreOrder(office.ctx('office'), aForm(store, { lines: [line('침데', '퀸', 1)] }));
  assert.equal((await db('products')).length, 1);
  assert.equal((await db('channel_options')).length, 1);
});

test('a closed store takes no orders, and who may not enter them finds no store', async () => {
  await using office = await openOffice();
  const store = await aStore(office);
  await assert.rejects(enterStoreOrder(office.ctx('delivery'), aForm(store)), NotFound);
  await closeStore(office.ctx('admin'), store);
  await assert.rejects(enterStoreOrder(office.ctx('office'), aForm(store)), /문을 닫은 매장/);
  assert.deepEqual(await office.runtime.db('orders'), []);
});
