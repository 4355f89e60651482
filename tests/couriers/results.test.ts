import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineRow } from '#orders';
import { couriers, findCourier } from '../../src/couriers/known/index.ts';
import type { Client } from '../support/client.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder, type LineGiven } from '../support/orders.ts';
import { mainText } from './page-text.ts';
import { aResultFile, type ResultLine } from './result-files.ts';

const number = '612345678901';
const otherNumber = '612345678902';
const home = '서울특별시 강남구 테헤란로 1 101동 1호';

/** A parcel that stands in a sheet: the ids of its lines and the number the courier was told. */
async function aSentParcel(office: Office, lines: readonly LineGiven[] = [{}], courier = 'cj') {
  const order = await anOrder(office, { lines });
  const client = await office.as('office');
  const made = await client.post('/couriers/sheets', {
    ids: [order.lines[0]!.id],
    send_to: courier,
    reason: '접수',
  });
  assert.equal(made.status, 303, made.text);
  const { id } = await office.runtime.db('courier_parcels').orderBy('id', 'desc').first('id');
  return { order, no: `MOA${String(id).padStart(8, '0')}` };
}

async function upload(client: Client, lines: readonly ResultLine[], courier = 'cj'): Promise<string> {
  const content = await aResultFile(courier, lines);
  const answer = await client.upload('/couriers/results', [{ name: '결과.xlsx', content }]);
  assert.equal(answer.status, 303, answer.text);
  return answer.location;
}

async function linesOf(
  office: Office,
): Promise<Pick<LineRow, 'status' | 'courier' | 'tracking_no' | 'mall_report'>[]> {
  return office.runtime
    .db('order_lines')
    .orderBy('id')
    .select('status', 'courier', 'tracking_no', 'mall_report');
}

for (const { code, name } of couriers.filter(({ code: one }) => one !== 'lotte' && one !== 'hanjin')) {
  test(`a file of ${name} comes back by our number, and nothing is written before it is applied`, async () => {
    await using office = await openOffice();
    const { no } = await aSentParcel(office, [{ bundle_no: '7' }, { bundle_no: '7' }], code);
    const client = await office.as('office');
    const result = await upload(client, [{ no, tracking: '6123-4567-8901' }], code).catch((error) => {
      throw error;
    });
    const tracking = number;
    const page = await client.get(result);
    assert.match(mainText(page.text), new RegExp(findCourier(code).name));
    assert.match(mainText(page.text), /우리 번호/);
    assert.ok((await linesOf(office)).every((line) => line.status === 'acknowledged'));

    const applied = await client.post(`${result}/apply`, {});
    assert.equal(applied.location, result);
    assert.deepEqual(
      await linesOf(office),
      Array.from({ length: 2 }, () => ({
        status: 'dispatched',
        courier: name,
        tracking_no: tracking,
        mall_report: 'due',
      })),
    );
    const events = await office.runtime.db('events').where({ name: 'order.dispatched' });
    assert.equal(events.length, 1, 'one event for the order');
    await assertInvariants(office.runtime.db);
  });
}

test('without our number the recipient, phone and address find the parcel, and say so', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_phone: '01012345678' }] });
  await anOrder(office, { lines: [{ recipient_phone: '01012345679' }] });
  const client = await office.as('office');
  const result = await upload(client, [
    { name: '김하나', phone: '010-1234-5678', address: home, tracking: number },
    { name: '김하나', phone: '010-9999-9999', address: home, tracking: otherNumber },
    { name: '김*나', phone: '010-****-5679', address: home, tracking: '612345678903' },
  ]);
  const page = await client.get(result);
  assert.match(mainText(page.text), /이름·전화·주소가 같음/);
  assert.match(mainText(page.text), /이름·전화·주소가 모두 같은 택배 주문도 없습니다/);
  assert.match(mainText(page.text), /가려져 있어 찾지 못했습니다/);
  await client.post(`${result}/apply`, {});
  assert.deepEqual(
    (await linesOf(office)).map((line) => line.tracking_no),
    [number, ''],
  );
});

test('the mall’s order number serves as well', async () => {
  await using office = await openOffice();
  const order = await anOrder(office, {});
  const client = await office.as('office');
  const result = await upload(client, [{ no: order.orderNo, tracking: number }], 'hanjin');
  assert.match(mainText((await client.get(result)).text), /몰의 주문번호/);
  await client.post(`${result}/apply`, {});
  assert.equal((await linesOf(office))[0]!.courier, '한진택배');
});

