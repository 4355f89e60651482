import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryFigures, followLines } from '#deliveries';
import { snapshot } from '#lib/batches.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { holdLines, releaseLines, visibleLines } from '#orders';
import { applyImport, requestApply } from '../../src/channels/applying.ts';
import { writers } from '../../src/channels/jobs.ts';
import { listTouchedLines, requestUndo, undoImport } from '../../src/channels/undoing.ts';
import { importLines, someLines } from '../support/imports.ts';
import { assertInvariants, contentOf } from '../support/invariants.ts';
import { openOffice } from '../support/office.ts';

const silent = () => {};

test('a proposal says what would change and changes nothing', async () => {
  await using office = await openOffice();
  const lines = someLines(40);
  const found = await importLines(office.ctx(), lines, { apply: false });

  assert.equal(found.new, lines.length);
  assert.equal(found.orders, new Set(lines.map((line) => line.주문번호)).size);
  assert.equal(found.applied, false);
  for (const table of ['orders', 'order_lines', 'deliveries', 'options']) {
    assert.equal((await office.runtime.db(table).count({ n: '*' }).first())?.n, 0, table);
  }
});

test('applying brings every line in once, with its delivery and its place in the tabs', async () => {
  await using office = await openOffice();
  const lines = someLines(120);
  const found = await importLines(office.ctx(), lines);

  assert.equal(found.applied, true);
  const stored: string[] = await office.runtime.db('order_lines').orderBy('line_no').pluck('line_no');
  assert.deepEqual(stored, lines.map((line) => line.상품주문번호).sort());
  await assertInvariants(office.runtime.db);

  const figures = await deliveryFigures(office.ctx(), {});
  assert.ok(figures.deliveries > 0);
  assert.equal(
    Object.values(figures.bySigungu).reduce((a, b) => a + b, 0),
    figures.deliveries,
  );
});

test('the same file again changes nothing', async () => {
  await using office = await openOffice();
  const lines = someLines(60);
  await importLines(office.ctx(), lines);
  const before = await contentOf(office.runtime.db);
  const again = await importLines(office.ctx(), lines);

  assert.equal(again.same, lines.length);
  assert.deepEqual([again.new, again.changed, again.conflict, again.rejected], [0, 0, 0, 0]);
  assert.deepEqual(await contentOf(office.runtime.db), before);
});

test('the same file in another form, order and spelling changes nothing either', async () => {
  await using office = await openOffice();
  const lines = someLines(60);
  await importLines(office.ctx(), lines);
  for (const options of [
    { shuffled: 3 },
    { notice: false },
    { password: '1234' },
    { resaved: true },
  ] as const) {
    const again = await importLines(office.ctx(), lines, options);
    assert.deepEqual([again.same, again.rejections], [lines.length, []], JSON.stringify(options));
  }
});

test('two imports of one file at the same time bring it in once', async () => {
  await using office = await openOffice();
  const lines = someLines(80);
  const found = await Promise.all([importLines(office.ctx(), lines), importLines(office.ctx(), lines)]);

  assert.deepEqual(
    found.map((one) => one.new).sort((a, b) => a - b),
    [0, lines.length],
  );
  assert.deepEqual(
    found.map((one) => one.same).sort((a, b) => a - b),
    [0, lines.length],
  );
  assert.equal((await office.runtime.db('order_lines').count({ n: '*' }).first())?.n, lines.length);
  await assertInvariants(office.runtime.db);
});

test('a later download moves the lines on, cell by cell', async () => {
  await using office = await openOffice();
  await importLines(office.ctx(), someLines(100, '2026-11-08 09:00:00'));
  const later = await importLines(office.ctx(), someLines(100, '2026-11-15 09:00:00'));

  assert.ok(later.changed > 0 && later.new > 0);
  assert.equal(later.conflict, 0);
  await assertInvariants(office.runtime.db);
});

