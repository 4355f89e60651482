import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { findChannelByCode, type ImportSummary, importFile } from '#channels';
import type { LineRow } from '#orders';
import { type Sale, sales } from '../../seeds/malls/sales.ts';
import { writers } from '../../src/channels/jobs.ts';
import { readerHere } from '../../src/channels/reading-kept-file.ts';
import type { ImportRow } from '../../src/channels/tables.ts';
import type { Client } from '../support/client.ts';
import { aSmartStoreFile } from '../support/imports.ts';
import { claimSheet, standingSheet } from '../support/malls/standing.ts';
import { locked, makeTwin, twins, type Variant, xlsxOf } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';
import { openFolder } from '../xlsx/folder.ts';
import type { Sheet } from '../xlsx/twins.ts';

/** Takes a file the whole way; without a channel it is found from the file. */
async function take(
  office: Office,
  file: Buffer,
  { channel, apply = true }: { channel?: string; apply?: boolean } = {},
): Promise<ImportSummary> {
  await using folder = await openFolder();
  const path = folder.file('file');
  await writeFile(path, file);
  const ctx = office.ctx();
  const chosen = channel ? await findChannelByCode(ctx, channel) : undefined;
  return await importFile(ctx, chosen, {
    file: { name: '파일', path },
    apply,
    writers,
    progress: () => {},
    reader: readerHere(ctx),
  });
}

async function takeSmartStore(office: Office, sold: readonly Sale[]): Promise<void> {
  await using file = await aSmartStoreFile(sold.map((sale) => sale.sold));
  const ctx = office.ctx();
  await importFile(ctx, undefined, {
    file: { name: '발주', path: file.path },
    apply: true,
    writers,
    progress: () => {},
    reader: readerHere(ctx),
  });
}

const standing = (...args: Parameters<typeof standingSheet>) => xlsxOf([standingSheet(...args)]);
const lineOf = (office: Office, lineNo: string): Promise<LineRow> =>
  office.runtime.db('order_lines').where({ line_no: lineNo }).first();
const importOf = (office: Office, id: number): Promise<ImportRow> =>
  office.runtime.db('imports').where({ id }).first();
const numberOf = (sale: Sale) => String(sale.sold.상품주문번호);

