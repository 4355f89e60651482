import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rereadRegions } from '#deliveries';
import { addDays, day } from '#lib/dates.ts';
import { changeRegion } from '#regions';
import { rereadChangedRegions } from '../../src/deliveries/region-rereading.ts';
import { importLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { aLine, openOfficeWith, textOf } from './homes.ts';

const chosen = { sido: '경기도', sigungu: '성남시 분당구' };

test('the page of a delivery says what was read and why, and proposes what the address says', async () => {
  await using office = await openOfficeWith([
    aLine({ postcode: '06236', address: '경기도 성남시 분당구 판교로 1' }),
  ]);
  const { text } = await (await office.as('office')).get('/deliveries/1');
  const words = textOf(text);
  assert.match(words, /서울특별시 강남구 주소와 다름/);
  assert.match(words, /주소에서 읽은 지역\(경기도 성남시 분당구\)이 우편번호의 지역과 다릅니다/);
  assert.match(text, /<option value="경기도" selected>/);
  assert.match(text, /<option value="성남시 분당구" selected>/);
});

test('a region set by hand wins for good: over an import, and over a change of the codes', async () => {
  const line = {
    order: '2026111000000100',
    bundle: '777',
    line: '2026111000000111',
    postcode: '',
    address: '어딘가 1',
  };
  await using office = await openOfficeWith([aLine(line)]);
  const client = await office.as('delivery');
  assert.equal((await client.post('/deliveries/1/region', chosen)).location, '/deliveries/1');
  const page = textOf((await client.get('/deliveries/1')).text);
  assert.match(page, /경기도 성남시 분당구 직접 정함/);
  assert.match(page, /지역을 정했습니다: 미분류 → 경기도 성남시 분당구/);

  await importLines(office.ctx('office'), [
    aLine({ ...line, postcode: '06236', address: '서울특별시 강남구 테헤란로 1', memo: '바뀜' }),
  ]);
  await rereadRegions(office.ctx(), { from: '06000', to: '06999' });
  const row = await office.runtime.db('deliveries').first();
  assert.deepEqual(
    [row.sido, row.sigungu, row.region_by_hand, row.memo],
    ['경기도', '성남시 분당구', 1, '바뀜'],
  );
  assert.doesNotMatch((await client.get('/deliveries')).text, /미분류/);
  await assertInvariants(office.runtime.db);
});

test('a 시군구 must belong to its 시도, and what was chosen stays chosen', async () => {
  await using office = await openOfficeWith([aLine()]);
  const client = await office.as('office');
  const wrong = await client.post('/deliveries/1/region', { sido: '경기도', sigungu: '강남구' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /경기도의 시군구를 골라 주세요/);
  assert.match(wrong.text, /<option value="경기도" selected>/);
  assert.equal((await client.post('/deliveries/1/region', { sido: '' })).status, 422);
  assert.equal((await client.post('/deliveries/1/region', { sido: '세종특별자치시' })).status, 303);
  assert.equal((await client.post('/deliveries/99/region', chosen)).status, 404);
  assert.equal((await client.get('/deliveries/99')).status, 404);
  assert.equal((await client.get('/deliveries/abc')).status, 404);
});

test('setting the same region twice leaves one event', async () => {
  await using office = await openOfficeWith([aLine({ postcode: '', address: '어딘가 1' })]);
  const client = await office.as('office');
  await client.post('/deliveries/1/region', chosen);
  await client.post('/deliveries/1/region', chosen);
  const events = await office.runtime.db('events').where({ name: 'delivery.region_set' });
  assert.equal(events.length, 1);
});

test('when codes move to another district, their deliveries follow on the day it begins to hold', async () => {
  await using office = await openOfficeWith([
    aLine({ postcode: '18205', address: '경기도 화성시 향남로 1' }),
    aLine({ postcode: '06236', recipient: '이둘' }),
  ]);
  const regionOf = async (id: number) => {
    const row = await office.runtime.db('deliveries').where({ id }).first();
    return `${row.sido} ${row.sigungu}`;
  };
  const before = await regionOf(1);
  assert.match(before, /^경기도 화성시/);

  const tomorrow = addDays(day(new Date()), 1);
  const change = { from: '18200', to: '18210', sido: '경기도', sigungu: '오산시', effective: tomorrow };
  await changeRegion(office.ctx('admin'), change);
  await rereadChangedRegions(office.ctx());
  assert.equal(await regionOf(1), before, 'not before the day');

  const later = new Date(Date.now() + 3 * 24 * 3600 * 1000);
  await rereadChangedRegions({ ...office.ctx(), now: () => later });
  assert.equal(await regionOf(1), '경기도 오산시');
  assert.equal(await regionOf(2), '서울특별시 강남구');
  const [event] = await office.runtime.db('events').where({ name: 'delivery.region_reread' });
  assert.deepEqual(JSON.parse(event.data), { before, after: '경기도 오산시' });
  await assertInvariants(office.runtime.db);
});
