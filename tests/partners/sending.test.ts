import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as xlsx from '@e965/xlsx';
import { Refusal } from '#lib/errors.ts';
import { readListQuery } from '#lib/lists.ts';
import { readRows } from '#lib/xlsx/index.ts';
import { holdLines } from '#orders';
import { removeProducts } from '../../src/partners/owning.ts';
import { listPartners, partnerList, setActive } from '../../src/partners/partners.ts';
import { type SheetRequest, sendSheet } from '../../src/partners/sending.ts';
import { columnOf, defaultTemplate } from '../../src/partners/template.rules.ts';
import { saveTemplate } from '../../src/partners/templates.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { aPartner } from './partners-office.ts';

const send = (office: Office, partner: number, request: SheetRequest = { scope: 'waiting' }) =>
  sendSheet(office.ctx('office'), partner, request);

async function fileOf(office: Office, sheetId: number): Promise<Buffer> {
  const answer = await (await office.as('office')).post(`/partners/sheets/${sheetId}/file`);
  assert.equal(answer.status, 200);
  return answer.bytes;
}

/** The rows of a file as our own reader sees them: sheet name and texts. */
async function rowsOf(file: Buffer): Promise<{ sheet: string; texts: string[] }[]> {
  const rows: { sheet: string; texts: string[] }[] = [];
  for await (const { sheet, texts } of readRows(file)) rows.push({ sheet, texts });
  return rows;
}

const lineNosOn = async (office: Office, sheetId: number): Promise<string[]> =>
  office.runtime.db('partner_sheet_lines').where({ sheet_id: sheetId }).orderBy('position').pluck('line_no');

test('a sheet orders the acknowledged lines of the partner’s products, each once', async () => {
  await using office = await openOffice();
  const { lines } = await anOrder(office, {
    lines: [
      {},
      { status: 'new' },
      { status: 'held' },
      { status: 'claimed', claim: 'cancel_requested' },
      { status: 'dispatched' },
      { status: 'cancelled' },
      { product: '방수 커버', option: '' },
      { product: '프레임', quantity: 3 },
    ],
  });
  const partner = await aPartner(office, { products: ['침대', '프레임'] });
  const sheet = await send(office, partner);
  assert.deepEqual(await lineNosOn(office, sheet), [lines[0]!.lineNo, lines[7]!.lineNo]);
  await assert.rejects(
    send(office, partner),
    (error) => error instanceof Refusal && /발주할 것이 없습니다/.test(error.message),
  );

  const more = await anOrder(office);
  assert.deepEqual(await lineNosOn(office, await send(office, partner)), [more.lines[0]!.lineNo]);
  const sheets = await office.runtime
    .db('partner_sheets')
    .orderBy('id')
    .select('sheet_no', 'part', 'line_count', 'item_count');
  assert.deepEqual(sheets, [
    { sheet_no: 1, part: 1, line_count: 2, item_count: 4 },
    { sheet_no: 2, part: 1, line_count: 1, item_count: 1 },
  ]);
});

test('a sending leaves one event with who, what, how many and why', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ quantity: 2 }] });
  const partner = await aPartner(office, { products: ['침대'] });
  const sheet = await send(office, partner);
  const events = await office.runtime.db('events').where({ subject_type: 'partner_sheet' });
  assert.equal(events.length, 1);
  assert.deepEqual(
    [events[0].name, events[0].subject_id, events[0].actor_name],
    ['partner.sheet_sent', sheet, '김하나'],
  );
  assert.deepEqual(JSON.parse(events[0].data), {
    partner_id: partner,
    partner: '침대공방',
    number: '1',
    filter: { scope: 'waiting' },
    lines: 1,
    items: 2,
    kinds: '신규 1',
    reason: '협력사 배송 위탁',
  });
  await fileOf(office, sheet);
  const taken = await office.runtime.db('events').where({ name: 'partner.sheet_downloaded' }).first();
  assert.deepEqual(
    [taken.actor_name, JSON.parse(taken.data).reason, JSON.parse(taken.data).lines],
    ['김하나', '협력사 배송 위탁', 1],
  );
});

