import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type ImportSummary, importFile } from '#channels';
import type { LineRow } from '#orders';
import { type Sale, sales } from '../../seeds/malls/sales.ts';
import { writers } from '../../src/channels/jobs.ts';
import { readerHere } from '../../src/channels/reading-kept-file.ts';
import type { ImportRow } from '../../src/channels/tables.ts';
import { meetWaiting } from '../../src/channels/waiting/meeting.ts';
import { aSmartStoreFile } from '../support/imports.ts';
import { claimSheet, standingSheet } from '../support/malls/standing.ts';
import { xlsxOf } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';
import { openFolder } from '../xlsx/folder.ts';
import { importOf, press, rowsOf, undoNow } from './history-office.ts';

describe('state files that come before their orders', () => {
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office[Symbol.asyncDispose]());

  test('their rows wait, are seen to wait, and are proposed once the order comes', async () => {
    const [first, second, known] = shop(1);
    await takeOrders(office, [known!]);
    const states = await take(office, confirmed([first!, second!, known!]));
    const read = await importOf(office, states.importId);
    assert.deepEqual([read.waiting_count, read.changed_count, read.rejected_count], [2, 1, 0]);
    assert.match(states.rejections[0]!.reason, /주문이 들어올 때 이 변경을 다시 제안합니다/);
    assert.equal(await lineOf(office, first!), undefined);
    const client = await office.as('office');
    const page = await client.get(`/imports/${states.importId}?kind=waiting`);
    assert.match(page.text, /상태 변경 <b>2건<\/b>이 아직 들어오지 않은 주문을 기다립니다/);
    assert.match(page.text, new RegExp(numberOf(first!)));
    assert.match((await client.get('/imports?state=waits')).text, /구매확정/);

    const orders = await takeOrders(office, [first!]);
    assert.equal((await lineOf(office, first!))!.status, 'new', 'nothing changes by itself');
    const [follower] = await followersOf(office, states.importId);
    assert.deepEqual([follower!.state, follower!.changed_count], ['proposed', 1]);
    assert.match(
      (await client.get(`/imports/${orders.importId}`)).text,
      new RegExp(
        `이 주문을 기다리던[^<]*<a href="/imports/${states.importId}"[\\s\\S]*/imports/${follower!.id}\\?kind=all`,
      ),
    );
    assert.match((await client.get(`/imports/${follower!.id}`)).text, /주문을 기다리던 상태 변경입니다/);
    assert.equal((await importOf(office, states.importId)).waiting_count, 1, 'the other waits on');

    await press(office, follower!.id, follower!.comparison);
    assert.equal((await lineOf(office, first!))!.status, 'confirmed');
    await undoNow(office, follower!.id);
    assert.equal((await lineOf(office, first!))!.status, 'new');
    assert.equal(
      (await followersOf(office, states.importId)).length,
      1,
      'what was undone is not proposed again',
    );
  });

  test('an open proposal finds them when it is compared anew, and asks before it does more than it showed', async () => {
    const [sale] = shop(2);
    const states = await take(office, confirmed([sale!]), { apply: false });
    const { comparison } = await importOf(office, states.importId);
    await takeOrders(office, [sale!]);
    assert.deepEqual(await followersOf(office, states.importId), []);
    const asked = await press(office, states.importId, comparison);
    assert.deepEqual([asked.state, asked.waiting_count, asked.changed_count], ['proposed', 0, 1]);
    const client = await office.as('office');
    assert.match(
      (await client.get(`/imports/${states.importId}`)).text,
      /1건은 기다리던 주문이 들어왔습니다/,
    );
    await press(office, states.importId, asked.comparison);
    assert.equal((await lineOf(office, sale!))!.status, 'confirmed');
  });

  test('whatever comes first, orders and states end the same, and nothing is doubled', async () => {
    const parts = (at: number) => {
      const [a, b, c, d] = shop(100 + at);
      return {
        all: [a!, b!, c!, d!],
        orders: [() => takeOrders(office, [a!, b!]), () => takeOrders(office, [c!, d!])],
        states: [
          () => take(office, claims('취소', a!, '취소요청')),
          () => take(office, confirmed([a!, b!, c!])),
          () => take(office, claims('반품', c!, '반품완료')),
          () => take(office, confirmed([a!, b!, c!])),
        ],
      };
    };
    // where the two order files stand among the four state files, whose own order is the mall's
    const places = [
      [0, 0],
      [1, 3],
      [4, 2],
    ] as const;
    let usual: string[] | undefined;
    for (const [at, [first, second]] of places.entries()) {
      const { all, orders, states } = parts(at);
      for (let step = 0; step <= states.length; step++) {
        if (step === first) await orders[0]!();
        if (step === second) await orders[1]!();
        await applyFollowers(office);
        await states[step]?.();
      }
      await applyFollowers(office);
      const found = (await Promise.all(all.map((sale) => linesOf(office, sale)))).map((lines) =>
        lines
          .map(({ status, claim, mall_status, courier }) => `${status}/${claim}/${mall_status}/${courier}`)
          .join(' + '),
      );
      usual ??= found; // the orders came first
      assert.deepEqual(found, usual, `orders at ${first} and ${second}`);
    }
    assert.deepEqual(
      usual!.map((text) => text.split('/')[0]),
      ['confirmed', 'confirmed', 'returned', 'new'],
    );
  });

  test('rows that say again what waits already are one proposal', async () => {
    const [sale] = shop(4);
    const once = await take(office, confirmed([sale!]));
    const again = await take(office, confirmed([sale!]));
    assert.deepEqual([once.rejections.length, again.rejections.length], [1, 1]);
    await takeOrders(office, [sale!]);
    const [follower] = await followersOf(office, once.importId);
    assert.deepEqual(await followersOf(office, again.importId), []);
    const [row] = await rowsOf(office, again.importId);
    assert.deepEqual([row!.kind, row!.met_import_id], ['met', follower!.id]);
  });

  test('a clerk may stop waiting, and what was dismissed is not proposed', async () => {
    const [one, other] = shop(5);
    const states = await take(office, confirmed([one!, other!]));
    const client = await office.as('office');
    const path = `/imports/${states.importId}/waiting/dismiss`;
    const [first] = await rowsOf(office, states.importId);
    assert.equal((await client.post(path, {})).status, 409, 'nothing chosen');
    assert.equal((await (await office.as('delivery')).post(path, { all: '1' })).status, 403);
    assert.equal((await client.post(path, { ids: String(first!.row_no) })).status, 303);
    assert.equal((await client.post(path, { ids: String(first!.row_no) })).status, 409, 'twice');
    const { waiting_count, rejected_count } = await importOf(office, states.importId);
    assert.deepEqual([waiting_count, rejected_count], [1, 1]);
    assert.match(
      (await client.get(`/imports/${states.importId}?kind=rejected`)).text,
      /김하나 님이 [^<]*기다리지 않기로 했습니다/,
    );
    await takeOrders(office, [one!, other!]);
    const [follower] = await followersOf(office, states.importId);
    assert.deepEqual(
      (await rowsOf(office, follower!.id)).map((row) => row.line_no),
      [numberOf(other!)],
    );
  });

  test('orders that are taken back make an open proposal wait again', async () => {
    const [sale] = shop(6);
    const states = await take(office, confirmed([sale!]));
    const orders = await takeOrders(office, [sale!]);
    const [follower] = await followersOf(office, states.importId);
    await undoNow(office, orders.importId);
    const moved = await press(office, follower!.id, follower!.comparison);
    assert.deepEqual([moved.state, moved.waiting_count, moved.changed_count], ['proposed', 1, 0]);
    await press(office, follower!.id, moved.comparison);
    await takeOrders(office, [sale!]);
    const [next] = await followersOf(office, follower!.id);
    await press(office, next!.id, next!.comparison);
    assert.equal((await lineOf(office, sale!))!.status, 'confirmed');
  });

  test('a process that dies while it proposes them is followed by one that goes on', async () => {
    const [sale, other] = shop(7);
    const states = await take(office, confirmed([sale!, other!]));
    const [begun] = await office.runtime.db('imports').insert({
      ...(await office.runtime
        .db('imports')
        .where({ id: states.importId })
        .first('channel_id', 'layout', 'columns_json', 'file_name', 'file_size', 'file_sha256')),
      state: 'reading',
      follows_import_id: states.importId,
      read_token: 'dead',
      beat_at: new Date(Date.now() - 60_000),
      created_by_name: '모아',
    });
    await takeOrders(office, [sale!, other!]);
    await Promise.all([meetWaiting(office.ctx()), meetWaiting(office.ctx())]);
    const followers = await followersOf(office, states.importId);
    assert.deepEqual(
      followers.map(({ id, state, changed_count }) => [id, state, changed_count]),
      [[begun, 'proposed', 2]],
    );
  });

  test('undoing the import ends its waiting', async () => {
    const [known, stranger] = shop(8);
    await takeOrders(office, [known!]);
    const states = await take(office, confirmed([known!, stranger!]));
    await undoNow(office, states.importId);
    await takeOrders(office, [stranger!]);
    assert.deepEqual(await followersOf(office, states.importId), []);
    assert.equal((await lineOf(office, stranger!))!.status, 'new');
  });
});

