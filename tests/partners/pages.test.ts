import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ctx } from '#lib/ctx.ts';
import { takeSheetFile } from '../../src/partners/files.ts';
import { sendSheet } from '../../src/partners/sending.ts';
import { findSheet, sheetEntries } from '../../src/partners/sheets.ts';
import { columnOf, defaultTemplate, typedOf } from '../../src/partners/template.rules.ts';
import { textOf } from '../deliveries/homes.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder, rowsOn } from '../support/orders.ts';
import { aPartner } from './partners-office.ts';

const details = {
  name: '침대공방',
  contact: '최공장',
  phone: '031-123-4567',
  memo: '',
  purpose: '협력사 배송 위탁',
};

function templateFields(typed = typedOf(defaultTemplate)) {
  return {
    title: typed.title,
    heading: typed.heading,
    split: typed.split,
    column_title: typed.titles,
    column_source: typed.sources,
    column_constant: typed.constants,
    column_format: typed.formats,
  };
}

test('a partner is made, its purpose asked once, and changed later', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  assert.match((await client.get('/partners/new')).text, /value="협력사 배송 위탁"/);
  const nameless = await client.post('/partners', { ...details, name: ' ', purpose: '' });
  assert.equal(nameless.status, 422);
  assert.match(nameless.text, /협력사 이름을 적어 주세요/);
  assert.match(nameless.text, /주문자의 이름과 주소를 왜 보내는지/);
  assert.match(nameless.text, /value="최공장"/, 'what was typed stays');

  const made = await client.post('/partners', details);
  assert.equal(made.location, '/partners/1/products?owner=free');
  const twice = await client.post('/partners', details);
  assert.equal(twice.status, 409);
  assert.match(twice.text, /‘침대공방’ 협력사가 이미 있습니다/);

  await client.post('/partners/1', { ...details, purpose: '제작과 배송 위탁', phone: '' });
  const row = await office.runtime.db('partners').first();
  assert.deepEqual([row.purpose, row.phone], ['제작과 배송 위탁', '']);
  const event = await office.runtime.db('events').where({ name: 'partner.changed' }).first();
  assert.deepEqual(JSON.parse(event.data).changes[1], {
    field: 'purpose',
    before: '협력사 배송 위탁',
    after: '제작과 배송 위탁',
  });
  assert.match((await client.get('/partners')).text, /없음/, 'a partner without products says so');
});

test('a product belongs to one partner at a time', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ product: '침대' }, { product: '프레임' }, { product: '커버' }] });
  const first = await aPartner(office, { products: ['침대'] });
  const second = await aPartner(office, { name: '다른공방' });
  const client = await office.as('office');
  const { db } = office.runtime;
  const idOf = async (name: string) => (await db('products').where({ name }).first('id')).id;

  const free = await client.get(`/partners/${second}/products?owner=free`);
  assert.deepEqual(
    rowsOn(free.text).map((cells) => cells[1]),
    ['커버', '프레임'],
  );
  const found = await client.get(`/partners/${second}/products?owner=all&q=침`);
  assert.deepEqual(
    rowsOn(found.text).map((cells) => [cells[1], cells[3]]),
    [['침대', '침대공방']],
  );

  const taken = await client.post(`/partners/${second}/products/add`, {
    ids: [await idOf('침대'), await idOf('커버')],
  });
  assert.match((await client.get(taken.location)).text, /다른 협력사의 상품입니다: ‘침대’\(침대공방\)/);
  assert.equal((await db('partner_products').where({ partner_id: second })).length, 0, 'all or none');

  await client.post(`/partners/${first}/products/remove`, { ids: await idOf('침대') });
  await client.post(`/partners/${second}/products/add`, { ids: await idOf('침대') });
  assert.deepEqual(await db('partner_products').select('partner_id'), [{ partner_id: second }]);
  const names: string[] = await db('events').where({ subject_type: 'partner' }).orderBy('id').pluck('name');
  assert.deepEqual(names.slice(-2), ['partner.products_removed', 'partner.products_added']);
  assert.equal((await client.post(`/partners/${second}/products/add`, { ids: 999 })).status, 404);
});

test('the list tells what waits, what is too early, what changed and what was sent last', async () => {
  await using office = await openOffice();
  const { lines } = await anOrder(office, { lines: [{ quantity: 2 }, {}, { status: 'new' }] });
  const partner = await aPartner(office, { products: ['침대'] });
  await aPartner(office, { name: '가구점' });
  const client = await office.as('office');
  const row = async () =>
    rowsOn((await client.get('/partners')).text).find((cells) => cells[0] === '침대공방')!;
  assert.deepEqual((await row()).slice(3), ['1', '2건', '3', '1건', '', '없음']);
  await sendSheet(office.ctx('office'), partner, { scope: 'waiting' });
  await office.runtime.db('order_lines').where({ id: lines[0]!.id }).update({ memo: '바뀜', revision: 2 });
  const after = await row();
  assert.deepEqual(after.slice(3, 8), ['1', '0건', '', '1건', '1건']);
  assert.match(after[8]!, /^발주 1 \d\d-\d\d \d\d:\d\d 김하나$/);
  assert.deepEqual(
    rowsOn((await client.get('/partners?q=가구')).text).map((cells) => cells[0]),
    ['가구점'],
  );
});