describe('files of every mall', () => {
  let office: Office;
  let client: Client;
  before(async () => {
    office = await openOffice();
    client = await office.as('office');
  });
  after(() => office[Symbol.asyncDispose]());

  test('each is known by what stands in it, becomes orders of its mall, and is the same the second time', async () => {
    const { db } = office.runtime;
    for (const [name, twin] of Object.entries(twins)) {
      const { sheets, listed } = makeTwin(twin, {}, sales(12, 4));
      const first = await take(office, xlsxOf(sheets));
      const row = await importOf(office, first.importId);
      const channel = await db('channels').where({ id: row.channel_id }).first();
      assert.deepEqual([row.layout, channel.code], [twin.layout, twin.layout.split('.')[0]], name);
      const again = await take(office, xlsxOf(sheets));
      assert.deepEqual([again.same, again.new, again.rejected], [listed.length, 0, 0], name);
      const known = await lineOf(office, twin.expected(listed[0]!).lineNo!);
      assert.equal(known.channel_id, channel.id, name);
    }
    const direct = await db('order_lines').where({ method: 'direct' }).whereNull('delivery_id');
    assert.equal(direct.length, 0, 'whatever we bring ourselves has a delivery');
  });

  test('a file of another mall than the chosen one is refused by both names', async () => {
    const { sheets } = makeTwin(twins['쿠팡, 40 columns']!, {}, sales(6, 5));
    await assert.rejects(
      take(office, xlsxOf(sheets), { channel: 'smartstore' }),
      /쿠팡 DeliveryList 파일입니다\. 고른 채널은 스마트스토어입니다/,
    );
  });

  test('an import nobody could place shows on its page and in the list, without a channel', async () => {
    const { location } = await client.upload('/imports', [{ name: '명단.xlsx', content: notes }], {
      channel: '0',
    });
    await office.runJobs();
    const page = await client.get(location!);
    assert.match(page.text, /아는 쇼핑몰의 파일이 아닙니다/);
    assert.match((await client.get('/imports')).text, /명단\.xlsx/);
  });

  test('a locked file opens with the password remembered for its mall, though nobody said which mall it is', async () => {
    const { sheets } = makeTwin(twins.토스!, {}, sales(6, 6));
    const file = { name: '잠긴 토스.xlsx', content: locked(xlsxOf(sheets), '7788') };
    const first = await client.upload('/imports', [file], { channel: '0', password: '7788', remember: '1' });
    await office.runJobs();
    assert.equal((await importOf(office, idOf(first.location!))).state, 'proposed');
    const next = await client.upload('/imports', [{ ...file, name: '내일 토스.xlsx' }], { channel: '0' });
    await office.runJobs();
    assert.equal((await importOf(office, idOf(next.location!))).state, 'proposed');
  });

  test('a gift gets its address when the mall has it', async () => {
    const twin = twins['카카오, 48 columns']!;
    const sold = sales(8, 7).filter(({ addon }) => !addon);
    const gift = sold[0]!;
    await take(office, xlsxOf(makeTwin(twin, {}, sold).sheets));
    const number = twin.expected(gift).lineNo!;
    assert.equal((await lineOf(office, number)).address, '');

    const tweak: Variant['tweak'] = (cells, sale) =>
      sale === gift
        ? { ...cells, 배송지주소: `${gift.base} ${gift.detail}`, 수령인명: gift.recipient }
        : cells;
    await take(office, xlsxOf(makeTwin(twin, { tweak }, sold).sheets));
    const line = await lineOf(office, number);
    assert.deepEqual([line.address, line.recipient_name], [`${gift.base} ${gift.detail}`, gift.recipient]);
  });

  test('masked values are kept in a new line, give way to real ones, and never replace them', async () => {
    for (const name of ['쿠팡, 40 columns', '토스', '에이블리', '오늘의집, the other', '카페24'] as const) {
      const twin = twins[name]!;
      const sold = sales(4, 20 + name.length).filter(twin.lists ?? Boolean);
      const number = twin.expected(sold[0]!).lineNo!;
      const tweak: Variant['tweak'] = (cells) => masked(cells);
      await take(office, xlsxOf(makeTwin(twin, { tweak }, sold).sheets));
      assert.match((await lineOf(office, number)).recipient_name, /\*/, name);
      await take(office, xlsxOf(makeTwin(twin, {}, sold).sheets));
      const real = await lineOf(office, number);
      assert.equal(real.recipient_name, sold[0]!.recipient, name);
      const again = await take(office, xlsxOf(makeTwin(twin, { tweak }, sold).sheets));
      assert.equal(again.changed, 0, name);
      const after = await lineOf(office, number);
      for (const field of [
        'recipient_name',
        'recipient_phone',
        'buyer_name',
        'buyer_phone',
        'address',
      ] as const)
        assert.equal(after[field], real[field], `${name} ${field}`);
    }
  });

  test('what a mall does not say of a new order is as its channel usually delivers', async () => {
    const admin = await office.as('admin');
    const { id } = await findChannelByCode(office.ctx(), 'esm');
    assert.equal((await admin.post(`/channels/${id}/method`, { method: 'courier' })).status, 303);
    const sold = sales(4, 31).filter(({ addon }) => !addon);
    const { sheets } = makeTwin(twins.ESM!, {}, sold);
    await take(office, xlsxOf(sheets));
    const number = twins.ESM!.expected(sold[0]!).lineNo!;
    assert.equal((await lineOf(office, number)).method, 'courier');

    await admin.post(`/channels/${id}/method`, { method: 'direct' });
    assert.equal((await take(office, xlsxOf(sheets))).changed, 0, 'orders that are there stay as they are');
    assert.match((await admin.get('/channels')).text, /G마켓·옥션/);
    assert.equal((await client.get('/channels')).status, 403);
    assert.equal((await admin.post(`/channels/${id}/method`, { method: 'pigeon' })).status, 422);
  });

  test('an unknown word is explained once, and the rows it held up come in', async () => {
    const sold = sales(10, 8).filter(({ addon }) => !addon);
    const tweak: Variant['tweak'] = (cells, sale) =>
      sold.indexOf(sale) < 3 ? { ...cells, 주문상태: '포장 대기' } : cells;
    const file = { name: '토스.xlsx', content: xlsxOf(makeTwin(twins.토스!, { tweak }, sold).sheets) };
    const { location } = await client.upload('/imports', [file], { channel: '0' });
    await office.runJobs();
    const id = idOf(location!);
    const before = await importOf(office, id);
    assert.deepEqual([before.undecided_count, before.new_count], [3, sold.length - 3]);
    const page = await client.get(location!);
    assert.match(page.text, /뜻을 정할 말[\s\S]*포장 대기/);

    const none = await client.post(`/imports/${id}/words`, { word_0: 'status:포장 대기', meaning_0: '' });
    assert.equal(none.status, 409);
    const wrong = await client.post(`/imports/${id}/words`, {
      word_0: 'status:포장 대기',
      meaning_0: 'flown',
    });
    assert.equal(wrong.status, 422);
    const said = await client.post(`/imports/${id}/words`, {
      word_0: 'status:포장 대기',
      meaning_0: 'acknowledged',
    });
    assert.equal(said.status, 303);
    await office.runJobs();
    const after = await importOf(office, id);
    assert.deepEqual([after.state, after.undecided_count, after.new_count], ['proposed', 0, sold.length]);
    const late = await (await office.as('admin')).post(`/imports/${id}/words`, {
      word_0: 'status:포장 대기',
      meaning_0: 'cancelled',
    });
    assert.equal(late.status, 409);
    assert.match(late.text, /그사이 김하나 님이 ‘발주확인’\(으\)로 정했습니다/);
    const [event] = await office.runtime.db('events').where({ name: 'channel.words_decided' });
    assert.equal(event.actor_name, '김하나');
    const next = await take(office, Buffer.from(file.content), { apply: false });
    assert.equal(next.rejected, 0, 'the next file needs no asking');
    assert.equal((await (await office.as('delivery')).post(`/imports/${id}/words`, {})).status, 403);
  });
});

