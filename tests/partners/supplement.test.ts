import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import { readRows } from '#lib/xlsx/index.ts';
import { findLineIds, holdLines, markDispatched, releaseLines } from '#orders';
import { writers } from '../../src/channels/jobs.ts';
import { requestUndo, undoImport } from '../../src/channels/undoing.ts';
import { removeProducts } from '../../src/partners/owning.ts';
import { sendSheet } from '../../src/partners/sending.ts';
import { undoSheet } from '../../src/partners/undoing.ts';
import { aLine } from '../deliveries/homes.ts';
import { importLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { aPartner } from './partners-office.ts';

const order = '2026111000000100';
const [a, b, c] = ['2026111000000111', '2026111000000121', '2026111000000131'] as const;
type Asked = NonNullable<Parameters<typeof aLine>[0]>;
const lineA = (asked: Asked = {}) => aLine({ order, line: a, memo: '문 앞에', ...asked });
const lineB = (asked: Asked = {}) => aLine({ order, line: b, ...asked });
const lineC = (asked: Asked = {}) => aLine({ order, line: c, ...asked });
const cancelled = { status: '취소', detailStatus: '취소완료' };

/** An office whose partner makes the mattresses of these lines. */
async function openWith(...lines: ReturnType<typeof aLine>[]) {
  const office = await openOffice();
  const { importId } = await importLines(office.ctx('office'), lines);
  const partner = await aPartner(office, { products: ['모아 매트리스'] });
  return {
    office,
    partner,
    importId,
    send: (scope: 'waiting' | 'supplement' = 'waiting') =>
      sendSheet(office.ctx('office'), partner, { scope }),
    [Symbol.asyncDispose]: () => office[Symbol.asyncDispose](),
  };
}

async function idOf(office: Office, lineNo: string): Promise<number> {
  const [id] = await findLineIds(office.ctx(), 1, [lineNo]);
  return id!;
}

/** The rows of a sheet: number, kind and note or changed cells. */
async function rowsOf(office: Office, sheetId: number): Promise<string[]> {
  const { db } = office.runtime;
  const sheet = await db('partner_sheets').where({ id: sheetId }).first();
  const rows: { line_no: string; kind: string; note: string; changes: string | null }[] = await db(
    'partner_sheet_lines',
  )
    .where({ sheet_id: sheetId })
    .orderBy('position');
  const cells = (text: string | null) =>
    (JSON.parse(text ?? '[]') as { name: string; before: string; after: string }[]).map(
      ({ name, before, after }) => `${name} ${before}→${after}`,
    );
  return [
    `${sheet.sheet_no}-${sheet.part}`,
    ...rows.map((row) => [row.line_no, row.kind, row.note, ...cells(row.changes)].filter(Boolean).join(' ')),
  ];
}

const standings = (office: Office) =>
  office.runtime
    .db('partner_lines')
    .orderBy('line_no')
    .select('line_no', 'state', 'sheet_id', 'told_sheet_id');

test('what an import adds, changes and cancels stands in one supplement, which is the new base', async () => {
  await using shop = await openWith(lineA(), lineB());
  const { office, send } = shop;
  const first = await send();
  await assert.rejects(send('supplement'), /바뀐 것이 없습니다/);

  await importLines(office.ctx('office'), [
    lineA({ recipient: '이두리', quantity: 2, memo: '' }),
    lineB(cancelled),
    lineC(),
  ]);
  const second = await send('supplement');
  assert.deepEqual(await rowsOf(office, second), [
    '1-2',
    `${c} added`,
    `${a} changed 수량 1→2 수취인 김하나→이두리 배송메모 문 앞에→`,
    `${b} cancelled 주문 취소`,
  ]);
  assert.deepEqual(await standings(office), [
    { line_no: a, state: 'live', sheet_id: first, told_sheet_id: second },
    { line_no: b, state: 'cancelled', sheet_id: first, told_sheet_id: second },
    { line_no: c, state: 'live', sheet_id: second, told_sheet_id: second },
  ]);
  await assert.rejects(send('supplement'), Refusal);

  await importLines(office.ctx('office'), [lineA({ recipient: '이두리', quantity: 2, memo: '경비실에' })]);
  assert.deepEqual(await rowsOf(office, await send('supplement')), [
    '1-3',
    `${a} changed 배송메모 →경비실에`,
  ]);
});

test('the supplement’s file says what happened, old and new, under the number the partner knows', async () => {
  await using shop = await openWith(lineA());
  const { office, send } = shop;
  await send();
  await importLines(office.ctx('office'), [
    lineA({ address: '부산광역시 해운대구 우동 1', postcode: '48094' }),
  ]);
  const sheet = await send('supplement');
  const { bytes } = await (await office.as('office')).post(`/partners/sheets/${sheet}/file`);
  const rows: string[][] = [];
  for await (const { sheet: name, texts } of readRows(bytes)) {
    assert.equal(name, '보충 발주서');
    rows.push(texts);
  }
  assert.equal(rows[0]![0], '발주서 (보충)');
  assert.match(rows[2]![0]!, /^발주번호 1-2 · /);
  assert.deepEqual(rows[3]!.slice(0, 4), ['구분', '바뀐 내용', '발주번호', '발주일']);
  assert.deepEqual(rows[4]!.slice(0, 3), [
    '변경',
    '우편번호: 06236 → 48094 / 주소: 서울특별시 강남구 테헤란로 1 → 부산광역시 해운대구 우동 1',
    '1',
  ]);
  assert.equal(rows[5]![0], '합계 변경 1');
});

test('held is told, then let go; what is on its way is left alone', async () => {
  await using shop = await openWith(lineA(), lineB());
  const { office, send } = shop;
  const ctx = office.ctx('office');
  await send();
  await holdLines(ctx, [await idOf(office, a)], '주소 확인');
  await markDispatched(ctx, [await idOf(office, b)], { method: 'direct', courier: '', trackingNo: '' });
  assert.deepEqual(await rowsOf(office, await send('supplement')), ['1-2', `${a} held 주문 보류`]);
  await releaseLines(ctx, [await idOf(office, a)]);
  assert.deepEqual(await rowsOf(office, await send('supplement')), ['1-3', `${a} resumed`]);
});

test('lines whose import is taken back are cancelled; brought again they are ordered once more, not before', async () => {
  await using shop = await openWith(lineA());
  const { office, send, importId } = shop;
  for (const table of ['options', 'products']) await office.runtime.db(table).update({ is_new: 0 }); // named by a person
  await send();
  const takeBack = async (id: number) => {
    await requestUndo(office.ctx('office'), id, false);
    await undoImport(office.ctx(), id, writers, () => {});
  };
  await takeBack(importId);
  await importLines(office.ctx('office'), [lineA()]);
  await assert.rejects(
    send(),
    Refusal,
    'the line came back before the partner was told: it is ordered already',
  );
  await assert.rejects(send('supplement'), Refusal);

  const again = await office.runtime.db('imports').orderBy('id', 'desc').first('id');
  await takeBack(again.id);
  assert.deepEqual(await rowsOf(office, await send('supplement')), ['1-2', `${a} cancelled 주문이 없어짐`]);
  await importLines(office.ctx('office'), [lineA()]);
  const anew = await send();
  assert.deepEqual(await rowsOf(office, anew), ['2-1', `${a} new`]);
});

test('a line whose product becomes ours is cancelled with the partner, and may be ordered elsewhere', async () => {
  await using shop = await openWith(lineA());
  const { office, partner, send } = shop;
  await send();
  await importLines(office.ctx('office'), [lineA({ product: '모아 프레임', productNo: '8210000002' })]);
  const other = await aPartner(office, { name: '다른공방', products: ['모아 프레임'] });
  const elsewhere = () => sendSheet(office.ctx('office'), other, { scope: 'waiting' });
  await assert.rejects(elsewhere(), Refusal, 'the first partner believes it is to make it');
  const told = await send('supplement');
  assert.deepEqual(await rowsOf(office, told), ['1-2', `${a} cancelled 다른 협력사 상품으로 바뀜`]);
  await elsewhere();
  const owner = await office.runtime.db('partner_lines').first('partner_id', 'state');
  assert.deepEqual(owner, { partner_id: other, state: 'live' });

  await assert.rejects(undoSheet(office.ctx('office'), told), /다른 협력사에 발주되어/);
  const untouched = await office.runtime.db('partner_sheets').where({ id: told }).first('undone_at');
  assert.equal(untouched.undone_at, null);
  assert.equal((await office.runtime.db('partner_lines').first('partner_id')).partner_id, other);
  assert.ok(partner !== other);
});

test('the latest sending is taken back, then the one before; numbers are not used again', async () => {
  await using shop = await openWith(lineA(), lineB());
  const { office, send } = shop;
  const ctx = office.ctx('office');
  const first = await send();
  const before = await standings(office);
  await importLines(ctx, [lineA({ memo: '바뀜' }), lineB(cancelled), lineC()]);
  const second = await send('supplement');

  await assert.rejects(undoSheet(ctx, first), /먼저 발주 1-2을 되돌려/);
  await undoSheet(ctx, second);
  assert.deepEqual(await standings(office), before);
  await assert.rejects(undoSheet(ctx, second), /이미 되돌렸습니다/);
  const third = await send('supplement');
  assert.deepEqual((await rowsOf(office, third))[0], '1-3');
  assert.equal((await rowsOf(office, third)).length, 4, 'what was told is to be told again');

  await undoSheet(ctx, third);
  await undoSheet(ctx, first);
  assert.deepEqual(await standings(office), []);
  await assert.rejects(send('supplement'), /먼저 발주서를 만들어/);
  assert.deepEqual(await rowsOf(office, await send()), ['2-1', `${a} new`, `${c} new`]);
  const undone = await office.runtime.db('events').where({ name: 'partner.sheet_undone' }).orderBy('id');
  assert.deepEqual(
    undone.map((event) => JSON.parse(event.data).number),
    ['1-2', '1-3', '1'],
  );
});

test('a line ordered and sent long ago is not watched for ever', async () => {
  await using shop = await openWith(lineA());
  const { office, send } = shop;
  await send();
  await office.runtime.db('partner_lines').update({ ordered_at: '2020-01-01 00:00:00' });
  await importLines(office.ctx('office'), [lineA({ memo: '바뀜' })]);
  await assert.rejects(send('supplement'), Refusal);
});

test('two people at once order every line once', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: Array.from({ length: 6 }, () => ({})) });
  const partner = await aPartner(office, { products: ['침대'] });
  const clients = await Promise.all([office.as('office'), office.as('admin'), office.as('office')]);
  const answers = await Promise.all(
    clients.map((client) => client.post(`/partners/${partner}/sheets`, { scope: 'waiting' })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409]);
  assert.match(answers.find(({ status }) => status === 409)!.text, /다른 사람이 이미 발주했을 수 있습니다/);
  const { db } = office.runtime;
  assert.deepEqual(await db('partner_sheets').pluck('line_count'), [6]);
  assert.equal((await db('partner_lines')).length, 6);
  assert.equal((await db('partner_sheet_lines')).length, 6);
});

