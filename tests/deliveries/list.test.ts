import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readListQuery } from '#lib/lists.ts';
import { writers } from '../../src/channels/jobs.ts';
import { deliveryList } from '../../src/deliveries/filter.rules.ts';
import { listDeliveries } from '../../src/deliveries/listing.ts';
import { showDelivery } from '../../src/deliveries/showing.ts';
import { importLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { aLine, openOfficeWith, rowsOn, textOf } from './homes.ts';

const seoul = { postcode: '06236', address: '서울특별시 강남구 테헤란로 1' };
const jongno = { postcode: '03142', address: '서울특별시 종로구 율곡로 1', phone: '010-2222-0001' };
const bundang = { postcode: '13529', address: '경기도 성남시 분당구 판교로 1', phone: '010-3333-0002' };
const sejong = { postcode: '30151', address: '세종특별자치시 한누리대로 1', phone: '010-4444-0003' };

test('everything for one home is one row: its bundle, and a later order as 추가', async () => {
  const bundle = { order: '2026111000000100', bundle: '777' };
  await using office = await openOfficeWith([
    aLine({ ...seoul, ...bundle, option: '퀸(Q)', line: '2026111000000111' }),
    aLine({ ...seoul, ...bundle, addon: '방수 커버', quantity: 2, line: '2026111000000121' }),
    aLine({ ...jongno, recipient: '이둘' }),
  ]);
  const client = await office.as('delivery');
  assert.equal(rowsOn((await client.get('/deliveries')).text).length, 3, 'a heading and two homes');

  await importLines(office.ctx('office'), [
    aLine({ ...seoul, option: '킹(K)', orderedAt: '2026-11-12 09:00:00' }),
  ]);
  const rows = rowsOn((await client.get('/deliveries')).text);
  assert.equal(rows.length, 3);
  const home = rows.find((row) => row.includes('김하나')) ?? '';
  for (const word of [
    '퀸(Q) ×1',
    '방수 커버 ×2',
    '킹(K) ×1 추가',
    '010-1111-2222',
    '서울특별시 강남구',
    '11-10',
  ]) {
    assert.ok(home.includes(word), `${word} in ${home}`);
  }
  assert.match(home, /대기 추가/);
});

test('a cancelled line is struck through and leaves its siblings alone', async () => {
  const bundle = { order: '2026111000000100', bundle: '777' };
  await using office = await openOfficeWith([
    aLine({ ...bundle, option: '퀸(Q)', line: '2026111000000111' }),
    aLine({ ...bundle, option: '킹(K)', line: '2026111000000121', status: '취소', detailStatus: '취소완료' }),
    aLine({ recipient: '최소', phone: '010-9999-0000', status: '취소', detailStatus: '취소완료' }),
  ]);
  const client = await office.as('office');
  const open = await client.get('/deliveries');
  assert.match(open.text, /<del>[^<]*킹\(K\) ×1<\/del>/);
  assert.doesNotMatch(open.text, /<del>[^<]*퀸/);
  assert.match(rowsOn(open.text).join(' '), /대기 취소/);
  assert.doesNotMatch(open.text, /최소/, 'with nothing left it is no longer under 진행');

  const cancelled = rowsOn((await client.get('/deliveries?state=cancelled')).text);
  assert.equal(cancelled.length, 2);
  assert.match(cancelled[1]!, /최소/);
});

test('homes whose region nobody can tell stand first under 미분류, whatever the order, and are counted at the top', async () => {
  await using office = await openOfficeWith([
    aLine({ ...jongno, recipient: '강가' }),
    aLine({ recipient: '오래', phone: '010-5555-0001', postcode: '135-080' }),
    aLine({ recipient: '빈곳', phone: '010-5555-0002', postcode: '', address: '어딘가 1' }),
    aLine({ ...bundang, recipient: '박셋' }),
  ]);
  const client = await office.as('office');
  for (const sort of ['', '?sort=region&dir=desc', '?sort=ordered_on&dir=asc', '?sort=ordered_on&dir=desc']) {
    const { text } = await client.get(`/deliveries${sort}`);
    const rows = rowsOn(text);
    assert.equal(rows[0], '미분류 2건', sort);
    assert.match(rows.slice(1, 3).join(' '), /오래/, sort);
    assert.match(rows.slice(1, 3).join(' '), /빈곳/, sort);
  }
  const { text } = await client.get('/deliveries');
  assert.match(textOf(text), /읽지 못한 배송 2건/);
  assert.match(rowsOn(text).join(' '), /옛 여섯 자리/);
  assert.match(rowsOn(text).join(' '), /우편번호 없음/);

  const alone = rowsOn((await client.get('/deliveries?sido=미분류')).text);
  assert.equal(alone.length, 3);
});

test('a restored code and an address that names another region say so', async () => {
  await using office = await openOfficeWith([
    aLine({ postcode: '6236', recipient: '영빠짐' }),
    aLine({ ...bundang, postcode: '06236', recipient: '다른곳' }),
    aLine({ ...jongno, recipient: '멀쩡' }),
  ]);
  const client = await office.as('office');
  const rows = rowsOn((await client.get('/deliveries')).text);
  assert.match(rows.find((row) => row.includes('영빠짐'))!, /강남구 앞자리 0 복원/);
  assert.match(rows.find((row) => row.includes('다른곳'))!, /강남구 주소와 다름/);

  const { text } = await client.get('/deliveries?check=mismatch');
  assert.deepEqual(
    rowsOn(text).map((row) => /다른곳/.test(row)),
    [false, true],
  );
});

test('시도 leads to 시군구, with how many each would show', async () => {
  await using office = await openOfficeWith([
    aLine({ ...seoul }),
    aLine({ ...jongno, recipient: '이둘' }),
    aLine({ ...bundang, recipient: '박셋' }),
    aLine({ ...sejong, recipient: '최넷' }),
  ]);
  const client = await office.as('office');
  const all = await client.get('/deliveries');
  for (const option of ['서울특별시 (2)', '경기도 (1)', '세종특별자치시 (1)'])
    assert.ok(all.text.includes(option));
  assert.ok(!all.text.includes('강남구 (1)'));

  const inSeoul = await client.get('/deliveries?sido=서울특별시');
  assert.ok(inSeoul.text.includes('강남구 (1)') && inSeoul.text.includes('종로구 (1)'));
  assert.equal(rowsOn(inSeoul.text).length, 3);

  const inJongno = await client.get('/deliveries?sido=서울특별시&sigungu=종로구');
  assert.match(rowsOn(inJongno.text)[1]!, /이둘/);
  assert.equal(rowsOn(inJongno.text).length, 2);

  const moved = await client.get('/deliveries?sido=경기도&sigungu=종로구');
  assert.match(rowsOn(moved.text)[1]!, /박셋/, 'the 시군구 of another 시도 is left behind');
  assert.match(rowsOn((await client.get('/deliveries?sido=세종특별자치시')).text)[1]!, /최넷/);
});

test('the tabs show what still has to go out first, and everything under 전체', async () => {
  await using office = await openOfficeWith([
    aLine({ recipient: '기다림', phone: '010-1000-0001' }),
    aLine({ recipient: '가는중', phone: '010-1000-0002', status: '배송중', detailStatus: '' }),
    aLine({ recipient: '다갔음', phone: '010-1000-0003', status: '배송완료', detailStatus: '' }),
    aLine({ recipient: '반품함', phone: '010-1000-0004', status: '반품', detailStatus: '반품완료' }),
    aLine({ recipient: '취소함', phone: '010-1000-0005', status: '취소', detailStatus: '취소완료' }),
  ]);
  const client = await office.as('office');
  const shown = async (state: string) => rowsOn((await client.get(`/deliveries${state}`)).text).join(' ');
  assert.match(await shown(''), /기다림/);
  assert.match(await shown('?state=dispatched'), /가는중/);
  assert.match(await shown('?state=delivered'), /다갔음/);
  assert.match(await shown('?state=returned'), /반품함/);
  assert.match(await shown('?state=cancelled'), /취소함/);
  const everything = await client.get('/deliveries?state=all');
  for (const name of ['기다림', '가는중', '다갔음', '반품함', '취소함'])
    assert.ok(everything.text.includes(name));
  assert.match(textOf(everything.text), /진행 1 배송중 1 배송완료 1 반품 1 취소 1 전체 5/);
});

test('days are those of the order, both included', async () => {
  await using office = await openOfficeWith([
    aLine({ recipient: '사일', phone: '010-1000-0001', orderedAt: '2026-11-04 23:59:00' }),
    aLine({ recipient: '오일', phone: '010-1000-0002', orderedAt: '2026-11-05 00:00:00' }),
    aLine({ recipient: '육일', phone: '010-1000-0003', orderedAt: '2026-11-06 23:59:59' }),
    aLine({ recipient: '칠일', phone: '010-1000-0004', orderedAt: '2026-11-07 00:00:01' }),
  ]);
  const client = await office.as('office');
  const { text } = await client.get('/deliveries?from=2026-11-05&to=2026-11-06&sort=ordered_on&dir=desc');
  const rows = rowsOn(text);
  assert.equal(rows.length, 2);
  assert.match(rows[0]!, /육일/);
  assert.match(rows[1]!, /오일/);
  assert.match(text, /총 2건/);
});

test('a home is found by name, phone, the last four digits, postal code, order and line number', async () => {
  await using office = await openOfficeWith([
    aLine({ ...jongno, recipient: '이둘둘', order: '2026111000000700', line: '2026111000000711' }),
    aLine({ ...bundang, recipient: '박셋', status: '배송중', detailStatus: '' }),
    aLine({ recipient: '강가', phone: '010-7777-0009' }),
  ]);
  const client = await office.as('delivery');
  for (const q of [
    '이둘',
    '010-2222-0001',
    '01022220001',
    '0001',
    '03142',
    '2026111000000700',
    '2026111000000711',
  ]) {
    const rows = rowsOn((await client.get(`/deliveries?q=${q}`)).text);
    assert.equal(rows.length, 2, q);
    assert.match(rows[1]!, /이둘둘/, q);
  }
  const elsewhere = await client.get('/deliveries?q=박셋');
  assert.match(elsewhere.text, /조건에 맞는 배송이 없습니다/);
  assert.match(elsewhere.text, /href="\/deliveries\?state=all&amp;q=/, 'it may lie in another tab');
  assert.match(textOf(elsewhere.text), /배송중 1/);
  assert.match((await client.get('/deliveries?q=박셋&state=all')).text, /박셋<\/a>/);
});

test('pages hold every home once, and a page behind the last shows the last', async () => {
  const lines = Array.from({ length: 45 }, (_, at) =>
    aLine({
      recipient: `손님${at}`,
      phone: `010-1000-${1000 + at}`,
      ...(at % 5 === 0 ? { postcode: '' } : at % 2 ? seoul : bundang),
      ...(at % 5 === 0 ? { address: `어딘가 ${at}` } : { detail: `${at}호` }),
    }),
  );
  await using office = await openOfficeWith(lines);
  const client = await office.as('office');
  for (const sort of ['', '&sort=region&dir=desc', '&sort=ordered_on&dir=desc']) {
    const pages = await Promise.all(
      [1, 2, 3].map((page) => client.get(`/deliveries?size=20&page=${page}${sort}`)),
    );
    const names = pages.flatMap(({ text }) => text.match(/손님\d+(?=<\/a>)/g) ?? []);
    assert.equal(names.length, 45, sort);
    assert.equal(new Set(names).size, 45, sort);
    const beyond = await client.get(`/deliveries?size=20&page=99${sort}`);
    assert.deepEqual(rowsOn(beyond.text), rowsOn(pages[2]!.text), sort);
  }
});

test('what customers wrote is shown as text', async () => {
  await using office = await openOfficeWith([
    aLine({ memo: '<script>alert(1)</script> =1+1', recipient: '"><b>' }),
  ]);
  const { text } = await (await office.as('office')).get('/deliveries');
  assert.doesNotMatch(text, /<script>alert/);
  assert.match(textOf(text), /<script>alert\(1\)<\/script> =1\+1/);
});

test('a stranger signs in first, and comes back to the same list', async () => {
  await using office = await openOfficeWith([aLine()]);
  const { status, location } = await office.stranger().get('/deliveries?state=all');
  assert.equal(status, 303);
  assert.equal(location, '/sign-in?next=%2Fdeliveries%3Fstate%3Dall');
});

test('who may not know people sees a masked home, and no memo with the code of the door', async () => {
  await using office = await openOfficeWith([aLine({ memo: '공동현관 1234' })]);
  const { actor, ...ctx } = office.ctx('delivery');
  const stranger = { ...ctx, actor: { ...actor, permissions: new Set(['deliveries.view']) } };
  const listing = await listDeliveries(stranger, readListQuery({}, deliveryList));
  const { row } = listing.deliveries[0]!;
  assert.deepEqual(
    [row.recipient_name, row.recipient_phone, row.address, row.address_detail, row.memo],
    ['김*나', '010-****-2222', '서울특별시 강남구 테헤란로 ***', '', '***'],
  );
  const shown = await showDelivery(stranger, 1);
  assert.equal(shown.row.recipient_name, '김*나');
});

test('the page of a delivery tells which import brought its lines, and what people did', async () => {
  const line = { order: '2026111000000100', bundle: '777', line: '2026111000000111' };
  await using office = await openOfficeWith([aLine(line)]);
  await importLines(office.ctx('office'), [aLine({ ...line, memo: '경비실에 맡겨 주세요' })]);
  const client = await office.as('delivery');
  await client.post('/deliveries/dispatch', { ids: [1] });
  const words = textOf((await client.get('/deliveries/1')).text);
  assert.match(
    words,
    /직접전달로 발송했습니다.*박기사조.*가져오기로 바뀌었습니다.*경비실에 맡겨 주세요.*가져오기로 들어왔습니다/,
  );
  assert.match(words, /같은 묶음번호/);
});

test('while an import is applied the list and its counts stay as they were, and change together', async () => {
  await using office = await openOfficeWith([aLine({ recipient: '먼저', phone: '010-8000-0001' })]);
  const ctx = office.ctx('delivery');
  const seen = async () => {
    const { deliveries, counts } = await listDeliveries(ctx, readListQuery({ state: 'all' }, deliveryList));
    assert.equal(deliveries.length, counts.total);
    assert.equal(deliveries.filter(({ row }) => row.sido === '').length, counts.unread);
    return [counts.tabs.open, counts.tabs.cancelled, counts.unread];
  };
  assert.deepEqual(await seen(), [1, 0, 0]);

  const during: number[][] = [];
  const look = async (): Promise<void> => void during.push(await seen());
  await importLines(
    office.ctx('office'),
    [
      aLine({ recipient: '먼저', phone: '010-8000-0001', orderedAt: '2026-11-12 09:00:00' }),
      aLine({ recipient: '나중', phone: '010-8000-0002', postcode: '', address: '어딘가 1' }),
      aLine({ recipient: '취소', phone: '010-8000-0003', status: '취소', detailStatus: '취소완료' }),
    ],
    {
      writers: {
        ...writers,
        place: async (tx, batch, changes, earlier) => {
          await writers.place(tx, batch, changes, earlier);
          await look();
        },
        settle: async (settling, batch) => {
          await look();
          await writers.settle(settling, batch);
        },
      },
    },
  );
  assert.deepEqual(during, [
    [1, 0, 0],
    [2, 1, 1],
  ]);
  assert.deepEqual(await seen(), [2, 1, 1]);
  await assertInvariants(office.runtime.db);
});
