import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '#lib/config.ts';
import { widened } from '#lib/web/security.ts';
import { enterStoreOrder } from '#stores';
import type { Client } from '../support/client.ts';
import { type Office, openOffice } from '../support/office.ts';
import { aForm, aStore } from './forms.ts';

/** What a browser without scripts sends. */
async function typedForm(client: Client, store: number): Promise<Record<string, string>> {
  const { text } = await client.get('/orders/new');
  const key = /name="key" value="([0-9a-f-]{36})"/.exec(text)![1]!;
  return {
    key,
    store: String(store),
    ordered_on: '2026-11-21',
    promised_on: '2026-12-22',
    method: 'direct',
    buyer_name: '홍길동',
    buyer_phone: '010-1234-5678',
    same: '1',
    postcode: '6236',
    address: '서울특별시 강남구 테헤란로 1',
    'line-0-product': '침대',
    'line-0-option': '퀸(Q)',
    'line-0-quantity': '1',
    'line-0-price': '890,000',
    payment_method: 'card',
    paid_amount: '',
  };
}

async function openStore(): Promise<{ office: Office; client: Client; store: number }> {
  const office = await openOffice();
  return { office, store: await aStore(office), client: await office.as('office') };
}

test('without scripts the form is a plain form: it is sent and saved, and the number leads on', async () => {
  const { office, client, store } = await openStore();
  await using _ = office;
  const form = await typedForm(client, store);
  const answer = await client.post('/orders/new', form);
  assert.equal(answer.status, 303);
  assert.match(answer.location, /^\/orders\/\d+$/);
  const page = await client.get(answer.location);
  assert.match(page.text, /주문번호 GN-261121-001/);
  assert.match(page.text, /06236/, 'the lost zero is restored');
  assert.match((await client.get('/deliveries')).text, /홍길동/);
  assert.match((await client.get('/orders')).text, /GN-261121-001/);

  assert.equal(
    (await client.post('/orders/new', { ...form, after: 'copy' })).location,
    `${answer.location}/copy`,
  );
  assert.equal((await office.runtime.db('orders')).length, 1, 'pressing twice saves one order');
});

test('a form with mistakes comes back with all that was typed, each mistake beside its field', async () => {
  const { office, client, store } = await openStore();
  await using _ = office;
  const form = await typedForm(client, store);
  const wrong = {
    ...form,
    buyer_phone: '12',
    'line-4-product': '협탁',
    'line-4-price': '싸게',
    memo: '<b>문 앞</b>',
  };
  const answer = await client.post('/orders/new', wrong);
  assert.equal(answer.status, 422);
  for (const value of ['12', '협탁', '싸게', '890,000', '&lt;b&gt;문 앞&lt;/b&gt;', form.key]) {
    assert.ok(answer.text.includes(`value="${value}"`), value);
  }
  assert.match(answer.text, /id="field-buyer_phone-error">전화번호의 자릿수/);
  assert.match(answer.text, /id="field-line-4-price-error">금액은/);
  assert.equal((await office.runtime.db('orders')).length, 0);
});

test('a saved form that was changed and sent again is refused once, and then is an order of its own', async () => {
  const { office, client, store } = await openStore();
  await using _ = office;
  const form = await typedForm(client, store);
  await client.post('/orders/new', form);
  const again = await client.post('/orders/new', { ...form, memo: '문 앞' });
  assert.equal(again.status, 409);
  assert.match(again.text, /이미 GN-261121-001로 저장했습니다/);
  const key = /name="key" value="([0-9a-f-]{36})"/.exec(again.text)![1]!;
  assert.notEqual(key, form.key);
  assert.equal((await client.post('/orders/new', { ...form, memo: '문 앞', key })).status, 303);
  assert.equal((await office.runtime.db('orders')).length, 2);
});

test('the form is told where a postal code lies while it is typed', async () => {
  const { office, client } = await openStore();
  await using _ = office;
  const ask = async (postcode: string, address = '') => {
    const query = new URLSearchParams({ postcode, address });
    return JSON.parse((await client.get(`/orders/new/region?${query}`, { accept: 'application/json' })).text);
  };
  const labels = (answer: { badges: { label: string }[] }) => answer.badges.map(({ label }) => label);
  assert.deepEqual((await ask('06236')).name, '서울특별시 강남구');
  assert.deepEqual(labels(await ask('6236')), ['앞자리 0 복원']);
  assert.deepEqual(labels(await ask('63309')), ['제주']);
  assert.deepEqual(labels(await ask('135-080')), ['옛 여섯 자리']);
  assert.deepEqual((await ask('99999')).tone, 'red');
  const elsewhere = await ask('06236', '부산광역시 해운대구 우동 1408');
  assert.deepEqual(labels(elsewhere), ['주소와 다름']);
  assert.match(elsewhere.reasons.join(), /해운대구/);
  assert.deepEqual(await ask(''), {});
});

test('goods are offered with what they were last sold for', async () => {
  const { office, client, store } = await openStore();
  await using _ = office;
  for (const unitPrice of [700_000, 890_000]) {
    const lines = [{ productName: '침대', optionName: '퀸(Q)', quantity: 1, unitPrice, discount: 0 }];
    await enterStoreOrder(office.ctx('office'), aForm(store, { lines }));
  }
  const { text } = await client.get('/orders/new/goods', { accept: 'application/json' });
  assert.deepEqual(JSON.parse(text), [{ name: '침대', options: [{ name: '퀸(Q)', price: 890_000 }] }]);
});