test('partners sent to at once get numbers of their own, without gaps', async () => {
  await using office = await openOffice();
  const names = ['가', '나', '다', '라'];
  await anOrder(office, { lines: names.map((product) => ({ product })) });
  const partners: number[] = [];
  for (const name of names) partners.push(await aPartner(office, { name: `${name}공방`, products: [name] }));
  await Promise.all(partners.map((id) => sendSheet(office.ctx('office'), id, { scope: 'waiting' })));
  const numbers: number[] = await office.runtime.db('partner_sheets').orderBy('sheet_no').pluck('sheet_no');
  assert.deepEqual(numbers, [1, 2, 3, 4]);
});

test('a product that moves between two sendings at once is ordered from one partner only', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const first = await aPartner(office, { products: ['침대'] });
  const second = await aPartner(office, { name: '다른공방' });
  const ctx = office.ctx('office');
  const product = (await office.runtime.db('products').where({ name: '침대' }).first('id')).id;
  // What the first has read and not written yet, the second reads as well: the product is another's in between.
  await ctx.db.transaction(async (slow) => {
    await slow('partner_lines').insert({
      line_no: (await slow('order_lines').first('line_no')).line_no,
      channel_id: 1,
      partner_id: first,
      state: 'live',
      sheet_id: 0,
      told_sheet_id: 0,
      ordered_at: '2026-11-21 09:00:00',
    });
    await removeProducts(ctx, first, [product]);
    await office.runtime.db('partner_products').insert({ product_id: product, partner_id: second });
    const late = sendSheet(ctx, second, { scope: 'waiting' });
    const refused = assert.rejects(
      late,
      (error) => error instanceof Refusal && /그 사이에/.test(error.message),
    );
    await untilWaiting(office);
    await slow.commit();
    await refused;
  });
  assert.deepEqual(await office.runtime.db('partner_lines').pluck('partner_id'), [first]);
  assert.deepEqual(await office.runtime.db('partner_sheets'), []);
});

