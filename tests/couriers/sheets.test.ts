import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as xlsx from '@e965/xlsx';
import { readRows } from '#lib/xlsx/index.ts';
import { couriers } from '../../src/couriers/known/index.ts';
import { type Office, openOffice } from '../support/office.ts';
import { type AnOrder, anOrder } from '../support/orders.ts';
import { mainText } from './page-text.ts';

const reason = '택배 접수';

/** Two orders by courier: one of two lines in one bundle, one with a recipient whose name looks like a formula. */
async function someParcels(office: Office): Promise<[AnOrder, AnOrder]> {
  const bundle = await anOrder(office, {
    lines: [
      { bundle_no: '700', product: '침대 프레임', option: '퀸', memo: '문 앞', postcode: '6236' },
      { bundle_no: '700', product: '베개', option: '', quantity: 2, memo: '문 앞', postcode: '6236' },
    ],
  });
  const other = await anOrder(office, {
    lines: [{ recipient_name: '=홍길동', recipient_phone: '01099998888', address: '+서울', memo: '@1\n2' }],
  });
  return [bundle, other];
}

async function make(office: Office, ids: readonly number[], more: Record<string, string> = {}) {
  const client = await office.as('office');
  return client.post('/couriers/sheets', { ids, send_to: 'cj', reason, ...more });
}

test('the lines of a bundle are one parcel; deliveries by our own people are none', async () => {
  await using office = await openOffice();
  await someParcels(office);
  await anOrder(office, { lines: [{ method: 'direct' }, { status: 'held' }, { status: 'dispatched' }] });
  const page = await (await office.as('office')).get('/couriers');
  assert.match(mainText(page.text), /아직 안 보냄 2 /);
  assert.match(mainText(page.text), /침대 프레임 퀸/);
  assert.match(mainText(page.text), /베개 x2/);
  const found = await (await office.as('office')).get('/couriers?q=8888');
  assert.match(mainText(found.text), /아직 안 보냄 1 /);
});

for (const { code, name, template } of couriers) {
  test(`what we write for ${name} reads back equal, in our reader and in SheetJS, all of it text`, async () => {
    await using office = await openOffice();
    const orders = await someParcels(office);
    const admin = await office.as('admin');
    await admin.post('/couriers/templates/sender', {
      name: '모아침대',
      phone: '0311234567',
      phone2: '',
      postcode: '01234',
      address: '경기도 광주시 공장로 1',
    });
    const ids = orders.map((order) => order.lines[0]!.id);
    const made = await make(office, ids, { send_to: code, [`boxes-${ids[0]}`]: '2' });
    assert.match(made.location, /^\/couriers\/runs\/\d+$/);
    const client = await office.as('office');
    const file = await client.post(`${made.location}/file`, {});
    assert.equal(file.status, 200);

    const workbook = xlsx.read(file.bytes);
    const sheet = workbook.Sheets[workbook.SheetNames[0]!]!;
    const cells = Object.entries(sheet).filter(([place]) => !place.startsWith('!'));
    assert.ok(
      cells.every(([, cell]) => (cell as { t: string; f?: string }).t === 's' && !(cell as { f?: string }).f),
    );
    const theirs = xlsx.utils.sheet_to_json<string[]>(sheet, { header: 1, defval: '', raw: true });
    const ours: string[][] = [];
    for await (const { texts } of readRows(file.bytes))
      ours.push(template.columns.map((_, at) => texts[at] ?? ''));
    assert.deepEqual(ours, theirs);
    assert.deepEqual(
      theirs[0],
      template.columns.map(({ title }) => title),
    );

    const column = (field: string) => template.columns.findIndex((one) => one.field === field);
    const [first, second] = [theirs[1]!, theirs[2]!];
    assert.equal(theirs.length, 3);
    assert.equal(first[column('name')], '김하나');
    assert.equal(second[column('name')], '=홍길동');
    assert.equal(second[column('phone')], '010-9999-8888');
    assert.equal(first[column('postcode')], '06236');
    assert.equal(second[column('memo')], '@1 2');
    assert.equal(first[column('boxes')], '2');
    const items = first[column('items') >= 0 ? column('items') : column('itemsWithNo')]!;
    assert.match(items, /^침대 프레임 퀸 \/ 베개 x2/);
    assert.match(first.join(' '), /MOA\d{8}/, 'our number travels along');
    if (column('senderName') >= 0) {
      assert.equal(first[column('senderName')], '모아침대');
      assert.equal(first[column('senderPostcode')], '01234');
    }
  });
}

test('a parcel is not sent twice unasked, but on purpose it is', async () => {
  await using office = await openOffice();
  const [order] = await someParcels(office);
  const ids = [order.lines[0]!.id];
  assert.equal((await make(office, ids)).status, 303);
  const list = await (await office.as('office')).get('/couriers?state=sent');
  assert.match(mainText(list.text), /이미 보냄 1 .* 이미 보냄 /);

  const twice = await make(office, ids);
  assert.equal(twice.status, 409);
  assert.match(mainText(twice.text), /이미 보낸 택배가 있습니다/);
  const again = await make(office, ids, { again: '1' });
  assert.equal(again.status, 303);
  const runs = await office.runtime.db('courier_runs').orderBy('id');
  assert.deepEqual(
    runs.map((run) => [
      run.parcel_count,
      run.line_count,
      run.box_count,
      run.again_count,
      run.made_by_name,
      run.reason,
    ]),
    [
      [1, 2, 1, 0, '김하나', reason],
      [1, 2, 1, 1, '김하나', reason],
    ],
  );
});