test('undoing gives back exactly what was there before', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  await importLines(office.ctx(), someLines(100, '2026-11-08 09:00:00'));
  const before = await contentOf(db);
  const later = await importLines(office.ctx(), someLines(100, '2026-11-15 09:00:00'));
  await requestUndo(office.ctx(), later.importId, false);
  await undoImport(office.ctx(), later.importId, writers, silent);

  assert.equal((await db('imports').where({ id: later.importId }).first()).state, 'undone');
  assert.deepEqual(await contentOf(db), before);
  await assertInvariants(db);
});

test('undoing the first import as well leaves nothing, not even its new options', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const first = await importLines(office.ctx(), someLines(50, '2026-11-08 09:00:00'));
  const second = await importLines(office.ctx(), someLines(50, '2026-11-12 09:00:00'));
  for (const { importId } of [second, first]) {
    await requestUndo(office.ctx(), importId, false);
    await undoImport(office.ctx(), importId, writers, silent);
  }
  for (const table of [
    'order_lines',
    'deliveries',
    'delivery_keys',
    'channel_options',
    'options',
    'products',
  ]) {
    assert.equal((await db(table).count({ n: '*' }).first())?.n, 0, table);
  }
  await assertInvariants(db);
});

test('a line touched since is refused by name, and the rest can be undone', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const lines = someLines(40);
  const found = await importLines(office.ctx(), lines);
  const touched = lines[5]!.상품주문번호;
  await db('order_lines').where({ line_no: touched }).update({ revision: 2, memo: '사람이 고침' });

  await assert.rejects(requestUndo(office.ctx(), found.importId, false), Refusal);
  assert.deepEqual(
    (await listTouchedLines(office.ctx(), found.importId)).map((line) => line.line_no),
    [touched],
  );

  await requestUndo(office.ctx(), found.importId, true);
  await undoImport(office.ctx(), found.importId, writers, silent);
  assert.deepEqual(await db('order_lines').pluck('line_no'), [touched]);
  assert.equal((await db('imports').where({ id: found.importId }).first()).kept_count, 1);
});

test('parts of new and of known lines in turn, with people at work beside them, never wait for each other', {
  timeout: 40_000, // the database gives up on a lock after 50 s
}, async () => {
  await using office = await openOffice();
  const early = someLines(2400);
  await importLines(
    office.ctx(),
    early.filter((_, at) => (at > 1200 && at < 1900) || (at > 2700 && at % 2 === 0)),
  );
  const known = new Set(await office.runtime.db('order_lines').pluck('line_no'));
  let holding = true;
  const people = (async () => {
    for (let at = 0; holding; at = (at + 7) % known.size) {
      const ids: number[] = await office.runtime
        .db('order_lines')
        .whereIn('line_no', [...known].slice(at, at + 7))
        .where({ overlay_of: 0 })
        .pluck('id');
      for (const act of [holdLines, releaseLines]) {
        const acting = transaction(office.ctx(), async (tx) => {
          await act(tx, ids, '확인');
          await followLines(tx, ids);
        });
        await acting.catch((error: unknown) => assert.ok(error instanceof Refusal));
      }
    }
  })();
  const later = someLines(2400, '2026-11-14 09:00:00');
  const found = await importLines(office.ctx(), later);
  holding = false;
  await people;

  assert.equal(found.applied, true);
  assert.ok(found.new > 1500 && found.new < later.length);
  const stored: string[] = await office.runtime.db('order_lines').where({ overlay_of: 0 }).pluck('line_no');
  assert.deepEqual(stored.sort(), [...new Set(later.map((line) => line.상품주문번호))].sort());
  await assertInvariants(office.runtime.db);
});

test('whoever looks while an import is applied sees all of it or nothing', async () => {
  await using office = await openOffice();
  const ctx = office.ctx();
  await importLines(ctx, someLines(1500, '2026-11-06 09:00:00', 2));
  const look = () =>
    snapshot(ctx, async (snap) => {
      const rows = (await visibleLines(snap).select('status')) as { status: string }[];
      return { lines: rows.length, sent: rows.filter((row) => row.status === 'dispatched').length };
    });
  const before = await look();
  const seen: { lines: number; sent: number }[] = [];
  const later = someLines(1500, '2026-11-15 09:00:00', 2);
  const found = await importLines(ctx, later, {
    writers: {
      ...writers,
      async place(tx, batch, changes, earlier) {
        seen.push(await look());
        await writers.place(tx, batch, changes, earlier);
      },
      async settle(settling, batch) {
        seen.push(await look());
        await writers.settle(settling, batch);
        seen.push(await look());
      },
    },
  });
  const after = await look();

  assert.ok(seen.length >= 4, `looked ${seen.length} times`);
  assert.deepEqual(
    seen.slice(0, -2),
    seen.slice(0, -2).map(() => before),
  );
  assert.deepEqual(seen.slice(-2), [after, after]);
  assert.equal(after.lines, before.lines + found.new);
  await assertInvariants(office.runtime.db);
});

