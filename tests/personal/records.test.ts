import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordAccess } from '#lib/access.ts';
import { readSought, subjectWords } from '../../src/personal/records.rules.ts';
import { oneByOne } from '../../src/personal/revealing.ts';
import { verifyAccess } from '../../src/personal/verifying.ts';
import type { Client } from '../support/client.ts';
import { importLines, someLines } from '../support/imports.ts';
import { cast, type Office, openOffice } from '../support/office.ts';

let office: Office;
let admin: Client;
before(async () => {
  office = await openOffice();
  await importLines(office.ctx('office'), someLines(6));
  admin = await office.as('admin');
});
after(() => office[Symbol.asyncDispose]());

const records = (where: object) => office.runtime.db('access_records').where(where).orderBy('id', 'desc');

test('one record is uncovered by one click, for half an hour, and it is written down who did', async () => {
  const client = await office.as('office', { masked: true });
  const { db } = office.runtime;
  const [line] = await db('order_lines').orderBy('id');
  const other = await db('order_lines').whereNot({ order_id: line.order_id }).first();
  const page = `/orders/${line.order_id}`;
  assert.ok(!(await client.get(page)).text.includes(line.recipient_name));
  assert.equal((await records({ kind: 'view', path: page })).length, 0, 'a masked page tells nobody');

  const answer = await client.post(
    `/personal/reveal/order/${line.order_id}`,
    {},
    { referer: `${office.url}${page}` },
  );
  assert.deepEqual([answer.status, answer.location], [303, page]);
  assert.ok((await client.get(page)).text.includes(line.recipient_name));
  const list = (await client.get('/orders')).text;
  assert.ok(list.includes(line.recipient_name), 'in the list as well');
  assert.ok(!list.includes(other.recipient_phone.slice(3, 7)), 'and nobody else');

  const [revealed] = await records({ kind: 'reveal' });
  assert.deepEqual(
    [revealed.actor_name, revealed.subject_type, revealed.subject_id, revealed.people, revealed.subjects],
    [cast.office.name, 'order', line.order_id, 1, `order:${line.order_id}`],
  );
  assert.match(revealed.address, /^(::1|127\.0\.0\.1|::ffff:127\.0\.0\.1)$/);
  assert.match(revealed.request_id, /^[\w-]{8,}$/);
  const [viewed] = await records({ kind: 'view' });
  assert.deepEqual([viewed.path, viewed.people, viewed.subjects], ['/orders', 1, `order:${line.order_id}`]);
});

test('a working session asks for a reason, shows everybody, says so on every page and ends when it is told to', async () => {
  const client = await office.as('office', { masked: true });
  const { text } = await client.get('/personal/reveal?next=/orders%3Fstatus%3Dnew');
  assert.match(text, /무엇을 위해 보나요/);
  const refused = await client.post('/personal/reveal', { next: '/orders' });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /무엇을 위해 보는지 고르거나 적어 주세요/);

  const begun = await client.post('/personal/reveal', { next: '/orders?status=new', usual: '고객 응대' });
  assert.deepEqual([begun.status, begun.location], [303, '/orders?status=new']);
  const outside = await client.post('/personal/reveal', { next: '//evil.example/x', usual: '고객 응대' });
  assert.equal(outside.location, '/');
  const open = (await client.get('/orders')).text;
  assert.match(open, /고객 응대[\s\S]*다시 가리기/);
  const phones = (await office.runtime.db('order_lines').pluck('recipient_phone')) as string[];
  assert.ok(phones.some((phone) => open.includes(phone.slice(-8, -4))));
  const [viewed] = await records({ kind: 'view', path: '/orders' });
  assert.deepEqual([viewed.reason, viewed.subject_type], ['고객 응대', 'order']);
  assert.ok(viewed.people >= 2 && viewed.subjects.split(',').length >= viewed.people);

  const ended = await client.post('/personal/reveal/end', { next: '/orders' });
  assert.equal(ended.location, '/orders');
  const closed = (await client.get('/orders')).text;
  assert.match(closed, /\*\*\*\*/);
  assert.doesNotMatch(closed, /다시 가리기/);
});

test('who uncovers more one by one than anybody calls has to say why, and is slowed down', async () => {
  const client = await office.as('admin', { masked: true });
  const { attempts } = office.ctx();
  for (let at = 0; at <= oneByOne.free; at++) await attempts.add(oneByOne, String(cast.admin.id));
  const { order_id } = await office.runtime.db('order_lines').first();
  const before = (await records({ kind: 'reveal' })).length;
  const answer = await client.post(`/personal/reveal/order/${order_id}`);
  assert.equal(answer.status, 409);
  assert.match(answer.text, /한 시간에 120건 넘게/);
  assert.equal((await records({ kind: 'reveal' })).length, before);
});

test('what one may not know is not there to be uncovered', async () => {
  const delivery = await office.as('delivery', { masked: true });
  const { order_id } = await office.runtime.db('order_lines').first();
  assert.equal((await delivery.post(`/personal/reveal/order/${order_id}`)).status, 404);
  const client = await office.as('office', { masked: true });
  for (const path of ['order/999999', 'delivery/999999', 'import/999999', 'user/1', 'order/x'])
    assert.equal((await client.post(`/personal/reveal/${path}`)).status, 404, path);
  assert.equal(
    (await (await office.as('crew')).post('/personal/reveal', { usual: '고객 응대' })).status,
    403,
  );
  for (const path of ['/access-records', '/personal-data'])
    assert.equal((await client.get(path)).status, 403, path);
});