test('the order and the list of orders say that a line was ordered, and the timeline what the partner was told', async () => {
  await using office = await openOffice();
  const { id, lines } = await anOrder(office, { lines: [{}, { product: '커버' }] });
  const partner = await aPartner(office, { products: ['침대'] });
  const client = await office.as('office');
  await client.post(`/partners/${partner}/sheets`, { scope: 'waiting' });
  const today = new Date().toLocaleDateString('sv').slice(5);
  assert.deepEqual(
    rowsOn((await client.get('/orders')).text)
      .map((cells) => cells[3])
      .sort(),
    ['발주확인', `발주확인 발주 ${today}`],
  );
  await office.runtime
    .db('order_lines')
    .where({ id: lines[0]!.id })
    .update({ status: 'cancelled', revision: 2 });
  await client.post(`/partners/${partner}/sheets`, { scope: 'supplement' });
  await client.post('/partners/sheets/2/undo');
  const page = textOf((await client.get(`/orders/${id}`)).text);
  assert.match(page, new RegExp(`취소 발주 ${today}`));
  assert.match(
    page,
    /협력사 ‘침대공방’에 발주했습니다: 발주 1 \d+ \d{4}-/,
    'it names the line, for it was not all of them',
  );
  assert.match(page, /협력사 ‘침대공방’에 취소를 알렸습니다: 발주 1-2/);
  assert.match(page, /협력사 ‘침대공방’에 보낸 발주 1-2을 되돌렸습니다/);

  const delivery = await office.as('delivery');
  await office.runtime.db('order_lines').update({ delivery_id: 1 });
  const theirs = (await delivery.get(`/orders/${id}`)).text;
  assert.doesNotMatch(theirs, /협력사|발주 \d\d-/);
});

test('a sheet is made, looked at, downloaded and taken back by its page', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_name: '<b>김</b>' }] });
  const partner = await aPartner(office, { products: ['침대'] });
  const client = await office.as('office');
  const made = await client.post(`/partners/${partner}/sheets`, { scope: 'waiting' });
  assert.equal(made.location, '/partners/sheets/1');
  const page = await client.get(made.location);
  assert.match(page.text, /&lt;b&gt;김&lt;\/b&gt;/);
  const file = await client.post('/partners/sheets/1/file');
  assert.match(decodeURIComponent(file.headers.get('content-disposition') ?? ''), /발주서_침대공방_1\.xlsx/);
  assert.match(file.headers.get('content-type') ?? '', /spreadsheetml/);

  const empty = await client.post(`/partners/${partner}/sheets`, { scope: 'waiting' });
  assert.equal(empty.status, 409);
  assert.match(empty.text, /발주할 것이 없습니다/);
  const backwards = await client.post(`/partners/${partner}/sheets`, {
    scope: 'range',
    from: '2026-11-10',
    to: '2026-11-09',
  });
  assert.equal(backwards.status, 422);
  assert.match(backwards.text, /종료일이 시작일보다 빠릅니다/);

  await client.post('/partners/sheets/1/undo');
  assert.match((await client.get('/partners/sheets/1')).text, /되돌린 발주서입니다/);
  const again = await client.post('/partners/sheets/1/undo');
  assert.match((await client.get(again.location)).text, /이미 되돌렸습니다/);
});

test('the template is previewed with real rows, saved, used and set back', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_name: '이두리' }] });
  const partner = await aPartner(office, { products: ['침대'] });
  const client = await office.as('office');
  const path = `/partners/${partner}/template`;
  assert.match((await client.get(path)).text, /27개/);

  const small = {
    title: '{협력사} 귀중',
    heading: '보내는 이: {보낸이}',
    split: 'none',
    columns: [columnOf('recipient_name'), { title: '비고', constant: '착불', format: 'text' as const }],
  } as const;
  const fields = templateFields(typedOf({ ...small, heading: [small.heading], columns: [...small.columns] }));
  const preview = await client.post(`${path}/preview`, fields);
  assert.equal(preview.status, 200);
  assert.match(preview.text, /침대공방 귀중/);
  assert.match(textOf(preview.text), /수취인 비고 이두리 착불/);
  const moved = await client.post(`${path}/preview`, { ...fields, arrange: 'up:1' });
  assert.match(textOf(moved.text), /비고 수취인 착불 이두리/);
  assert.equal(
    (await office.runtime.db('partners').first('template')).template,
    null,
    'a preview saves nothing',
  );

  const wrong = await client.post(path, { ...fields, heading: '{없는말}' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /\{없는말\}은 채울 수 없는 말입니다/);
  assert.equal((await client.post(path, fields)).status, 303);
  assert.match((await client.get(path)).text, /value="비고"/);
  const names: string[] = await office.runtime.db('events').where({ subject_type: 'partner' }).pluck('name');
  assert.ok(names.includes('partner.template_changed'));
  await client.post(`${path}/reset`);
  assert.equal((await office.runtime.db('partners').first('template')).template, null);
});