test('an import that fails half-way is taken back whole and can be applied again', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const ctx = office.ctx();
  await importLines(ctx, someLines(1200, '2026-11-06 09:00:00'));
  const before = await contentOf(db);
  const found = await importLines(ctx, someLines(1200, '2026-11-15 09:00:00'), { apply: false });

  let steps = 0;
  await requestApply(ctx, found.importId);
  const failing = {
    ...writers,
    async place(...args: Parameters<typeof writers.place>) {
      steps += 1;
      if (steps === 2) throw new Error('the second step fails');
      await writers.place(...args);
    },
  };
  await assert.rejects(applyImport(ctx, found.importId, failing, silent), /second step/);
  assert.deepEqual(await contentOf(db), before);
  assert.equal((await db('imports').where({ id: found.importId }).first()).state, 'proposed');
  await assertInvariants(db);

  await requestApply(ctx, found.importId);
  await applyImport(ctx, found.importId, writers, silent);
  assert.equal((await db('imports').where({ id: found.importId }).first()).state, 'applied');
  await assertInvariants(db);
});

test('a wrong row is refused by row, column and value, and the rest goes on', async () => {
  await using office = await openOffice();
  const lines = someLines(20);
  const found = await importLines(office.ctx(), lines, {
    tweak: (cells, index) => {
      if (index === 0) return { ...cells, 주문상태: '우주로 감' };
      if (index === 1) return { ...cells, 상품주문번호: { number: '2.02611E+15' } };
      if (index === 2) return { ...cells, 결제일: '2026/02/30 10:00' };
      if (index === 3) return { ...cells, 수취인명: '' };
      if (index === 4) return { ...cells, 상품주문번호: lines[5]!.상품주문번호 };
      return cells;
    },
  });
  assert.deepEqual(
    found.rejections.map(({ row, column }) => [row, column]),
    [
      [3, '주문상태'],
      [4, '상품주문번호'],
      [5, '결제일'],
      [6, '수취인명'],
      [8, '상품주문번호'],
    ],
  );
  assert.equal(found.new, lines.length - 5);
  for (const rejection of found.rejections) assert.match(rejection.reason, /[가-힣]/);
});

test('a later order to the same home joins its delivery as 추가', async () => {
  await using office = await openOffice();
  const ctx = office.ctx();
  const [first] = someLines(1);
  const line = {
    ...first!,
    '배송방법(구매자 요청)': '직접전달',
    배송방법: '',
    주문상태: '발송대기',
    주문세부상태: '신규주문',
  };
  const later = {
    ...line,
    상품주문번호: '2026111288888881',
    주문번호: '2026111277777771',
    '배송비 묶음번호': '1999999999999999',
    주문일시: '2026-11-12 08:00:00',
  };
  await importLines(ctx, [line]);
  await importLines(ctx, [line, later]);

  const figures = await deliveryFigures(ctx, {});
  assert.deepEqual([figures.deliveries, figures.lines, figures.added], [1, 2, 1]);
});

test('values that look like formulas or HTML are kept as they are', async () => {
  await using office = await openOffice();
  const memos = ['=1+1', '+82-10', '-5', '@SUM(A1)', '<b>굵게</b>', "<script>alert('x')</script>"];
  await importLines(office.ctx(), someLines(6).slice(0, memos.length), {
    tweak: (cells, index) => ({ ...cells, 배송메세지: memos[index] }),
  });
  const stored: string[] = await office.runtime.db('order_lines').pluck('memo');
  assert.deepEqual(stored.sort(), [...memos].sort());
});