test('the customer’s copy holds number, goods, sums, payment, promise and address', async () => {
  const { office, client, store } = await openStore();
  await using _ = office;
  const lines = [
    { productName: '침대', optionName: '퀸(Q)', quantity: 2, unitPrice: 890_000, discount: 80_000 },
    { productName: '베개', optionName: '', quantity: 1, unitPrice: 39_000, discount: 0 },
  ];
  const { id } = await enterStoreOrder(office.ctx('office'), aForm(store, { lines, paidAmount: 500_000 }));
  const { text } = await client.get(`/orders/${id}/copy`);
  const words = text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
  for (const part of [
    'GN-261121-001',
    '강남점',
    '02-5550-1234',
    '침대 퀸(Q) 2 890,000 -80,000 1,700,000',
    '합계 3 1,819,000 -80,000 1,739,000',
    '받은 금액 카드 500,000 원',
    '남은 금액 1,239,000 원',
    '2026년 12월 22일',
    '(06236) 서울특별시 강남구 테헤란로 1 101동 1호',
  ]) {
    assert.ok(words.includes(part), `${part} in ${words}`);
  }
});

test('stores are managed by the administrator: added, changed, closed; a prefix is taken once', async () => {
  await using office = await openOffice();
  const client = await office.as('admin');
  const store = { name: '강남점', prefix: 'gn', phone: '02-555-1234', address: '강남구' };
  assert.equal((await client.post('/stores', store)).status, 303);
  const twice = await client.post('/stores', { ...store, name: '새 강남점' });
  assert.equal(twice.status, 409);
  assert.match(twice.text, /‘GN’는 다른 매장이 쓰고 있습니다/);
  assert.equal((await client.post('/stores', { ...store, prefix: '강남' })).status, 422);

  assert.equal((await client.post('/stores/1', { name: '강남본점', phone: '', address: '' })).status, 303);
  const channel = await office.runtime.db('channels').where({ code: 'store-gn' }).first();
  assert.deepEqual([channel.name, channel.layout], ['강남본점', 'store']);
  await client.post('/stores/1/close');
  assert.match((await client.get('/orders/new')).text, /주문서를 쓸 매장이 없습니다/);
  await client.post('/stores/1/reopen');
  assert.match((await client.get('/orders/new')).text, /강남본점 \(GN\)/);
});

test('who may not enter orders finds neither the form nor the stores', async () => {
  const { office } = await openStore();
  await using _ = office;
  const delivery = await office.as('delivery');
  for (const path of ['/orders/new', '/orders/new/goods', '/orders/1/copy', '/stores']) {
    assert.equal((await delivery.get(path)).status, 403, path);
  }
  assert.equal((await (await office.as('office')).get('/stores')).status, 403);
  const stranger = await office.stranger().get('/orders/new');
  assert.equal(stranger.location, '/sign-in?next=%2Forders%2Fnew');
});

test('an unknown address below the orders is not found', async () => {
  const { office, client } = await openStore();
  await using _ = office;
  for (const path of ['/orders/nowhere', '/orders/999', '/orders/999/copy', '/orders/1e3/copy']) {
    assert.equal((await client.get(path)).status, 404, path);
  }
});

test('no page names a host of others while the finder is off', async () => {
  const { office, client } = await openStore();
  await using _ = office;
  const { headers, text } = await client.get('/orders/new');
  assert.doesNotMatch(String(headers.get('content-security-policy')), /https?:|kakao|daum/);
  assert.doesNotMatch(text, /우편번호 찾기/);
});

test('a policy is widened for one directive, and only for what is named', () => {
  const policy = "default-src 'none';script-src 'self';frame-ancestors 'none'";
  const wider = widened(policy, { 'script-src': 'https://a.example', 'frame-src': 'https://b.example' });
  assert.equal(
    wider,
    "default-src 'none';script-src 'self' https://a.example;frame-ancestors 'none';frame-src https://b.example",
  );
});

test('only the finder that is known can be set', () => {
  const env = { DATABASE_URL: 'mysql://x@y/z', REDIS_URL: 'redis://x', MOA_SECRET: 'x'.repeat(32) };
  assert.equal(readConfig(env).postcodeFinder, undefined);
  assert.equal(readConfig({ ...env, POSTCODE_FINDER: 'daum' }).postcodeFinder, 'daum');
  assert.throws(() => readConfig({ ...env, POSTCODE_FINDER: 'evil.example' }), /POSTCODE_FINDER/);
});

test('a store sends no files: it is not offered for imports, and what it sent waits for no dispatch file', async () => {
  const { office, client, store } = await openStore();
  await using _ = office;
  const { id } = await enterStoreOrder(office.ctx('office'), aForm(store));
  const [line]: number[] = await office.runtime.db('order_lines').where({ order_id: id }).pluck('id');
  await client.post('/orders/dispatch', { ids: [line!] });
  assert.doesNotMatch((await client.get('/imports')).text, /강남점/);
  assert.doesNotMatch((await client.get('/dispatch')).text, /강남점|GN-261121/);
  const page = (await client.get(`/orders/${id}`)).text;
  assert.match(page, /배송중/);
  assert.doesNotMatch(page, /발송처리 파일/);
  assert.match(page, /발송 취소/);
});