test('the same file twice changes nothing', async () => {
  await using office = await openOffice();
  const { no } = await aSentParcel(office);
  const client = await office.as('office');
  const content = await aResultFile('cj', [
    { no, name: '김하나', phone: '01011112222', address: home, tracking: number },
  ]);
  const send = async () =>
    (await client.upload('/couriers/results', [{ name: '결과.xlsx', content }])).location;
  const first = await send();
  await client.post(`${first}/apply`, {});
  const before = await office.runtime.db('order_lines').select('*');
  const events = await office.runtime.db('events').where('name', 'like', 'order.%');

  const second = await send();
  const page = await client.get(second);
  assert.match(mainText(page.text), /똑같은 파일을/);
  assert.match(mainText(page.text), /이미 이 번호로 보냄/);
  await client.post(`${second}/apply`, {});
  await client.post(`${first}/apply`, {});
  assert.deepEqual(await office.runtime.db('order_lines').select('*'), before);
  assert.deepEqual(await office.runtime.db('events').where('name', 'like', 'order.%'), events);
});

test('a different number is never overwritten without asking: keep, or replace', async () => {
  await using office = await openOffice();
  const { no } = await aSentParcel(office);
  const { no: keptNo } = await aSentParcel(office);
  const client = await office.as('office');
  const first = await upload(client, [
    { no, tracking: number },
    { no: keptNo, tracking: '612345678905' },
  ]);
  await client.post(`${first}/apply`, {});

  const second = await upload(client, [
    { no, tracking: otherNumber },
    { no: keptNo, tracking: '612345678906' },
  ]);
  const page = await client.get(second);
  assert.match(mainText(page.text), new RegExp(`이미 다른 번호가 있습니다: CJ대한통운 ${number}`));
  await client.post(`${second}/apply`, {});
  const numbers = async () => (await linesOf(office)).map((line) => line.tracking_no);
  assert.deepEqual(await numbers(), [number, '612345678905'], 'asked, not answered');

  await office.runtime.db('order_lines').update({ mall_report: 'sent' });
  await client.post(`${second}/apply`, { 'row-3': 'use', 'row-4': 'skip' });
  assert.deepEqual(await numbers(), [otherNumber, '612345678905']);
  assert.deepEqual(
    (await linesOf(office)).map((line) => line.mall_report),
    ['due', 'sent'],
    'the mall is told of the new number',
  );
  await assertInvariants(office.runtime.db);

  await client.post(`${second}/undo`, {});
  assert.deepEqual(await numbers(), [number, '612345678905']);
  assert.equal((await linesOf(office))[0]!.mall_report, 'sent');
});

test('two numbers for one parcel and two parcels for one recipient are asked', async () => {
  await using office = await openOffice();
  const { no } = await aSentParcel(office, [{ recipient_phone: '01000000001' }]);
  const twins = [await anOrder(office, {}), await anOrder(office, {})];
  const client = await office.as('office');
  const result = await upload(client, [
    { no, tracking: number },
    { no, tracking: otherNumber },
    { name: '김하나', phone: '010-1111-2222', address: home, tracking: '612345678903' },
  ]);
  const page = await client.get(result);
  assert.match(mainText(page.text), /같은 택배에 번호가 여럿입니다\(4행\)/);
  assert.match(mainText(page.text), /택배가 2개라 어느 것인지 모릅니다/);
  await client.post(`${result}/apply`, {});
  assert.ok((await linesOf(office)).every((line) => line.status === 'acknowledged'));

  const [, key] = /<option value="([^"]+)">/.exec(
    page.text.split(`name="row-5"`)[1]!.split('나중에 정하기')[1]!,
  )!;
  await client.post(`${result}/apply`, { 'row-4': 'use', 'row-5': key! });
  assert.deepEqual(
    (await linesOf(office)).map((line) => line.tracking_no),
    [otherNumber, '612345678903', ''],
  );
  assert.equal(twins.length, 2);
});

test('a parcel that was sent again comes back under either number, once', async () => {
  await using office = await openOffice();
  const { order, no } = await aSentParcel(office);
  const client = await office.as('office');
  const again = { ids: [order.lines[0]!.id], send_to: 'cj', reason: '다시', again: '1' };
  await client.post('/couriers/sheets', again);
  const result = await upload(client, [
    { no, tracking: number },
    { no: 'MOA00000002', tracking: otherNumber },
  ]);
  assert.match(mainText((await client.get(result)).text), /번호가 여럿입니다/);
  await client.post(`${result}/apply`, { 'row-3': 'use' });
  assert.equal((await linesOf(office))[0]!.tracking_no, number);
});