test('two people at once make one sheet of a parcel', async () => {
  await using office = await openOffice();
  const [order] = await someParcels(office);
  const answers = await Promise.all([make(office, [order.lines[0]!.id]), make(office, [order.lines[0]!.id])]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
  assert.equal((await office.runtime.db('courier_parcels')).length, 1);
});

test('what comes to a bundle after its sheet was made is a parcel of its own', async () => {
  await using office = await openOffice();
  const [order] = await someParcels(office);
  const { db } = office.runtime;
  await db('order_lines').where({ id: order.lines[1]!.id }).update({ status: 'held' });
  await make(office, [order.lines[0]!.id]);
  await db('order_lines').where({ id: order.lines[1]!.id }).update({ status: 'acknowledged' });
  const page = await (await office.as('office')).get('/couriers');
  assert.match(mainText(page.text), / 추가 /);
  assert.equal((await make(office, [order.lines[1]!.id])).status, 303);
  const lines = await db('courier_parcel_lines').orderBy('parcel_id');
  assert.deepEqual(
    lines.map((line) => line.line_no),
    order.lines.map((line) => line.lineNo),
  );
});

test('nothing is made without a courier, a reason, a parcel, a sender where one is needed', async () => {
  await using office = await openOffice();
  const [order] = await someParcels(office);
  const ids = [order.lines[0]!.id];
  for (const [given, said] of [
    [{ send_to: '' }, /택배사를 골라 주세요/],
    [{ reason: ' ' }, /이유를 적어 주세요/],
    [{ [`boxes-${ids[0]}`]: '0' }, /박스 수는 1~99/],
    [{ send_to: 'lotte' }, /보내는 분을 먼저 적어 주세요/],
  ] as const) {
    const answer = await make(office, ids, given as Record<string, string>);
    assert.ok([409, 422].includes(answer.status), String(answer.status));
    assert.match(mainText(answer.text), said);
  }
  assert.match(mainText((await make(office, [])).text), /택배를 고르지 않았습니다/);
  assert.match(mainText((await make(office, [999_999])).text), /지금은 없는 것이 있습니다/);
  assert.equal((await office.runtime.db('courier_runs')).length, 0);
});

test('a gift without an address stands in the list and says so, but goes into no sheet', async () => {
  await using office = await openOffice();
  const gift = await anOrder(office, { lines: [{ recipient_name: '', address: '', address_detail: '' }] });
  const page = await (await office.as('office')).get('/couriers');
  assert.match(mainText(page.text), /배송지 없음/);
  const answer = await make(office, [gift.lines[0]!.id]);
  assert.equal(answer.status, 409);
  assert.match(mainText(answer.text), new RegExp(`주소가 아직 없는 택배가 있습니다\\(${gift.orderNo}\\)`));
  assert.equal((await office.runtime.db('courier_runs')).length, 0);
});

test('a template is edited, used from the next sheet on, and reset', async () => {
  await using office = await openOffice();
  const [order] = await someParcels(office);
  const admin = await office.as('admin');
  const columns = { 'order-0': '20', 'title-0': '이름', 'field-0': 'name', 'text-0': '' };
  const edited = await admin.post('/couriers/templates/cj', {
    ...columns,
    'order-1': '10',
    'title-1': '구분',
    'field-1': 'text',
    'text-1': '=착불',
    'order-2': '',
    'title-2': '버릴 열',
    container: 'xls',
    itemLength: '50',
  });
  assert.equal(edited.location, '/couriers/templates/cj');
  const made = await make(office, [order.lines[0]!.id]);
  const file = await (await office.as('office')).post(`${made.location}/file`, {});
  assert.equal(file.bytes.subarray(0, 2).toString('hex'), 'd0cf');
  const workbook = xlsx.read(file.bytes);
  assert.deepEqual(xlsx.utils.sheet_to_json(workbook.Sheets.Sheet1!, { header: 1 }), [
    ['구분', '이름'],
    ['=착불', '김하나'],
  ]);
  const wrong = await admin.post('/couriers/templates/cj', { container: 'xlsx', itemLength: '50' });
  assert.match(mainText(wrong.text), /열을 하나는 남겨 주세요/);
  await admin.post('/couriers/templates/cj/reset', {});
  assert.deepEqual(await office.runtime.db('courier_templates'), []);
  assert.equal((await (await office.as('office')).get('/couriers/templates')).status, 403);
});

test('every sheet that leaves says who took it, of what, and why; the delivery team may not', async () => {
  await using office = await openOffice();
  const [order] = await someParcels(office);
  const made = await make(office, [order.lines[0]!.id]);
  await (await office.as('office')).post(`${made.location}/file`, {});
  const events = await office.runtime.db('events').where({ subject_type: 'courier_run' }).orderBy('id');
  assert.deepEqual(
    events.map(({ name, actor_name }) => [name, actor_name]),
    [
      ['couriers.sheet_made', '김하나'],
      ['couriers.sheet_taken', '김하나'],
    ],
  );
  const told = JSON.parse(events[0].data);
  assert.deepEqual([told.courier, told.parcel_count, told.reason], ['cj', 1, reason]);
  const delivery = await office.as('delivery');
  for (const path of ['/couriers', '/couriers/runs', made.location, '/couriers/results'])
    assert.equal((await delivery.get(path)).status, 403, path);
  assert.equal((await delivery.post(`${made.location}/file`, {})).status, 403);
});