describe('files that tell where known orders stand', () => {
  let office: Office;
  const sold = sales(20, 9);
  const mains = sold.filter(({ addon }) => !addon);
  before(async () => {
    office = await openOffice();
    await takeSmartStore(office, sold);
  });
  after(() => office[Symbol.asyncDispose]());

  test('a confirmed purchase moves its line and nothing else of it', async () => {
    const sale = mains[0]!;
    const before = await lineOf(office, numberOf(sale));
    const said = {
      주문상태: '구매확정',
      구매확정일: '2026-11-28 10:00:00',
      발송처리일: '2026-11-20 16:00:00',
    };
    const found = await take(office, standing('구매확정내역', [[sale, said]]));
    assert.deepEqual([found.changed, found.new, found.rejected], [1, 0, 0]);
    const line = await lineOf(office, numberOf(sale));
    assert.equal(line.status, 'confirmed');
    for (const field of ['recipient_name', 'buyer_name', 'address', 'amount', 'quantity', 'method'] as const)
      assert.equal(line[field], before[field], field);
    assert.equal(line.channel_option_id, before.channel_option_id);
  });

  test('a line nobody knows is rejected with that reason and never becomes an order', async () => {
    const [stranger] = sales(3, 44);
    const count = async () => Number((await office.runtime.db('orders').count({ n: '*' }).first())!.n);
    const before = await count();
    const found = await take(office, standing('주문조회', [[stranger!, { 주문상태: '구매확정' }]]));
    assert.equal(found.rejected, 1);
    assert.match(found.rejections[0]!.reason, /가져온 적이 없는 주문입니다/);
    assert.equal(await count(), before);
    assert.equal(await lineOf(office, numberOf(stranger!)), undefined);
  });

  test('cancels, returns and exchanges each have their own state, and an undo gives the old one back', async () => {
    const [cancel, back, swap] = [mains[1]!, mains[2]!, mains[3]!];
    await take(office, claimFile('취소', cancel, '취소완료'));
    await take(office, claimFile('반품', back, '반품요청'));
    await take(office, claimFile('교환', swap, '교환완료'));
    const states = await Promise.all([cancel, back, swap].map((sale) => lineOf(office, numberOf(sale))));
    assert.deepEqual(
      states.map(({ status, claim }) => [status, claim]),
      [
        ['cancelled', null],
        ['claimed', 'return_requested'],
        ['exchanged', null],
      ],
    );
    const finished = await take(office, claimFile('반품', back, '반품완료'));
    assert.equal((await lineOf(office, numberOf(back))).status, 'returned');
    const client = await office.as('office');
    await client.post(`/imports/${finished.importId}/undo`, { stay: '0' });
    await office.runJobs();
    const undone = await lineOf(office, numberOf(back));
    assert.deepEqual([undone.status, undone.claim], ['claimed', 'return_requested']);
  });

  test('a line whose order was taken back meanwhile is not made anew', async () => {
    const other = sales(3, 50);
    await using file = await aSmartStoreFile(other.map((sale) => sale.sold));
    const brought = await importFile(office.ctx(), undefined, {
      file: { name: '주문', path: file.path },
      apply: true,
      writers,
      progress: () => {},
      reader: readerHere(office.ctx()),
    });
    const waiting = await take(office, standing('주문조회', [[other[0]!, { 주문상태: '구매확정' }]]), {
      apply: false,
    });
    assert.equal(waiting.changed, 1);
    const client = await office.as('office');
    await client.post(`/imports/${brought.importId}/undo`, { stay: '0' });
    await office.runJobs();
    await client.post(`/imports/${waiting.importId}/apply`, {});
    await office.runJobs();
    assert.equal(await lineOf(office, numberOf(other[0]!)), undefined);
  });
});

const claimFile = (what: Parameters<typeof claimSheet>[0], sale: Sale, word: string) =>
  xlsxOf([claimSheet(what, [[sale, word]])]);

const notes = xlsxOf([
  {
    name: '명단',
    rows: [
      ['이름', '전화', '메모', '날짜'],
      ['김하나', '010', '', ''],
    ],
  } as Sheet,
]);

const idOf = (location: string) => Number(/^\/imports\/(\d+)$/.exec(location)![1]);

/** As a mall leaves people some weeks after the deal. */
function masked<T extends Record<string, unknown>>(cells: T): T {
  const hide = ([column, value]: [string, unknown]) => {
    const text = String(value ?? '');
    if (text === '') return [column, value];
    if (/전화번호$|연락처|휴대전화/.test(column)) return [column, text.replace(/-\d{3,4}-/, '-****-')];
    if (/^(수취인명|수취인이름|수령인|수령인명|구매자|구매자명|주문자명)$/.test(column))
      return [column, text.replace(/^(.)./, '$1*')];
    if (/주소|배송지$/.test(column)) return [column, text.replace(/ \S+ \S+$/, ' ***')];
    return [column, value];
  };
  return Object.fromEntries(Object.entries(cells).map(hide)) as T;
}