test('all of some days again: what was sent comes as 재발송, the rest is ordered, other days stay out', async () => {
  await using office = await openOffice();
  const sent = await anOrder(office, { lines: [{}] });
  const held = await anOrder(office, { lines: [{}] });
  const partner = await aPartner(office, { products: ['침대'] });
  const first = await send(office, partner);
  const fresh = await anOrder(office, { lines: [{ ordered_at: '2026-11-11 23:59:59' }] });
  const late = await anOrder(office, { lines: [{ ordered_at: '2026-11-12 00:00:00' }] });
  await holdLines(office.ctx('office'), [held.lines[0]!.id], '확인');

  const again = await send(office, partner, { scope: 'range', from: '2026-11-10', to: '2026-11-11' });
  const rows = await office.runtime
    .db('partner_sheet_lines')
    .where({ sheet_id: again })
    .orderBy('position')
    .select('line_no', 'kind');
  assert.deepEqual(rows, [
    { line_no: sent.lines[0]!.lineNo, kind: 'again' },
    { line_no: fresh.lines[0]!.lineNo, kind: 'new' },
  ]);
  const standings = await office.runtime
    .db('partner_lines')
    .orderBy('line_no')
    .select('line_no', 'sheet_id', 'told_sheet_id');
  assert.deepEqual(standings, [
    { line_no: sent.lines[0]!.lineNo, sheet_id: first, told_sheet_id: again },
    { line_no: held.lines[0]!.lineNo, sheet_id: first, told_sheet_id: first },
    { line_no: fresh.lines[0]!.lineNo, sheet_id: again, told_sheet_id: again },
  ]);
  assert.deepEqual(await lineNosOn(office, await send(office, partner)), [late.lines[0]!.lineNo]);
  await assert.rejects(
    send(office, partner, { scope: 'range', from: '2026-10-01', to: '2026-10-02' }),
    /2026-10-01~2026-10-02/,
  );
});

test('what was ordered from one partner is not sent by another to whom the product moved', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const first = await aPartner(office, { products: ['침대'] });
  await send(office, first);
  const product = await office.runtime.db('products').where({ name: '침대' }).first('id');
  await removeProducts(office.ctx('office'), first, [product.id]);
  const second = await aPartner(office, { name: '다른공방', products: ['침대'] });
  await assert.rejects(send(office, second), Refusal);
  await assert.rejects(
    send(office, second, { scope: 'range', from: '2026-11-01', to: '2026-11-30' }),
    Refusal,
  );
  await assert.rejects(send(office, first, { scope: 'supplement' }), /바뀐 것이 없습니다/);
});

test('the file reads the same in our own reader and in SheetJS: text is text, a formula harmless, numbers numbers', async () => {
  await using office = await openOffice();
  const { orderNo, lines } = await anOrder(office, {
    lines: [
      {
        recipient_name: '=HYPERLINK("http://example.com")',
        recipient_phone: '01011112222',
        recipient_phone2: '050712345678',
        address: '+82 서울',
        address_detail: '@SUM(A1)',
        memo: '-1+1\n두 줄',
        postcode: '06236',
        quantity: 2,
        amount: 1_290_000,
        bundle_no: '0012345678901234',
        product: '=1+1 침대',
        option: '퀸(Q) 😀',
      },
    ],
  });
  const partner = await aPartner(office, { products: ['=1+1 침대'] });
  const sheet = await send(office, partner);
  const file = await fileOf(office, sheet);
  const today = new Date().toLocaleDateString('sv');
  const values = [
    '1',
    today,
    '1',
    '신규',
    '스마트스토어',
    orderNo,
    lines[0]!.lineNo,
    '=1+1 침대',
    '퀸(Q) 😀',
    '본상품',
    '2',
    '=HYPERLINK("http://example.com")',
    '010-1111-2222',
    '0507-1234-5678',
    '06236',
    '+82 서울',
    '@SUM(A1)',
    '서울특별시',
    '강남구',
    '-1+1\n두 줄',
    '택배',
    '2026-11-10',
    '2026-11-13',
    '',
    '1290000',
    '김하나',
    '0012345678901234',
  ];
  const expected = [
    ['발주서'],
    ['수신: 침대공방 최공장'],
    [`발주번호 1 · 발주일 ${today} · 1건 · 수량 2 · 보낸이 김하나`],
    defaultTemplate.columns.map(({ title }) => title),
    values,
  ];
  const rows = (await rowsOf(file)).map(({ texts }) => texts);
  assert.deepEqual(rows.slice(0, 5), expected);
  assert.deepEqual(rows[5]!.filter(Boolean), ['합계 1건', '2', '1290000']);

  const book = xlsx.read(file);
  assert.deepEqual(book.SheetNames, ['발주서']);
  const cells = book.Sheets.발주서!;
  const seen = xlsx.utils.sheet_to_json<unknown[]>(cells, { header: 1, defval: '' });
  assert.deepEqual(
    seen[4],
    values.map((value, at) => ([2, 10, 24].includes(at) ? Number(value) : value)),
  );
  for (const [place, cell] of Object.entries(cells)) {
    if (place.startsWith('!')) continue;
    assert.equal((cell as xlsx.CellObject).f, undefined, `${place} holds a formula`);
    assert.ok(['s', 'n'].includes((cell as xlsx.CellObject).t), place);
  }
});