const mains = sales(40, 71).filter((sale) => !sale.addon && sale.serial === 1);

/** Four sales that no other test knows. */
function shop(at: number): Sale[] {
  return mains.slice(0, 4).map((sale, index) => {
    const no = `20261103${String(70_000_000 + at * 1000 + index * 10 + 1)}`;
    const sold = {
      ...sale.sold,
      상품주문번호: no,
      주문번호: `20261102${no.slice(8)}`,
      주문세부상태: '신규주문',
      발주확인일: '',
    };
    return { ...sale, sold } as Sale;
  });
}

const numberOf = (sale: Sale) => String(sale.sold.상품주문번호);
const confirmed = (of: readonly Sale[]) =>
  xlsxOf([
    standingSheet(
      '구매확정내역',
      of.map((sale) => [sale, { 주문상태: '구매확정' }] as const),
    ),
  ]);
const claims = (what: Parameters<typeof claimSheet>[0], sale: Sale, word: string) =>
  xlsxOf([claimSheet(what, [[sale, word]])]);

async function take(office: Office, file: Buffer, { apply = true } = {}): Promise<ImportSummary> {
  await using folder = await openFolder();
  const path = folder.file('file');
  await writeFile(path, file);
  const ctx = office.ctx();
  return await importFile(ctx, undefined, {
    reader: readerHere(ctx),
    file: { name: '구매확정.xlsx', path },
    apply,
    writers,
    progress: () => {},
  });
}