test('what cannot be sent is listed with its status: cancelled, held, ours to bring', async () => {
  await using office = await openOffice();
  const cancelled = await aSentParcel(office);
  const part = await aSentParcel(office, [{ bundle_no: '9' }, { bundle_no: '9' }]);
  const direct = await aSentParcel(office);
  const { db } = office.runtime;
  await db('order_lines').where({ id: cancelled.order.lines[0]!.id }).update({ status: 'cancelled' });
  await db('order_lines').where({ id: part.order.lines[1]!.id }).update({ status: 'held' });
  await db('order_lines').where({ id: direct.order.lines[0]!.id }).update({ method: 'direct' });
  const client = await office.as('office');
  const result = await upload(client, [
    { no: cancelled.no, tracking: number },
    { no: part.no, tracking: otherNumber },
    { no: direct.no, tracking: '612345678903' },
    { no: 'MOA99999999', tracking: '612345678904' },
    { no: part.no, tracking: '5.21853E+11' },
  ]);
  const { text } = await client.get(result);
  assert.match(mainText(text), /보낼 수 있는 상품이 없습니다\(취소\)/);
  assert.match(mainText(text), /1건은 빠집니다\(보류\)/);
  assert.match(mainText(text), /택배로 보내는 상품이 아닙니다/);
  assert.match(mainText(text), /이 번호의 택배가 없습니다/);
  assert.match(mainText(text), /엑셀이 줄여 쓴 번호\(5\.21853E\+11\)/);
  await client.post(`${result}/apply`, {});
  assert.deepEqual(
    (await linesOf(office)).map((line) => line.status),
    ['cancelled', 'dispatched', 'held', 'acknowledged'],
  );
});

test('a whole result is undone, and lines touched since are named and kept', async () => {
  await using office = await openOffice();
  const parcels = [await aSentParcel(office), await aSentParcel(office)];
  const client = await office.as('office');
  const result = await upload(client, [
    { no: parcels[0]!.no, tracking: number },
    { no: parcels[1]!.no, tracking: otherNumber },
  ]);
  await client.post(`${result}/apply`, {});
  const told = parcels[1]!.order.lines[0]!;
  await office.runtime.db('order_lines').where({ id: told.id }).update({ mall_report: 'sent' });

  const refused = await client.post(`${result}/undo`, {});
  assert.equal(refused.status, 409);
  assert.ok(refused.text.includes(told.lineNo));
  assert.match(mainText(refused.text), /나머지만 되돌리기/);
  assert.deepEqual(
    (await linesOf(office)).map((line) => line.status),
    ['dispatched', 'dispatched'],
  );
  await client.post(`${result}/undo`, { rest: '1' });
  assert.deepEqual(
    (await linesOf(office)).map((line) => [line.status, line.tracking_no, line.mall_report]),
    [
      ['acknowledged', '', 'none'],
      ['dispatched', otherNumber, 'sent'],
    ],
  );
  const row = await office.runtime.db('courier_results').first();
  assert.deepEqual([row.state, row.kept_count], ['undone', 1]);
  await assertInvariants(office.runtime.db);
});

test('what is no courier’s file is refused in words, and a hostile one ends only its own reader', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  const send = (content: Buffer | string, form = {}) =>
    client.upload('/couriers/results', [{ name: '결과.xlsx', content }], form);
  const empty = await send('');
  assert.match(mainText(empty.text), /비어 있습니다/);
  const noHeader = await aResultFile('cj', []);
  assert.match(mainText((await send(noHeader)).text), /읽을 줄이 없습니다/);
  assert.match(
    (await send(await aResultFile('cj', [{ tracking: number }]), { courier: 'epost' })).text,
    /우체국택배 송장 결과 파일이 아닙니다/,
  );
  const broken = (await aResultFile('cj', [{ tracking: number }])).fill(7, 200, 900);
  const refused = await send(broken);
  assert.ok([409, 422].includes(refused.status), String(refused.status));
  assert.equal((await office.runtime.db('courier_results')).length, 0);
});

test('a result put aside changes nothing and cannot be applied', async () => {
  await using office = await openOffice();
  const { no } = await aSentParcel(office);
  const client = await office.as('office');
  const result = await upload(client, [{ no, tracking: number }]);
  assert.equal((await client.post(`${result}/discard`, {})).location, '/couriers/results');
  assert.equal((await client.post(`${result}/apply`, {})).status, 409);
  assert.equal((await linesOf(office))[0]!.status, 'acknowledged');
});