/** Until a statement of somebody waits for a lock. */
async function untilWaiting(office: Office): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    const [rows] = await office.runtime.db.raw(
      'SELECT COUNT(*) AS n FROM information_schema.INNODB_LOCK_WAITS',
    );
    if (Number(rows[0].n) > 0) return;
  }
  throw new Error('nobody waits');
}

test('a sheet made while an import is applied holds none of it, and the supplement tells all of it', async () => {
  await using shop = await openWith(lineA(), lineB());
  const { office, send } = shop;
  let sheet: number | undefined;
  const sending: typeof writers = {
    ...writers,
    async settle(ctx, batch) {
      // shown already, and its replaced rows still lie about
      assert.deepEqual(await rowsOf(office, await send('supplement')), [
        '1-2',
        `${a} changed 배송메모 문 앞에→새 메모`,
        `${b} changed 배송메모 →새 메모`,
      ]);
      await writers.settle(ctx, batch);
    },
    async place(...args) {
      await writers.place(...args);
      sheet ??= await send();
    },
  };
  await importLines(office.ctx('office'), [lineA({ memo: '새 메모' }), lineB({ memo: '새 메모' })], {
    writers: sending,
  });
  const frozen: string[] = await office.runtime
    .db('partner_sheet_lines')
    .where({ sheet_id: sheet })
    .orderBy('position')
    .pluck('frozen');
  assert.deepEqual(
    frozen.map((text) => JSON.parse(text).line.memo),
    ['문 앞에', ''],
  );
  await assert.rejects(send('supplement'), Refusal);
  await assert.rejects(send(), Refusal);
});
