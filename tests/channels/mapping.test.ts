import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { importFile } from '#channels';
import { sales } from '../../seeds/malls/sales.ts';
import { writers } from '../../src/channels/jobs.ts';
import { destroyOldOriginals } from '../../src/channels/originals.ts';
import type { ImportRow } from '../../src/channels/tables.ts';
import type { Client } from '../support/client.ts';
import { locked, makeTwin, twins, xlsxOf } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';
import { openFolder } from '../xlsx/folder.ts';
import { texts } from '../xlsx/twins.ts';
import { renamed, shopColumns, shopRows, shopSales } from './partner-shop.ts';

const xlsx = (rows: ReturnType<typeof shopRows>) => xlsxOf([{ name: '주문', rows }]);
const csv = (rows: ReturnType<typeof shopRows>) => texts['CSV in CP949']([{ name: '주문', rows }]);

describe('a file nobody has seen before', () => {
  let office: Office;
  let client: Client;
  before(async () => {
    office = await openOffice();
    client = await office.as('office');
  });
  after(() => office[Symbol.asyncDispose]());

  const importOf = (id: number): Promise<ImportRow> => office.runtime.db('imports').where({ id }).first();
  async function upload(name: string, content: Buffer, more: Record<string, string> = {}): Promise<number> {
    const { location } = await client.upload('/imports', [{ name, content }], { channel: '0', ...more });
    await office.runJobs();
    return Number(/^\/imports\/(\d+)$/.exec(location!)![1]);
  }
  /** What the page has chosen, as a browser would send it. */
  async function proposed(id: number): Promise<Record<string, string>> {
    const { text } = await client.get(`/imports/${id}/mapping`);
    const fields: Record<string, string> = {};
    for (const [, name, options] of text.matchAll(/<select[^>]*name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g))
      fields[name!] = /value="(\w*)" selected/.exec(options!)?.[1] ?? '';
    fields.comparison = /name="comparison" value="(\d+)"/.exec(text)![1]!;
    return fields;
  }
  async function teach(id: number, over: Record<string, string>): Promise<number> {
    const { status } = await client.post(`/imports/${id}/mapping`, { ...(await proposed(id)), ...over });
    await office.runJobs();
    return status;
  }
  const places = Object.keys(shopColumns);
  const fieldOf = (title: string) => `field_${places.indexOf(title)}`;

  test('is learnt once: proposed, saved, applied, and the next one of its shape needs nothing', async () => {
    const sold = shopSales(24, 71);
    const first = await upload('가구공방.xlsx', xlsx(shopRows(sold)));
    const waiting = await importOf(first);
    assert.deepEqual([waiting.state, waiting.channel_id, waiting.layout], ['unmapped', 0, null]);
    assert.match(
      (await client.get(`/imports/${first}`)).text,
      /아는 쇼핑몰의 파일이 아닙니다[\s\S]*열 맞추기/,
    );

    const chosen = await proposed(first);
    const fields = places.map((title) => chosen[fieldOf(title)]);
    assert.deepEqual(fields, [
      'lineNo',
      'orderedAt',
      'productName',
      'option',
      'quantity',
      'recipientName',
      'recipientPhone',
      'postcode',
      'wholeAddress',
      'memo',
      '',
    ]);
    const page = await client.get(`/imports/${first}/mapping`);
    assert.match(page.text, /다섯 자리 우편번호 100%/);
    for (const sale of sold.slice(0, 5)) assert.ok(page.text.includes(sale.recipient), sale.recipient);

    const nameless = await client.post(`/imports/${first}/mapping`, chosen);
    assert.equal(nameless.status, 422);
    assert.match(nameless.text, /새 채널의 이름을 적어 주세요/);
    assert.equal(await teach(first, { channel: 'new', channel_name: '가구공방' }), 303);

    const read = await importOf(first);
    assert.deepEqual([read.state, read.new_count, read.rejected_count], ['proposed', sold.length, 0]);
    assert.match(read.layout!, /^learnt:\d+$/);
    await client.post(`/imports/${first}/apply`, { comparison: String(read.comparison) });
    await office.runJobs();
    const line = await office.runtime
      .db('order_lines')
      .where({ line_no: `GG${sold[0]!.order}-${sold[0]!.serial}` })
      .first();
    assert.deepEqual(
      [line.recipient_name, line.postcode, line.quantity, line.status],
      [sold[0]!.recipient, sold[0]!.postcode, sold[0]!.quantity, 'new'],
    );
    const channel = await office.runtime.db('channels').where({ id: line.channel_id }).first();
    assert.equal(channel.name, '가구공방');

    const again = await importOf(await upload('다음 날.csv', csv(shopRows(sold))));
    assert.deepEqual([again.state, again.same_count, again.new_count], ['proposed', sold.length, 0]);
    const shuffled = Object.fromEntries(Object.entries(shopColumns).reverse());
    const next = shopSales(24, 72);
    const other = await importOf(
      await upload('순서 바꿈.xlsx', xlsx(shopRows(next, { ...shuffled, 메모2: () => '' }))),
    );
    assert.deepEqual([other.state, other.channel_id, other.rejected_count], ['proposed', channel.id, 0]);

    const [event] = await office.runtime.db('events').where({ name: 'channel.layout_learnt' });
    assert.equal(event.actor_name, '김하나');
    assert.match((await (await office.as('admin')).get('/channels')).text, /가구공방[\s\S]*주문 파일/);
  });

  test('says what drifted before anything is proposed, and is learnt anew; what it brought in stays readable', async () => {
    const sold = shopSales(24, 73);
    const moved = await upload(
      '이름 바꿈.xlsx',
      xlsx(shopRows(sold, renamed({ '받는분 휴대폰': '수신번호', '담당 MD': '' }))),
    );
    const row = await importOf(moved);
    assert.equal(row.state, 'unmapped');
    assert.match(
      row.failure!,
      /가구공방 주문 파일의 양식이 바뀌었습니다\. ‘받는분 휴대폰’ 열이 없어졌습니다\. ‘수신번호’ 열이 새로 생겼습니다\(전화번호 100%\)\./,
    );
    const rows = await office.runtime.db('import_rows').where({ import_id: moved });
    assert.equal(rows.length, 0, 'nothing is proposed');
    const chosen = await proposed(moved);
    const { id: channelId } = await office.runtime.db('channels').where({ name: '가구공방' }).first();
    assert.deepEqual(
      [chosen.channel, chosen[fieldOf('받는분 휴대폰')]],
      [String(channelId), 'recipientPhone'],
    );
    assert.equal(await teach(moved, {}), 303);
    assert.deepEqual(
      [(await importOf(moved)).state, (await importOf(moved)).rejected_count],
      ['proposed', 0],
    );

    const layouts = await office.runtime.db('channel_layouts').where({ channel_id: channelId }).orderBy('id');
    assert.deepEqual(
      layouts.map(({ replaced_by }) => replaced_by),
      [layouts[1].id, null],
    );
    const [applied] = await office.runtime
      .db('imports')
      .where({ layout: `learnt:${layouts[0].id}`, state: 'applied' });
    const kept = await client.get(`/imports/${applied.id}?kind=all`);
    assert.equal(kept.status, 200);
    assert.match(kept.text, /GG\d+/);

    const dates = { ...renamed({ '받는분 휴대폰': '수신번호' }), 수신번호: () => '2026-11-20' };
    const typed = await importOf(await upload('날짜.csv', csv(shopRows(shopSales(24, 74), dates))));
    assert.equal(typed.state, 'unmapped');
    assert.match(typed.failure!, /‘수신번호’ 열에 전화번호가 아닌 값이 들어 있습니다\(날짜 100%\)/);
  });

  test('a wrong mapping rejects rows by name, and can be put right before anything is applied', async () => {
    const columns = { ...renamed({ 접수일: '날짜', '전표 NO': '전표' }), 참고: () => '' };
    const id = await upload('잘못.xlsx', xlsx(shopRows(shopSales(24, 75), columns)), { channel: '0' });
    assert.equal((await importOf(id)).state, 'unmapped');
    const right = await proposed(id);
    const wrong = { ...right, [fieldOf('접수일')]: 'quantity', [fieldOf('주문수량(EA)')]: '' };
    const named = { channel: 'new', channel_name: '나무상회' };
    const saved = await client.post(`/imports/${id}/mapping`, {
      ...wrong,
      [fieldOf('전표 NO')]: 'lineNo',
      ...named,
    });
    assert.equal(saved.status, 303);
    await office.runJobs();
    const read = await importOf(id);
    assert.equal(read.new_count, 0);
    assert.ok(read.rejected_count > 5, 'every row is rejected');
    const page = await client.get(`/imports/${id}?kind=rejected`);
    assert.match(page.text, /날짜[\s\S]*수량은 0 이상의 정수여야 합니다/);

    const { id: channel } = await office.runtime.db('channels').where({ name: '나무상회' }).first();
    const fixed = { [fieldOf('접수일')]: 'orderedAt', [fieldOf('주문수량(EA)')]: 'quantity' };
    assert.equal(await teach(id, { ...fixed, channel: String(channel) }), 303);
    const after = await importOf(id);
    assert.deepEqual([after.state, after.rejected_count], ['proposed', 0]);
    const current = await office.runtime
      .db('channel_layouts')
      .where({ channel_id: channel })
      .whereNull('replaced_by');
    assert.equal(current.length, 1);
  });

  test('what is missing or chosen twice is named, and what was chosen stays', async () => {
    const id = await upload(
      '모자람.csv',
      csv(shopRows(shopSales(24, 76), renamed({ '전표 NO': '관리', 접수일: '등록' }))),
    );
    const chosen = await proposed(id);
    const sent = {
      ...chosen,
      channel: 'new',
      channel_name: '빈 가게',
      [fieldOf('전표 NO')]: 'orderNo',
      [fieldOf('주문수량(EA)')]: '',
      [fieldOf('규격')]: 'memo',
      [fieldOf('고객 요청사항')]: 'memo',
    };
    const page = await client.post(`/imports/${id}/mapping`, sent);
    assert.equal(page.status, 422);
    assert.match(page.text, /아직 고르지 않은 항목이 있습니다: 수량\./);
    assert.match(page.text, /두 열에 골랐습니다: ‘규격’, ‘고객 요청사항’/);
    assert.match(page.text, /value="빈 가게"/);
    assert.match(page.text, /name="field_0"[\s\S]*?value="orderNo" selected/);
    const bogus = await client.post(`/imports/${id}/mapping`, { ...sent, field_0: 'constructor' });
    assert.match(bogus.text, /목록에서 골라 주세요/);
    assert.equal((await importOf(id)).state, 'unmapped');
    assert.equal((await client.post(`/imports/${id}/cancel`, {})).status, 303);
    assert.equal((await client.get(`/imports/${id}/mapping`)).status, 303, 'nothing is left to map');
  });

  test('of two clerks who save at once one is told, and files of the same shape are read along', async () => {
    const columns = renamed({ '전표 NO': '번호표', 접수일: '날' });
    const id = await upload('둘이.xlsx', xlsx(shopRows(shopSales(24, 77), columns)));
    const twin = await upload('같은 양식.xlsx', xlsx(shopRows(shopSales(24, 78), columns)));
    const body = {
      ...(await proposed(id)),
      [fieldOf('전표 NO')]: 'lineNo',
      channel: 'new',
      channel_name: '둘이네',
    };
    const admin = await office.as('admin');
    const answers = await Promise.all([client, admin].map((one) => one.post(`/imports/${id}/mapping`, body)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
    const told = answers.find(({ status }) => status === 409)!;
    assert.match(told.text, /그사이 다른 사람이 이 파일의 열을 맞췄습니다/);
    assert.equal((await office.runtime.db('channels').where({ name: '둘이네' })).length, 1);
    await office.runJobs();
    assert.deepEqual([(await importOf(id)).state, (await importOf(twin)).state], ['proposed', 'proposed']);

    const other = renamed({ '전표 NO': '번호판', 접수일: '날짜판' });
    const pair = [
      await upload('하나.xlsx', xlsx(shopRows(shopSales(24, 86), other))),
      await upload('둘.xlsx', xlsx(shopRows(shopSales(24, 87), other))),
    ];
    const { id: channel } = await office.runtime.db('channels').where({ name: '둘이네' }).first();
    const forms = await Promise.all(pair.map(proposed)); // both look before either saves
    const both = await Promise.all(
      pair.map(async (one, at) =>
        client.post(`/imports/${one}/mapping`, {
          ...forms[at],
          [fieldOf('전표 NO')]: 'lineNo',
          channel: String(channel),
        }),
      ),
    );
    assert.ok(both.every(({ status }) => [303, 409].includes(status)));
    await office.runJobs();
    for (const one of pair) assert.equal((await importOf(one)).state, 'proposed');
    const current = await office.runtime
      .db('channel_layouts')
      .where({ channel_id: channel })
      .where('columns_json', 'like', '%번호판%')
      .whereNull('replaced_by');
    assert.equal(current.length, 1, 'the same is never taught twice');
    const again = await upload(
      '또.xlsx',
      xlsx(shopRows(shopSales(24, 79), renamed({ '전표 NO': '표', 접수일: '날2' }))),
    );
    const same = await client.post(`/imports/${again}/mapping`, {
      ...(await proposed(again)),
      [fieldOf('전표 NO')]: 'lineNo',
      channel: 'new',
      channel_name: '둘 이네',
    });
    assert.equal(same.status, 409);
    assert.match(same.text, /‘둘이네’ 채널이 이미 있습니다/);
  });

  test('a channel said beforehand keeps what other channels were taught out of it', async () => {
    const { id: coupang } = await office.runtime.db('channels').where({ code: 'coupang' }).first();
    const columns = renamed({ '받는분 휴대폰': '수신번호', '담당 MD': '' });
    const id = await upload('쿠팡이라는 것.xlsx', xlsx(shopRows(shopSales(24, 80), columns)), {
      channel: String(coupang),
    });
    assert.equal((await importOf(id)).state, 'unmapped');
    assert.equal((await proposed(id)).channel, String(coupang));
    assert.equal(await teach(id, {}), 303);
    const taught = await importOf(id);
    assert.deepEqual([taught.state, taught.channel_id], ['proposed', coupang]);

    const rows = xlsx(shopRows(shopSales(24, 85), columns));
    const either = await importOf(await upload('누구 것.xlsx', rows));
    assert.equal(either.state, 'refused', 'two channels have been taught the very same');
    assert.match(either.failure!, /가릴 수 없습니다\(가구공방 주문 파일, 쿠팡 주문 파일\)/);
    const said = await importOf(await upload('쿠팡 것.xlsx', rows, { channel: String(coupang) }));
    assert.deepEqual([said.state, said.layout], ['proposed', taught.layout]);
  });

  test("a mall's file that lacks a column is refused as before, and may be mapped all the same", async () => {
    const twin = twins.토스!;
    const { sheets } = makeTwin(twin, {}, sales(5, 81));
    const [{ name, rows }] = sheets.slice(-1) as [{ name: string; rows: string[][] }];
    const header = rows.findIndex((row) => row.includes('주문번호'));
    const at = rows[header]!.indexOf('우편번호');
    const cut = rows.map((row) => row.filter((_, place) => place !== at));
    const id = await upload('토스.xlsx', xlsxOf([{ name, rows: cut }]));
    const row = await importOf(id);
    assert.equal(row.state, 'refused');
    assert.match(row.failure!, /토스쇼핑[\s\S]*필요한 열이 없습니다: 우편번호/);
    assert.match((await client.get(`/imports/${id}`)).text, /열 맞추기/);
    const { id: toss } = await office.runtime.db('channels').where({ code: 'toss' }).first();
    assert.equal((await proposed(id)).channel, String(toss));
    assert.equal(await teach(id, {}), 303);
    assert.equal((await importOf(id)).state, 'proposed');
    const whole = await importOf(await upload('온전한 토스.xlsx', xlsxOf(sheets)));
    assert.equal(whole.layout, twin.layout, 'the whole file is still read by what we know of the mall');
  });

  test('a locked file keeps its password until its columns are named', async () => {
    const columns = renamed({ '전표 NO': '잠금표', 접수일: '잠금일' });
    const file = locked(xlsx(shopRows(shopSales(24, 82), columns)), '7788');
    const id = await upload('잠김.xlsx', file, { password: '7788' });
    assert.equal((await importOf(id)).state, 'unmapped');
    assert.equal(
      await teach(id, { [fieldOf('전표 NO')]: 'lineNo', channel: 'new', channel_name: '잠긴 가게' }),
      303,
    );
    const read = await importOf(id);
    assert.deepEqual([read.state, read.password], ['proposed', null]);
  });

  test('what stands at its top is sealed, hidden from those who may not import, and destroyed with the file', async () => {
    const sold = shopSales(24, 83);
    const id = await upload('비밀.xlsx', xlsx(shopRows(sold, renamed({ '전표 NO': '표2', 접수일: '날3' }))));
    const { sealed } = await office.runtime.db('import_heads').where({ import_id: id }).first();
    assert.ok(!sealed.toString('utf8').includes(sold[0]!.recipient));
    const delivery = await office.as('delivery');
    assert.equal((await delivery.get(`/imports/${id}/mapping`)).status, 403);
    assert.equal((await delivery.post(`/imports/${id}/mapping`, {})).status, 403);
    assert.equal((await client.get('/imports/999999/mapping')).status, 404);

    await office.runtime
      .db('imports')
      .where({ id })
      .update({ created_at: new Date('2026-01-01T00:00:00Z') });
    await destroyOldOriginals(office.ctx());
    assert.equal((await importOf(id)).state, 'cancelled');
    assert.equal(await office.runtime.db('import_heads').where({ import_id: id }).first(), undefined);
  });

  test('the command line refuses it and says where to go', async () => {
    await using folder = await openFolder();
    const path = folder.file('file');
    await writeFile(path, xlsx(shopRows(shopSales(24, 84), renamed({ '전표 NO': '표3', 접수일: '날4' }))));
    const file = { name: '공방.xlsx', path };
    await assert.rejects(
      importFile(office.ctx(), undefined, { file, apply: true, writers, progress: () => {} }),
      /화면에서 열을 맞춘 뒤 다시 가져와 주세요.*‘공방\.xlsx’ \(\/imports\/\d+\/mapping\)/,
    );
  });

  test('a file without a table is refused as ever', async () => {
    const rows = [['회의록'], ['11월 21일 회의에서 정한 것을 적어 둡니다.'], ['다음 회의는 금요일입니다.']];
    const id = await upload('회의록.xlsx', xlsxOf([{ name: '회의', rows }]));
    assert.equal((await importOf(id)).state, 'refused');
    assert.equal((await client.get(`/imports/${id}/mapping`)).status, 404);
  });
});
