import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import type { DeliveryFilter } from '../../src/deliveries/filter.rules.ts';
import { printDeliveries, printLimit } from '../../src/deliveries/printing.ts';
import { importLines } from '../support/imports.ts';
import { cast } from '../support/office.ts';
import { aLine, openOfficeWith, textOf } from './homes.ts';

const jongno = { postcode: '03142', address: '서울특별시 종로구 율곡로 1' };
const bundang = { postcode: '13529', address: '경기도 성남시 분당구 판교로 1' };
const everything: DeliveryFilter = { tab: 'all', sido: '', sigungu: '', check: '', from: '', to: '', q: '' };

test('a print run is numbered, grouped by district, with totals and the crew’s signature', async () => {
  const bundle = { order: '2026111000000100', bundle: '777' };
  await using office = await openOfficeWith([
    aLine({ ...bundle, line: '2026111000000111', memo: '문 앞에 놓아 주세요' }),
    aLine({ ...bundle, line: '2026111000000121', addon: '방수 커버', quantity: 3 }),
    aLine({ ...bundle, line: '2026111000000131', option: '킹(K)', status: '취소', detailStatus: '취소완료' }),
    aLine({ ...bundang, recipient: '박셋', phone: '010-2222-0001' }),
    aLine({ recipient: '모름', phone: '010-2222-0002', postcode: '', address: '어딘가 1' }),
    aLine({ recipient: '취소함', phone: '010-2222-0003', status: '취소', detailStatus: '취소완료' }),
  ]);
  const client = await office.as('delivery');
  const { status, location } = await client.post('/deliveries/print', { state: 'all' });
  assert.equal(status, 303);
  const { text } = await client.get(location);
  const words = textOf(text);

  assert.match(words, /배송 목록 1회차/);
  assert.match(words, new RegExp(`전체 .* ${cast.delivery.name} 출력 · 배송 3 곳 · 상품 4 건 · 수량 6 개`));
  const districts = [...text.matchAll(/class="district">(.*?)<\/th>/g)].map(([, name]) => textOf(name!));
  assert.deepEqual(districts, ['미분류 1곳', '경기도 성남시 분당구 1곳', '서울특별시 강남구 1곳']);
  assert.match(words, /김하나 취소 010-1111-2222/);
  assert.match(words, /문 앞에 놓아 주세요/);
  assert.match(text, /<del>모아 매트리스 킹\(K\)&nbsp;×1<\/del>/);
  assert.doesNotMatch(words, /취소함/, 'a cancelled delivery is not printed');
  assert.match(words, /방수 커버 3/);
  assert.match(words, /인수 서명/);
  assert.match(words, /기사 서명/);
});

test('what was printed stays as it was when orders change afterwards', async () => {
  const line = { order: '2026111000000100', bundle: '777', line: '2026111000000111' };
  await using office = await openOfficeWith([aLine({ ...line, memo: '아침에' })]);
  const client = await office.as('office');
  const { location } = await client.post('/deliveries/print');
  const before = (await client.get(location)).text;

  await importLines(office.ctx('office'), [
    aLine({ ...line, memo: '저녁에', status: '배송중', detailStatus: '' }),
  ]);
  assert.equal(textOf((await client.get(location)).text), textOf(before));
  const again = await client.post('/deliveries/print', { state: 'dispatched' });
  assert.match((await client.get(again.location)).text, /저녁에/);
  assert.match(textOf((await client.get(again.location)).text), /배송 목록 2회차/);
});

test('runs printed at the same time get numbers of their own, without gaps', async () => {
  await using office = await openOfficeWith([aLine()]);
  const ctx = office.ctx('office');
  await Promise.all(Array.from({ length: 6 }, () => printDeliveries(ctx, everything)));
  const numbers: number[] = await office.runtime.db('print_runs').orderBy('run_no').pluck('run_no');
  assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6]);
});

test('only the cancelled are printed when the filter is 취소', async () => {
  await using office = await openOfficeWith([
    aLine(),
    aLine({ recipient: '취소함', phone: '010-2222-0003', status: '취소', detailStatus: '취소완료' }),
  ]);
  const client = await office.as('office');
  const { location } = await client.post('/deliveries/print', { state: 'cancelled' });
  const { text } = await client.get(location);
  assert.match(text, /취소함/);
  assert.doesNotMatch(text, /김하나<\/b>/);
});

test('nothing to print and too much to print are refused and draw no number', async () => {
  await using office = await openOfficeWith([aLine()]);
  const client = await office.as('office');
  const empty = await client.post('/deliveries/print', { sido: '부산광역시' });
  assert.equal(empty.status, 303);
  assert.equal(decodeURIComponent(empty.location), '/deliveries?sido=부산광역시');
  assert.match((await client.get(empty.location)).text, /출력할 배송이 없습니다/);

  const { db } = office.runtime;
  const columns = Object.keys(await db('deliveries').first()).filter(
    (column) => !['id', 'tab'].includes(column),
  );
  await db.raw(
    `INSERT INTO deliveries (${columns.join(', ')})
     SELECT ${columns.join(', ')} FROM deliveries JOIN seq_1_to_${printLimit} WHERE id = 1`,
  );
  await assert.rejects(
    printDeliveries(office.ctx('office'), everything),
    (error) =>
      error instanceof Refusal && error.message.includes('2,001건') && error.message.includes('2,000건'),
  );
  assert.equal((await db('print_runs').count({ n: '*' }).first())?.n, 0);
  assert.deepEqual(await db('counters').where({ name: 'print_run' }), []);
});

test('the list of runs tells who printed what and when, and the delivery knows its runs', async () => {
  await using office = await openOfficeWith([aLine({ ...jongno })]);
  const client = await office.as('office');
  await client.post('/deliveries/print', {
    sido: '서울특별시',
    sigungu: '종로구',
    from: '2026-11-01',
    to: '2026-11-30',
  });
  const { text } = await client.get('/deliveries/prints');
  assert.match(
    textOf(text),
    /1회차 \d{4}-\d{2}-\d{2} \d{2}:\d{2} 김하나 진행 · 서울특별시 종로구 · 주문일 2026-11-01~2026-11-30 1 1 1/,
  );
  const id = await office.runtime.db('deliveries').first('id');
  assert.match(textOf((await client.get(`/deliveries/${id.id}`)).text), /출력 1회차/);

  const event = await office.runtime.db('events').where({ name: 'delivery.printed' }).first();
  assert.equal(event.subject_type, 'print_run');
  assert.deepEqual(JSON.parse(event.data), {
    run_no: 1,
    filter: '진행 · 서울특별시 종로구 · 주문일 2026-11-01~2026-11-30',
    deliveries: 1,
  });
});

test('the margin of the pages names the run, whatever was searched for', async () => {
  await using office = await openOfficeWith([aLine({ recipient: '김"}body{x' })]);
  const client = await office.as('office');
  const { location } = await client.post('/deliveries/print', { q: '김"}body{x' });
  const { text, headers } = await client.get(`${location}/page.css`);
  assert.match(headers.get('content-type') ?? '', /text\/css/);
  assert.match(text, /배송 목록 1회차/);
  assert.doesNotMatch(text, /\}body\{/);
});

test('a run that does not exist is not found', async () => {
  await using office = await openOfficeWith([aLine()]);
  const client = await office.as('office');
  for (const path of ['/deliveries/prints/99', '/deliveries/prints/99/page.css', '/deliveries/prints/x']) {
    assert.equal((await client.get(path)).status, 404, path);
  }
});
