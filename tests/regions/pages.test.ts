import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, day } from '#lib/dates.ts';
import { openQueue } from '#lib/queue.ts';
import { openRegionsOffice } from './regions-office.ts';

const tomorrow = addDays(day(new Date()), 1);
const change = { from: '18200', to: '18210', sido: '경기도', sigungu: '화성시 효행구', effective: tomorrow };

/** The first codes of the ranges on the page. */
function codesOn(html: string): string[] {
  return [...html.matchAll(/<td>(\d{5})(?:~\d{5})?<\/td>/g)].map(([, code]) => code!);
}

test('office, delivery and admin see the ranges, a stranger signs in first', async () => {
  await using office = await openRegionsOffice();
  for (const role of ['admin', 'office', 'delivery'] as const) {
    const { status, text } = await (await office.as(role)).get('/regions');
    assert.equal(status, 200);
    assert.equal(codesOn(text).length, 50);
    assert.equal(text.includes('/regions/change?'), role === 'admin', role);
  }
  assert.equal((await office.stranger().get('/regions')).status, 303);
});

test('only an admin changes a range or an area', async () => {
  await using office = await openRegionsOffice();
  for (const role of ['office', 'delivery'] as const) {
    const client = await office.as(role);
    assert.equal((await client.get('/regions/change')).status, 403);
    assert.equal((await client.post('/regions/change', change)).status, 403);
    assert.equal((await client.post('/regions/remote', { from: '1' })).status, 403);
    assert.equal((await client.post('/regions/remote/1/remove')).status, 403);
  }
});

test('ranges are found by a code, the beginning of one, a 시도 and a 시군구', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('office');
  const found = async (search: string) => codesOn((await client.get(`/regions?${search}`)).text);
  assert.deepEqual(await found('q=06236'), ['06000']);
  assert.deepEqual(await found('q=633'), ['63000']);
  assert.deepEqual(await found(`q=${encodeURIComponent('미추홀')}`), ['22100']);
  assert.deepEqual(await found(`q=${encodeURIComponent('서울특별시 강남구')}`), ['06000']);
  assert.equal((await found(`sido=${encodeURIComponent('세종특별자치시')}`)).length, 1);
  assert.deepEqual(await found('q=%25'), []);
  assert.deepEqual(await found('page=999&size=20'), (await found('size=500')).slice(-20));
});

test('the reader tells what it made of a code and an address, and why', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('delivery');
  const { status, text } = await client.post('/regions/try', {
    code: '6236',
    address: '부산 해운대구 <b>우동',
  });
  assert.equal(status, 200);
  for (const words of [
    '앞자리 0 복원',
    '06236',
    '서울특별시 강남구',
    '부산광역시 해운대구',
    '우편번호와 다릅니다',
  ]) {
    assert.ok(text.includes(words), words);
  }
  assert.ok(text.includes('&lt;b&gt;우동'));
});

test('the reader takes nothing for an answer too', async () => {
  await using office = await openRegionsOffice();
  const { status, text } = await (await office.as('office')).post('/regions/try', {});
  assert.equal(status, 200);
  assert.ok(text.includes('우편번호 없음'));
});

test('a change is saved, shown as coming, and stands in the record with its maker', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('admin');
  const { status, location } = await client.post('/regions/change', change);
  assert.deepEqual([status, location], [303, '/regions?state=scheduled&q=18200']);
  const { text } = await client.get(location);
  assert.ok(text.includes('구간을 바꿨습니다'));
  assert.deepEqual(codesOn(text), ['18200']);
  const record = (await client.get('/regions/changes')).text;
  assert.ok(record.includes('18200~18210') && record.includes('이대표'));
});

test('a change that holds today has the deliveries read anew by the worker, a later one does not', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('admin');
  const queue = openQueue(office.runtime.redis, office.config.redisPrefix);
  const waiting = async () => (await queue.getWaiting()).map(({ name, data }) => [name, data]);
  await client.post('/regions/change', change);
  assert.deepEqual(await waiting(), []);
  await client.post('/regions/change', { ...change, from: '18220', to: '18229', effective: day(new Date()) });
  assert.deepEqual(await waiting(), [['deliveries.reread_regions', { from: '18220', to: '18229' }]]);
  await queue.close();
});

test('what was typed wrong comes back with a message beside it', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('admin');
  const wrong = { from: '182', to: '18210', sido: '경기', sigungu: '효행', effective: '내일' };
  const { status, text } = await client.post('/regions/change', wrong);
  assert.equal(status, 422);
  assert.equal(text.match(/class="field-error"/g)?.length, 4);
  assert.ok(text.includes('value="182"') && text.includes('value="효행"'));
  const backwards = await client.post('/regions/change', { ...change, from: '18211' });
  assert.ok(backwards.text.includes('끝 번호가 시작 번호보다 앞섭니다.'));
});

test('a name that is not in the table asks to be confirmed', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('admin');
  const renamed = { ...change, sigungu: '화성시 새로구' };
  const asked = await client.post('/regions/change', renamed);
  assert.equal(asked.status, 409);
  assert.ok(asked.text.includes('표에 없는 이름입니다'));
  assert.equal((await client.post('/regions/change', { ...renamed, new_name: '1' })).status, 303);
});

test('areas with an extra delivery fee are listed, added and removed', async () => {
  await using office = await openRegionsOffice();
  const client = await office.as('admin');
  assert.ok((await client.get('/regions/remote')).text.includes('울릉군'));
  const area = { from: '23117', to: '23123', kind: 'island', label: '영흥면' };
  assert.equal((await client.post('/regions/remote', area)).status, 303);
  assert.equal((await client.post('/regions/remote', area)).status, 409);
  assert.equal((await client.post('/regions/remote', { ...area, label: '' })).status, 422);
  const { id } = await office.runtime.db('remote_areas').where({ label: '영흥면' }).first();
  assert.equal((await client.post(`/regions/remote/${id}/remove`)).status, 303);
  assert.equal((await client.post(`/regions/remote/${id}/remove`)).status, 404);
  assert.equal((await client.post('/regions/remote/abc/remove')).status, 404);
});
