import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enterStoreOrder, findStoreOrder } from '#stores';
import { correctStoreOrder } from '../../src/stores/correcting.ts';
import type { OrderCorrection } from '../../src/stores/forms.ts';
import { aPartner } from '../partners/partners-office.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { aForm, aStore } from './forms.ts';

let office: Office;
let store: number;
before(async () => {
  office = await openOffice();
  store = await aStore(office);
});
after(() => office[Symbol.asyncDispose]());

const bed = { productName: '침대', optionName: '퀸(Q)', quantity: 1, unitPrice: 890_000, discount: 0 };
const pillow = { productName: '베개', optionName: '', quantity: 2, unitPrice: 30_000, discount: 0 };

/** A bed and two pillows for a home of their own, and the form as it would be corrected. */
async function aSavedOrder(phone: string) {
  const person = { name: '홍길동', phone, phone2: '' };
  const form = aForm(store, {
    buyer: person,
    recipient: {
      ...person,
      postcode: '06236',
      address: `서울특별시 강남구 테헤란로 ${phone}`,
      addressDetail: '',
    },
    lines: [bed, pillow],
  });
  const { id, orderNo } = await enterStoreOrder(office.ctx('office'), form);
  const correct = (goods: Partial<typeof bed>, ctx = office.ctx('office')) => {
    const lines = form.lines.map((line, at) => ({ ...line, lineNo: `${orderNo}-${at + 1}` }));
    const correction: OrderCorrection = { ...form, lines: [{ ...lines[0]!, ...goods }, lines[1]!] };
    return correctStoreOrder(ctx, id, correction);
  };
  return { id, orderNo, correct };
}

const words = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

test('a line gets another option or another product: it stays the line it was, and the order tells what it held', async () => {
  const { id, orderNo, correct } = await aSavedOrder('01011110001');
  const before = await findStoreOrder(office.ctx('office'), id);
  const delivery = await office.runtime.db('deliveries').orderBy('id', 'desc').first();

  assert.deepEqual(
    (await correct({ optionName: '킹(K)', unitPrice: 990_000 })).map((line) => line.line_no),
    [`${orderNo}-1`],
  );
  await correct({ productName: ' 매트리스 ', optionName: '킹(K)', unitPrice: 450_000 });
  const order = await findStoreOrder(office.ctx('office'), id);
  assert.deepEqual(
    order.lines.map((line) => [line.id, line.line_no, line.product, line.option, line.amount]),
    [
      [before.lines[0]!.id, `${orderNo}-1`, '매트리스', '킹(K)', 450_000],
      [before.lines[1]!.id, `${orderNo}-2`, '베개', '', 60_000],
    ],
  );
  const client = await office.as('office');
  const told = words((await client.get(`/orders/${id}`)).text);
  assert.ok(told.includes('상품·옵션 침대 · 퀸(Q) → 침대 · 킹(K)'), told);
  assert.ok(told.includes('상품·옵션 침대 · 킹(K) → 매트리스 · 킹(K)'), told);
  const after = await office.runtime.db('deliveries').where({ id: delivery.id }).first();
  assert.equal(after.revision, delivery.revision + 2, 'who has printed it hears of both');
  assert.match(words((await client.get(`/deliveries/${delivery.id}`)).text), /매트리스 킹\(K\)/);
  await assertInvariants(office.runtime.db);
});

test('the same goods spaced otherwise are no change; a name nobody has used becomes a new option', async () => {
  const { id, correct } = await aSavedOrder('01011110002');
  assert.deepEqual(await correct({ productName: '침대 ', optionName: ' 퀸(Q)' }), []);
  const names = await office.runtime
    .db('events')
    .where({ subject_type: 'order', subject_id: id })
    .pluck('name');
  assert.deepEqual(names, ['order.entered']);

  await correct({ optionName: '맞춤 1400' });
  const option = await office.runtime.db('options').where({ name: '맞춤 1400' }).first();
  assert.equal(option.is_new, 1);
});

test('two who give lines the same new name at once find the same option', async () => {
  const [one, other] = [await aSavedOrder('01011110003'), await aSavedOrder('01011110004')];
  const goods = { productName: '협탁', optionName: '월넛' };
  await Promise.all([one.correct(goods), other.correct(goods, office.ctx('admin'))]);
  assert.equal((await office.runtime.db('options').where({ name: '월넛' })).length, 1);
});

test('a partner that has the order already is told what it is to make instead', async () => {
  const { id, correct } = await aSavedOrder('01011110005');
  const { lines } = await findStoreOrder(office.ctx('office'), id);
  const client = await office.as('office');
  await client.post('/orders/acknowledge', { ids: lines.map((line) => line.id) });
  const partner = await aPartner(office, { products: ['침대'] });
  await client.post(`/partners/${partner}/sheets`, { scope: 'waiting' });

  assert.match(words((await client.get(`/orders/${id}/edit`)).text), /침대공방에 발주함\(발주 1\)/);
  await correct({ optionName: '킹(K)' });
  const news = words((await client.get(`/partners/${partner}`)).text);
  assert.match(news, /변경 옵션명 퀸\(Q\) → 킹\(K\)/);

  await correct({ productName: '베개', optionName: '' });
  assert.match(words((await client.get(`/partners/${partner}`)).text), /취소 자체 상품으로 바뀜/);
});

test('what was sent or cancelled meanwhile keeps its goods, and the form says why', async () => {
  const { id, correct } = await aSavedOrder('01011110006');
  const { lines } = await findStoreOrder(office.ctx('office'), id);
  const client = await office.as('office');
  await client.post('/orders/dispatch', { ids: [lines[0]!.id] });
  await assert.rejects(correct({ optionName: '킹(K)' }), /그 사이에 이 주문의 상품이 발송되거나 취소/);
  const page = await client.get(`/orders/${id}/edit`);
  assert.doesNotMatch(page.text, /value="침대"/, 'it is not offered for correction');
  assert.match(words(page.text), /침대 퀸\(Q\) 배송중/);
  assert.equal((await findStoreOrder(office.ctx('office'), id)).lines[0]!.option, '퀸(Q)');
});

test('what a store has sent nobody is told of: not due anywhere, and it can be taken back', async () => {
  const { db } = office.runtime;
  const { id } = await aSavedOrder('01011110007');
  const { lines } = await findStoreOrder(office.ctx('office'), id);
  const ids = lines.map((line) => line.id);
  const client = await office.as('office');
  const reports = () => db('order_lines').whereIn('id', ids).distinct().pluck('mall_report');

  await client.post('/orders/courier', {
    ids,
    courier: 'CJ대한통운',
    [`tracking-${id}`]: '612345678901',
  });
  assert.deepEqual(await db('order_lines').whereIn('id', ids).distinct().pluck('status'), ['dispatched']);
  assert.deepEqual(await reports(), ['none']);
  assert.match((await client.get(`/orders/${id}`)).text, /발송 취소/);
  assert.match(words((await client.get('/dispatch?scope=unseen')).text), /몰에 반영되기 전 전체 0/);

  const { up } = await import('../../migrations/20261121_25_store_lines.ts');
  await db('order_lines').whereIn('id', ids).update({ mall_report: 'due' }); // as the release before this one wrote it
  assert.match(words((await client.get('/dispatch')).text), /아직 파일로 안 만든 것 0/);
  await up(db);
  assert.deepEqual(await reports(), ['none']);

  await client.post('/orders/undo-dispatch', { ids });
  assert.deepEqual(await db('order_lines').whereIn('id', ids).distinct().pluck('status'), ['new']);
  assert.deepEqual(await reports(), ['none']);
  await assertInvariants(db);
});