test('a search by what belongs to a person is written down without saying who; one by a number is not', async () => {
  const client = await office.as('office', { masked: true });
  const {
    recipient_name: name,
    recipient_phone: phone,
    order_no,
  } = await office.runtime.db('order_lines').first();
  const found = (await client.get(`/orders?q=${encodeURIComponent(name)}`)).text;
  assert.ok(found.includes(order_no), 'real values are searched');
  const [byName] = await records({ kind: 'search' });
  assert.match(byName.detail, /^이름으로 찾음/);
  assert.ok(byName.people > 0);
  assert.ok(!byName.detail.includes(name));
  await client.get(`/deliveries?q=${phone}`);
  const [byPhone] = await records({ kind: 'search' });
  assert.equal(byPhone.path, '/deliveries');
  assert.ok(byPhone.detail.includes(phone.slice(-4)) && !byPhone.detail.includes(phone.slice(-8)));
  const before = (await records({ kind: 'search' })).length;
  await client.get(`/orders?q=${order_no}`);
  assert.equal((await records({ kind: 'search' })).length, before);
});

test('the reader finds records by person, kind, day, order number, place and reason', async () => {
  const { order_id, order_no, delivery_id } = await office.runtime
    .db('order_lines')
    .whereNotNull('delivery_id')
    .first();
  const ctx = {
    ...office.ctx('delivery'),
    origin: { address: '203.0.113.9', path: '/deliveries' },
    requestId: 'job-77',
  };
  await recordAccess(ctx, {
    kind: 'print',
    subject: { type: 'print_run', id: 4 },
    subjects: { type: 'delivery', ids: [delivery_id] },
    people: 1,
    detail: '4회차',
  });
  await recordAccess(ctx, {
    kind: 'export',
    subject: { type: 'order', id: order_id },
    people: 1,
    reason: '설치 기사에게 전달',
  });

  const rowsOf = async (query: string) => {
    const { status, text } = await admin.get(`/access-records?${query}`);
    assert.equal(status, 200, query);
    return text.match(/<tr>\s*<td class="cell-nowrap"><time/g)?.length ?? 0;
  };
  assert.ok((await rowsOf('')) > 5);
  assert.equal(await rowsOf(`person=${cast.delivery.id}`), 2);
  assert.equal(await rowsOf(`person=${cast.delivery.id}&kind=print`), 1);
  assert.equal(await rowsOf('q=203.0.113.9'), 2);
  assert.equal(await rowsOf('q=job-77'), 2);
  assert.equal(await rowsOf(`q=${encodeURIComponent('설치 기사')}`), 1);
  assert.equal(await rowsOf(`q=${encodeURIComponent('출력 회차 4')}`), 1);
  assert.equal(await rowsOf(`q=${encodeURIComponent(`배송 ${delivery_id}`)}&kind=print`), 1);
  assert.ok((await rowsOf(`q=${order_no}`)) >= 2);
  assert.equal(await rowsOf('q=NOSUCH-123456'), 0);
  assert.equal(await rowsOf('from=2020-01-01&to=2020-01-02'), 0);
});

test('the records can be taken away as a file, and that is written down too', async () => {
  const { text } = await admin.get('/downloads/new/access');
  assert.match(text, /접속기록/);
  const asked = await admin.post('/downloads/new/access', {
    columns: ['at', 'actor', 'kind', 'subject', 'people', 'reason', 'subjects'],
    reason: '월간 점검 자료',
  });
  const id = /\/downloads\/(\d+)/.exec(asked.location || asked.text)?.[1] ?? '1';
  const file = await admin.post(`/downloads/${id}/file`);
  assert.equal(file.bytes.subarray(0, 2).toString(), 'PK');
  const [taken] = await records({ kind: 'export', subject_type: 'download' });
  assert.equal(taken.reason, '월간 점검 자료');
});

test('the reader says when the records were verified, and shouts when somebody touched them', async () => {
  await verifyAccess(office.ctx());
  assert.match((await admin.get('/access-records')).text, /마지막 확인 [\d: -]+: [\d,]+건, 이상 없음/);
  const { db } = office.runtime;
  await db.raw('drop trigger access_records_stay');
  const [newest] = await records({});
  await db('access_records').where({ id: newest.id }).update({ people: 999 });
  await verifyAccess(office.ctx());
  const { text } = await admin.get('/access-records');
  assert.match(text, /접속기록에 손댄 흔적이 1건 있습니다/);
  assert.match(text, new RegExp(`기록 ${newest.id}\\(`));
});

test('what is typed is understood, and a record says what it is about', () => {
  assert.deepEqual(readSought('10.0.0.7'), { kind: 'address', text: '10.0.0.7' });
  assert.deepEqual(readSought('FE80::1'), { kind: 'address', text: 'fe80::1' });
  assert.deepEqual(readSought('배송 12'), { kind: 'subject', subject: { type: 'delivery', id: 12 } });
  assert.deepEqual(readSought('출력 회차 3'), { kind: 'subject', subject: { type: 'print_run', id: 3 } });
  assert.deepEqual(readSought('2026110101000003'), { kind: 'number', text: '2026110101000003' });
  assert.deepEqual(readSought('김하나'), { kind: 'text', text: '김하나' });
  assert.deepEqual(subjectWords({ subject_type: 'order', subjects: 'order:7' }), {
    label: '주문 7',
    href: '/orders/7',
  });
  assert.deepEqual(subjectWords({ subject_type: 'order', subjects: 'order:7,order:8' }), {
    label: '주문 2건',
  });
  assert.equal(
    subjectWords({ subject_type: 'print_run', subjects: 'print_run:3,delivery:1,delivery:2' }).label,
    '출력 회차 3',
  );
  assert.deepEqual(subjectWords({ subject_type: '', subjects: '' }), { label: '' });
});