test('a sheet can be had again byte for byte, whatever became of the order and the template', async () => {
  await using office = await openOffice();
  const { lines } = await anOrder(office, {
    lines: [{ product: '침대', option: '퀸' }, { product: '프레임' }],
  });
  const partner = await aPartner(office, { products: ['침대', '프레임'] });
  const ctx = office.ctx('office');
  await saveTemplate(ctx, partner, {
    title: '{협력사} 발주',
    heading: ['{상품} {건수}건'],
    split: 'product',
    columns: [
      columnOf('goods'),
      columnOf('quantity'),
      { title: '택배사', constant: '', format: 'text' },
      { title: '배송비', constant: '3000', format: 'number' },
      { title: '전화', field: 'recipient_phone', format: 'digits' },
    ],
  });
  const sheet = await send(office, partner);
  const file = await fileOf(office, sheet);
  const columns = ['상품명 + 옵션명', '수량', '택배사', '배송비', '전화'];
  const sheetOf = (product: string, option: string) =>
    [
      ['침대공방 발주'],
      [`${product} 1건`],
      columns,
      [`${product} / ${option}`, '1', '', '3000', '01011112222'],
      ['합계 1건', '1'],
    ].map((texts) => ({ sheet: product, texts }));
  assert.deepEqual(await rowsOf(file), [...sheetOf('침대', '퀸'), ...sheetOf('프레임', '퀸(Q)')]);

  await saveTemplate(ctx, partner, defaultTemplate);
  await office.runtime
    .db('order_lines')
    .where({ id: lines[0]!.id })
    .update({ recipient_name: '이두리', revision: 2 });
  assert.deepEqual(await fileOf(office, sheet), file);
  const page = (await (await office.as('office')).get(`/partners/sheets/${sheet}`)).text;
  assert.match(page, /침대 \/ 퀸/);
  assert.doesNotMatch(page, /이두리/);
});

test('a partner that is put aside gets nothing; one that does not exist is not found', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const partner = await aPartner(office, { products: ['침대'] });
  await setActive(office.ctx('office'), partner, false);
  await assert.rejects(send(office, partner), /거래를 멈춘/);
  await setActive(office.ctx('office'), partner, true);
  await send(office, partner);
  await assert.rejects(send(office, 99), /찾는 협력사가 없습니다/);
});

test('5,000 lines are one sheet in a few seconds, and no more queries than for 50', async () => {
  await using office = await openOffice();
  const { lines } = await anOrder(office);
  const partner = await aPartner(office, { products: ['침대'] });
  const { db } = office.runtime;
  const columns = Object.keys(await db('order_lines').first()).filter(
    (name) => !['id', 'line_no'].includes(name) && !name.endsWith('_reversed'),
  );
  const copy = (from: number, to: number) =>
    db.raw(
      `INSERT INTO order_lines (line_no, ${columns.join(', ')})
       SELECT CONCAT('C', seq), ${columns.join(', ')} FROM order_lines JOIN seq_${from}_to_${to} WHERE id = ?`,
      [lines[0]!.id],
    );
  const asked = async (work: () => Promise<unknown>) => {
    let n = 0;
    const count = () => {
      n += 1;
    };
    db.on('query', count);
    await work();
    db.removeListener('query', count);
    return n;
  };

  await copy(1, 49);
  const ctx = office.ctx('office');
  const show = () => listPartners(ctx, readListQuery({}, partnerList));
  const [fewShown, fewSent] = [await asked(show), await asked(() => send(office, partner))];
  assert.ok(fewShown > 3 && fewSent > 10, `${fewShown} ${fewSent}`);
  await copy(101, 5100);
  const started = performance.now();
  const manyShown = await asked(show);
  const manySent = await asked(() => send(office, partner));
  await db('order_lines').where('line_no', 'like', 'C5%').update({ memo: '바뀜' });
  const manyChanged = await asked(show);
  const took = performance.now() - started;
  // of open lines 5,000 are asked for at once, each time with the book of regions
  assert.ok(manyShown <= fewShown + 4, `${manyShown} queries for 5,000 lines, ${fewShown} for 50`);
  assert.ok(manySent <= fewSent + 30, `${manySent} queries for 5,000 lines, ${fewSent} for 50`); // bulk inserts of 500
  assert.ok(manyChanged <= fewShown + 4, `${manyChanged} queries when 100 changed`);
  assert.ok(took < 30_000, `${took} ms`);
  assert.equal((await db('partner_sheets').orderBy('id', 'desc').first('line_count')).line_count, 5000);
});