async function takeOrders(office: Office, of: readonly Sale[]): Promise<ImportSummary> {
  await using file = await aSmartStoreFile(of.map((sale) => sale.sold));
  const ctx = office.ctx();
  return await importFile(ctx, undefined, {
    reader: readerHere(ctx),
    file: { name: '주문.xlsx', path: file.path },
    apply: true,
    writers,
    progress: () => {},
  });
}

const linesOf = (office: Office, sale: Sale): Promise<LineRow[]> =>
  office.runtime.db('order_lines').where({ line_no: numberOf(sale), overlay_of: 0 });
const lineOf = async (office: Office, sale: Sale): Promise<LineRow | undefined> =>
  (await linesOf(office, sale))[0];

const followersOf = (office: Office, importId: number): Promise<ImportRow[]> =>
  office.runtime.db('imports').where({ follows_import_id: importId }).orderBy('id');

/** Whatever was proposed of waiting rows is applied, as it is shown. */
async function applyFollowers(office: Office): Promise<void> {
  const open: ImportRow[] = await office.runtime
    .db('imports')
    .where({ state: 'proposed' })
    .whereNotNull('follows_import_id')
    .orderBy('id');
  for (const { id } of open) {
    for (let row = await importOf(office, id); row.state === 'proposed'; )
      row = await press(office, id, row.comparison);
  }
}
