import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listEvents } from '#lib/events.ts';
import { readListQuery } from '#lib/lists.ts';
import { requestDownload } from '../../src/downloads/requesting.ts';
import { takeFile } from '../../src/downloads/taking.ts';
import { lineSource } from '../../src/orders/line-source.ts';
import { importLines, someLines } from '../support/imports.ts';
import { openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { ask, bytesOf, readFile } from './support.ts';

test('the chosen columns come in the order they were sent in, and are remembered for this person and list', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const client = await office.as('office');
  const columns = ['amount', 'line_no', 'recipient_name', 'nonsense', 'amount'];
  const answer = await ask(client, 'orders', { columns });
  assert.deepEqual((await readFile(answer.bytes)).titles, ['금액', '상품주문번호', '수취인']);

  const chosenOn = (text: string) => [...text.matchAll(/value="(\w+)" checked/g)].map(([, key]) => key);
  assert.deepEqual(chosenOn((await client.get('/downloads/new/orders')).text), [
    'amount',
    'line_no',
    'recipient_name',
  ]);
  const others = await (await office.as('admin')).get('/downloads/new/orders');
  assert.equal(chosenOn(others.text)[0], 'ordered_at');
  assert.ok(chosenOn((await client.get('/downloads/new/options')).text).length > 5);

  const reset = await client.post('/downloads/new/orders', { columns: ['memo'], reset: '1', status: 'new' });
  assert.equal(reset.status, 200);
  assert.match(reset.text, /name="status" value="new"/);
  assert.equal(chosenOn((await client.get('/downloads/new/orders')).text)[0], 'ordered_at');
});

test('a file with personal data asks for a reason; one without does not', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const client = await office.as('office');
  for (const reason of ['', '네 글자', '        ']) {
    const answer = await ask(client, 'orders', { columns: ['memo', 'amount'], reason });
    assert.equal(answer.status, 422, reason);
    assert.match(answer.text, /개인정보가 담긴 파일입니다/);
    assert.match(answer.text, /value="memo" checked/);
  }
  assert.equal((await office.runtime.db('downloads').count({ n: '*' }).first())?.n, 0);
  assert.equal((await ask(client, 'orders', { columns: ['amount'], reason: '' })).status, 200);
  assert.equal((await ask(client, 'orders', { columns: [], reason: '' })).status, 422);
  await assert.rejects(
    requestDownload(office.ctx('office'), lineSource, {
      query: readListQuery({}, lineSource.definition),
      columns: lineSource.columns,
      reason: '',
    }),
    { name: 'Refusal' },
  );
});

test('who, when, which list, which filter, which columns, how many rows and why: all of it is kept', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ status: 'new' }, { status: 'new' }, {}] });
  const client = await office.as('office');
  const asked = {
    status: 'new',
    from: '2026-11-01',
    to: '2026-11-30',
    q: '김하',
    columns: ['line_no', 'memo'],
  };
  await ask(client, 'orders', { ...asked, reason: '협력사 전달용' });

  const { db } = office.runtime;
  const row = await db('downloads').first();
  assert.equal(row.created_by_name, '김하나');
  assert.deepEqual(
    [row.list_name, row.filter_words, row.row_count, row.reason, row.personal, row.state],
    ['orders', '신규 · 주문일 2026-11-01~2026-11-30 · 검색 ‘김*’', 2, '협력사 전달용', 1, 'ready'],
  );
  const events = await listEvents(office.ctx(), 'download', row.id);
  assert.deepEqual(
    events.map(({ name, actor_name }) => [name, actor_name]),
    [
      ['download.taken', '김하나'],
      ['download.requested', '김하나'],
    ],
  );
  const { at, data } = events[1]!;
  assert.ok(at instanceof Date);
  const told = JSON.parse(data);
  assert.deepEqual(told.query.params, { status: 'new', from: '2026-11-01', to: '2026-11-30' });
  assert.equal(JSON.parse(row.query_json).params.q, '김하', 'to make the file with');
  const [exported] = await db('access_records').where({ kind: 'export' });
  assert.match(exported.detail, /검색 ‘김\*’/);
  assert.deepEqual([told.list, told.rows, told.reason], ['orders', 2, '협력사 전달용']);
  assert.deepEqual(told.columns, ['상품주문번호', '배송메모']);

  const sealed: { sealed: Buffer } = await db('download_files').first('sealed');
  assert.ok(!sealed.sealed.includes('PK\x03\x04'), 'the kept file is no readable zip');
  await client.post(`/downloads/${row.id}/file`);
  assert.equal((await listEvents(office.ctx(), 'download', row.id)).length, 3);
});