test('an editor with one column, no column or far too many is answered', async () => {
  await using office = await openOffice();
  const partner = await aPartner(office);
  const client = await office.as('office');
  const path = `/partners/${partner}/template`;
  const one = {
    title: '',
    heading: '',
    split: 'none',
    column_title: '메모',
    column_source: 'memo',
    column_constant: '',
    column_format: 'text',
  };
  assert.equal((await client.post(path, one)).status, 303);
  assert.equal((await client.post(path, {})).status, 422);
  const many = new Array(90).fill('memo');
  const answer = await client.post(path, {
    ...one,
    column_title: many,
    column_source: many,
    column_constant: many,
    column_format: many,
  });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /열은 60개까지/);
});

async function statusesOf(
  office: Office,
  role: 'office' | 'admin' | 'delivery',
  sheet: number,
  partner: number,
) {
  const client = await office.as(role);
  const reads = [
    '',
    '/new',
    `/${partner}`,
    `/${partner}/edit`,
    `/${partner}/products`,
    `/${partner}/template`,
    `/${partner}/sheets`,
    `/sheets/${sheet}`,
  ];
  const writes = [
    '',
    `/${partner}`,
    `/${partner}/sheets`,
    `/${partner}/products/add`,
    `/${partner}/template`,
    `/${partner}/template/reset`,
    `/sheets/${sheet}/file`,
    `/sheets/${sheet}/undo`,
    `/${partner}/disable`,
  ];
  const statuses: number[] = [];
  for (const path of reads) statuses.push((await client.get(`/partners${path}`)).status);
  for (const path of writes) statuses.push((await client.post(`/partners${path}`)).status);
  return { statuses, menu: (await client.get('/account')).text.includes('href="/partners"') };
}

test('office and admin may do all of it; the delivery team has no part in it', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const partner = await aPartner(office, { products: ['침대'] });
  const sheet = await sendSheet(office.ctx('office'), partner, { scope: 'waiting' });
  const delivery = await statusesOf(office, 'delivery', sheet, partner);
  assert.deepEqual(delivery, { statuses: new Array(17).fill(403), menu: false });
  assert.equal((await office.runtime.db('partner_sheets').first('undone_at')).undone_at, null);
  for (const role of ['office', 'admin'] as const) {
    const { statuses, menu } = await statusesOf(office, role, sheet, partner);
    assert.ok(menu);
    assert.ok(
      statuses.every((status) => status < 500 && status !== 403),
      `${role}: ${statuses.join(' ')}`,
    );
  }
});

test('behind the routes, too, nothing is found by those who may not see it, and people stay masked', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_name: '남궁다솔', address: '서울특별시 강남구 테헤란로 1' }] });
  const partner = await aPartner(office, { products: ['침대'] });
  const sheet = await sendSheet(office.ctx('office'), partner, { scope: 'waiting' });
  const stranger = office.ctx('delivery');
  await assert.rejects(sendSheet(stranger, partner, { scope: 'waiting' }), /찾는 협력사가 없습니다/);
  await assert.rejects(findSheet(stranger, sheet), /찾는 발주서가 없습니다/);
  await assert.rejects(takeSheetFile(stranger, sheet));

  const clerk: Ctx = office.ctx('office');
  const permissions = new Set([...clerk.actor.permissions].filter((code) => code !== 'orders.personal'));
  const blind: Ctx = { ...clerk, actor: { ...clerk.actor, permissions } };
  const [entry] = await sheetEntries(blind, { id: sheet }, { offset: 0, limit: 10 });
  assert.deepEqual(
    [entry!.line.recipient_name, entry!.line.recipient_phone, entry!.line.address],
    ['남**솔', '010-****-2222', '서울특별시 강남구 테헤란로 ***'],
  );
  await assert.rejects(sendSheet(blind, partner, { scope: 'waiting' }), /볼 권한이 있는 사람/);
  await assert.rejects(takeSheetFile(blind, sheet));
});
