import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotFound, Refusal } from '#lib/errors.ts';
import { enterStoreOrder, findStoreOrder } from '#stores';
import { cancelStoreLine, correctStoreOrder } from '../../src/stores/correcting.ts';
import type { OrderCorrection } from '../../src/stores/forms.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { aForm, aStore } from './forms.ts';

/** A saved order of two lines, and its form as it would be corrected. */
async function aSavedOrder(office: Office) {
  const form = aForm(await aStore(office), {
    lines: [
      { productName: '침대', optionName: '퀸(Q)', quantity: 1, unitPrice: 890_000, discount: 0 },
      { productName: '베개', optionName: '', quantity: 2, unitPrice: 30_000, discount: 10_000 },
    ],
    paidAmount: 100_000,
  });
  const { id, orderNo } = await enterStoreOrder(office.ctx('office'), form);
  const correction: OrderCorrection = {
    ...form,
    lines: form.lines.map((line, at) => ({ ...line, lineNo: `${orderNo}-${at + 1}` })),
  };
  return { id, correction };
}

test('a corrected form changes lines, prices and delivery, and says what it changed', async () => {
  await using office = await openOffice();
  const { id, correction } = await aSavedOrder(office);
  await correctStoreOrder(office.ctx('office'), id, {
    ...correction,
    promisedOn: '2026-12-30',
    memo: '저녁에',
    recipient: { ...correction.recipient, postcode: '48058', address: '부산광역시 해운대구 우동 1408' },
    lines: correction.lines.map((line) => ({ ...line, quantity: line.quantity + 1 })),
    paidAmount: 1_860_000,
  });
  const order = await findStoreOrder(office.ctx('office'), id);
  assert.deepEqual(
    order.lines.map((line) => [line.quantity, line.amount, line.address]),
    [
      [2, 1_780_000, '부산광역시 해운대구 우동 1408'],
      [3, 80_000, '부산광역시 해운대구 우동 1408'],
    ],
  );
  assert.deepEqual([order.totals.total, order.totals.balance], [1_860_000, 0]);
  assert.ok(order.lines.every((line) => line.paid_at !== null));
  const [delivery, ...more] = await office.runtime.db('deliveries');
  assert.deepEqual(more, []);
  assert.deepEqual(
    [delivery.sigungu, delivery.wished_on, delivery.memo],
    ['해운대구', '2026-12-30', '저녁에'],
  );

  const client = await office.as('office');
  const { text } = await client.get(`/orders/${id}`);
  assert.match(text, /고쳤습니다: [^<]*주소/);
  const words = text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
  assert.ok(words.includes('배송메모 없음 → 저녁에'), words);
  assert.ok(words.includes('주소 서울특별시 강남구 테헤란로 1 → 부산광역시 해운대구 우동 1408'), words);
  const masked = (await (await office.as('delivery')).get(`/orders/${id}`)).text;
  assert.doesNotMatch(
    masked,
    /테헤란로 1|우동 1408|저녁에/,
    'who may not know people reads no house here either',
  );
  assert.match(masked, /서울특별시 강남구 테헤란로 \*\*\*/);
  assert.match(text, /받은 금액 100,000원 → 1,860,000원/);
  await assertInvariants(office.runtime.db);
});

test('a correction that changes nothing leaves no trace', async () => {
  await using office = await openOffice();
  const { id, correction } = await aSavedOrder(office);
  await correctStoreOrder(office.ctx('office'), id, correction);
  const names = await office.runtime.db('events').where({ subject_type: 'order' }).pluck('name');
  assert.deepEqual(names, ['order.entered']);
});

test('the way it goes can change: a parcel leaves its delivery, and comes back', async () => {
  await using office = await openOffice();
  const { id, correction } = await aSavedOrder(office);
  await correctStoreOrder(office.ctx('office'), id, { ...correction, method: 'courier' });
  assert.deepEqual(await office.runtime.db('deliveries'), []);
  await assertInvariants(office.runtime.db);
  await correctStoreOrder(office.ctx('office'), id, correction);
  const [delivery] = await office.runtime.db('deliveries');
  assert.deepEqual([delivery.line_count, delivery.added_count], [2, 0]);
  await assertInvariants(office.runtime.db);
});

test('a cancelled line leaves the sums and its siblings; the delivery follows to the end', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const { id, correction } = await aSavedOrder(office);
  const { lines } = await findStoreOrder(ctx, id);
  await cancelStoreLine(ctx, id, lines[0]!.id, '고객 변심');
  const after = await findStoreOrder(ctx, id);
  assert.deepEqual([after.totals.total, after.totals.balance], [50_000, -50_000]);
  assert.equal((await office.runtime.db('deliveries').first()).live_count, 1);
  await assert.rejects(correctStoreOrder(ctx, id, correction), Refusal, 'the form still holds the line');

  await cancelStoreLine(ctx, id, lines[1]!.id, '고객 변심');
  assert.equal((await office.runtime.db('deliveries').first()).state, 'cancelled');
  await assertInvariants(office.runtime.db);
});

test('what was sent is neither corrected nor cancelled', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  const { id, correction } = await aSavedOrder(office);
  const { lines } = await findStoreOrder(office.ctx('office'), id);
  await client.post('/orders/dispatch', { ids: [lines[0]!.id] });
  await assert.rejects(correctStoreOrder(office.ctx('office'), id, correction), /발송되거나 취소/);
  const answer = await client.post(`/orders/${id}/cancel-line`, { line: lines[0]!.id, reason: '변심' });
  assert.equal(answer.status, 409);
  assert.match(answer.text, /아직 발송하지 않은 상품주문만 취소/);
  await assertInvariants(office.runtime.db);
});

test('an order of a mall has no form: its line cannot be cancelled here', async () => {
  await using office = await openOffice();
  const mall = await anOrder(office);
  const client = await office.as('office');
  for (const path of ['copy', 'edit'])
    assert.equal((await client.get(`/orders/${mall.id}/${path}`)).status, 404);
  const answer = await client.post(`/orders/${mall.id}/cancel-line`, {
    line: mall.lines[0]!.id,
    reason: 'x',
  });
  assert.equal(answer.status, 404);
  await assert.rejects(findStoreOrder(office.ctx('delivery'), mall.id), NotFound);

  const { id } = await aSavedOrder(office);
  const wrong = await client.post(`/orders/${id}/cancel-line`, { line: mall.lines[0]!.id, reason: 'x' });
  assert.equal(wrong.status, 409);
});