test('the file is named in Korean after list and time', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const { headers, status } = await ask(await office.as('office'), 'orders', { columns: ['line_no'] });
  assert.equal(status, 200);
  const name = /filename\*=UTF-8''(\S+)/.exec(headers.get('content-disposition')!)![1]!;
  assert.match(decodeURIComponent(name), /^주문_\d{8}_\d{4}\.xlsx$/);
  assert.equal(headers.get('cache-control'), 'no-store');
});

test('a fee that stands on each line of a bundle counts once', async () => {
  await using office = await openOffice();
  const fee = { bundle_no: '77', shipping_fee: 30_000 };
  await anOrder(office, {
    lines: [fee, { ...fee, shipping_fee: 0 }, fee, { bundle_no: '78', shipping_fee: 5000 }],
  });
  await anOrder(office, { lines: [{ ...fee, amount: -1000, quantity: 3 }] });
  const columns = ['quantity', 'amount', 'shipping_fee'];
  const { totals, rows } = await readFile(
    (await ask(await office.as('office'), 'orders', { columns })).bytes,
  );
  assert.equal(rows.length, 5);
  assert.deepEqual(totals, ['7', '1999000', '65000', '합계 5건']);
});

test('what somebody typed is a text in the file, and never a formula or a broken sheet', async () => {
  await using office = await openOffice();
  const texts = [
    '=1+1',
    '+82-10',
    '@SUM(A1)',
    '-2',
    '=HYPERLINK("http://x")',
    '<b>&"\'',
    '_x0041_',
    '가\u0001나다',
    ' 앞뒤 ',
    '줄\n바꿈',
  ];
  for (const memo of texts) await anOrder(office, { lines: [{ memo, postcode: '06236', ordered_at: null }] });
  const client = await office.as('office');
  const { rows } = await readFile(
    (await ask(client, 'orders', { columns: ['memo', 'postcode'], dir: 'asc', sort: 'ordered_at' })).bytes,
  );
  assert.deepEqual(
    rows.map((row) => row.배송메모),
    texts.map((text) => text.replace('\u0001', '')),
  );
  assert.equal(rows[0]!.우편번호, '06236');
});

test('whoever may not know people gets them masked in the file too', async () => {
  await using office = await openOffice();
  await anOrder(office, {
    lines: [{ recipient_name: '홍길동', recipient_phone: '01012345678', memo: '문 앞' }],
  });
  const ctx = office.ctx('office');
  const actor = { ...ctx.actor, permissions: new Set(['orders.view', 'downloads.orders']) };
  const asked = {
    query: readListQuery({}, lineSource.definition),
    columns: lineSource.columns,
    reason: '가린 자료를 받습니다',
  };
  const { id } = await requestDownload({ ...ctx, actor }, lineSource, asked);
  const { parts } = await takeFile({ ...ctx, actor }, id);
  const { rows } = await readFile(await bytesOf(parts));
  assert.deepEqual(
    [rows[0]!.수취인, rows[0]!['수취인 연락처'], rows[0]!.배송메모],
    ['홍*동', '010-****-5678', '***'],
  );
});

test('the delivery team takes nothing away, and nobody a list they may not see', async () => {
  await using office = await openOffice();
  await importLines(office.ctx('office'), someLines(3));
  const crew = await office.as('delivery');
  assert.doesNotMatch((await crew.get('/deliveries?state=all')).text, /엑셀 다운로드/);
  for (const path of ['/downloads', '/downloads/new/deliveries', '/downloads/new/orders'])
    assert.equal((await crew.get(path)).status, 403, path);
  assert.equal((await ask(crew, 'deliveries', { columns: ['items'] })).status, 403);
  assert.equal((await office.stranger().get('/downloads/new/orders')).status, 303);

  const clerk = await office.as('office');
  assert.equal((await clerk.get('/downloads/new/users')).status, 403);
  assert.equal((await clerk.get('/downloads/new/nothing')).status, 404);
  const admin = await ask(await office.as('admin'), 'users', { columns: ['name', 'role'] });
  assert.deepEqual(
    (await readFile(admin.bytes)).rows.map((row) => row.이름),
    ['강남점 정매니저', '김하나', '박기사조', '이대표', '최기사'],
  );
  const asked = {
    query: readListQuery({}, lineSource.definition),
    columns: lineSource.columns,
    reason: '그냥 받습니다',
  };
  for (const permissions of [['orders.view'], ['downloads.orders']]) {
    const ctx = office.ctx('office');
    const actor = { ...ctx.actor, permissions: new Set(permissions) };
    await assert.rejects(requestDownload({ ...ctx, actor }, lineSource, asked), { name: 'NotFound' });
  }
});

test('an empty list makes no file and says so', async () => {
  await using office = await openOffice();
  const answer = await ask(await office.as('office'), 'orders', { columns: ['line_no'] });
  assert.equal(answer.status, 409);
  assert.match(answer.text, /담을 내용이 없습니다/);
});
