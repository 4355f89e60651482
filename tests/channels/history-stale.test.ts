import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import { applyImport, requestApply } from '../../src/channels/applying.ts';
import { writers } from '../../src/channels/jobs.ts';
import { importLines, someLines } from '../support/imports.ts';
import { assertInvariants, contentOf } from '../support/invariants.ts';
import { openOffice } from '../support/office.ts';
import { hold, importOf, memoOf, press, propose, rowsOf, waitingLines, withMemo } from './history-office.ts';

test('a proposal whose orders came in meanwhile says what moved and applies only when asked again', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const client = await office.as('office');
  const lines = waitingLines(6);
  const id = await propose(ctx, lines);
  const early = lines.slice(0, 3);
  const other = await importLines(ctx, early);

  const stale = await client.get(`/imports/${id}`);
  assert.match(stale.text, /이 파일을 읽은 뒤 여기 있는 상품주문 3건이 바뀌었습니다/);

  const shown = (await importOf(office, id)).comparison;
  const moved = await press(office, id, shown);
  assert.equal(moved.state, 'proposed');
  assert.equal(moved.failure, null);
  assert.equal(moved.moved_count, 3);
  assert.deepEqual([moved.new_count, moved.same_count], [lines.length - 3, 3]);
  assert.equal(Number((await office.runtime.db('order_lines').count({ n: '*' }).first())?.n), 3);
  await assertInvariants(office.runtime.db);

  const page = await client.get(`/imports/${id}`);
  assert.match(page.text, /새 주문 3건이 그사이 들어와 ‘같음’이 되었습니다/);
  for (const line of early) assert.ok(page.text.includes(String(line.상품주문번호)), 'the rows are named');
  assert.match(
    page.text,
    new RegExp(`href="/imports/${other.importId}">‘주문.xlsx’ 가져오기로 바뀌었습니다`),
  );
  assert.doesNotMatch(page.text, /이 파일을 읽은 뒤 여기 있는/, 'it is up to date now');

  const late = await client.post(`/imports/${id}/apply`, { comparison: shown });
  assert.equal(late.status, 409, 'a page from before does not apply what it never showed');
  assert.match(late.text, /달라진 행을 보고 다시 눌러 주세요/);

  const applied = await press(office, id, moved.comparison);
  assert.equal(applied.state, 'applied');
  assert.equal(Number((await office.runtime.db('order_lines').count({ n: '*' }).first())?.n), lines.length);
  await assertInvariants(office.runtime.db);
});

test('a proposal applies at once when what changed meanwhile leaves its rows as they were shown', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const [first, ...rest] = waitingLines(5);
  const id = await propose(ctx, rest);
  await importLines(ctx, [first!]);
  assert.equal((await press(office, id)).state, 'applied');
});

test('a hand that was quicker is shown before it would be overruled, and its word stays', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const client = await office.as('office');
  const lines = waitingLines(4);
  await importLines(ctx, lines);
  const sent = lines.map((line) => ({
    ...line,
    배송메세지: '다음',
    주문상태: '발송대기',
    주문세부상태: '발주확인',
  }));
  const id = await propose(ctx, sent);
  const touched = String(lines[1]!.상품주문번호);
  await hold(office, touched, '색을 다시 묻기로 함');

  const asked = await press(office, id);
  assert.equal(asked.state, 'proposed');
  assert.equal(asked.moved_count, 1);
  const page = await client.get(`/imports/${id}?kind=moved`);
  assert.ok(page.text.includes(touched));
  assert.match(page.text, /보류했습니다: 색을 다시 묻기로 함/);
  assert.match(page.text, /김하나/);

  assert.equal((await press(office, id, asked.comparison)).state, 'applied');
  const line = await office.runtime.db('order_lines').where({ line_no: touched }).first();
  assert.deepEqual([line.status, line.memo], ['held', '다음']);
  await assertInvariants(office.runtime.db);
});

test('a row that was the same is compared again: another file may have changed its line', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(3);
  await importLines(ctx, lines);
  const id = await propose(ctx, lines);
  assert.equal((await importOf(office, id)).same_count, lines.length);
  await importLines(ctx, withMemo(lines.slice(0, 1), '둘째'));

  const asked = await press(office, id);
  assert.deepEqual([asked.state, asked.changed_count, asked.moved_count], ['proposed', 1, 1]);
  await press(office, id, asked.comparison);
  assert.equal(await memoOf(office, String(lines[0]!.상품주문번호)), '처음');
  await assertInvariants(office.runtime.db);
});

test('a row that moved and came back is no longer told of', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(3);
  await importLines(ctx, lines);
  const id = await propose(ctx, withMemo(lines, '셋째'));
  await importLines(ctx, withMemo(lines.slice(0, 1), '둘째'));
  const asked = await press(office, id);
  assert.equal(asked.moved_count, 1);

  await importLines(ctx, lines.slice(0, 1));
  const back = await press(office, id, asked.comparison);
  assert.deepEqual([back.state, back.moved_count], ['proposed', 0], 'it is shown once more, as at first');
  assert.equal((await press(office, id, back.comparison)).state, 'applied');
});

test('a hand that comes while the batch is at work is told of afterwards', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(800);
  assert.ok(lines.length > 1100, 'more than one part');
  await importLines(ctx, lines);
  const id = await propose(
    ctx,
    lines.map((line) => ({ ...line, 주문세부상태: '발주확인' })),
  );
  const touched = String(lines.at(-1)!.상품주문번호);
  let parts = 0;
  await requestApply(ctx, id);
  await applyImport(
    ctx,
    id,
    {
      ...writers,
      async place(tx, batch, changes, earlier) {
        parts += 1;
        if (parts === 1) await hold(office, touched); // its part is the next one
        await writers.place(tx, batch, changes, earlier);
      },
    },
    () => {},
  );

  const row = await importOf(office, id);
  assert.deepEqual([row.state, row.moved_count], ['applied', 1]);
  const [moved] = (await rowsOf(office, id)).filter((one) => one.moved);
  assert.equal(moved?.line_no, touched);
  const page = await (await office.as('office')).get(`/imports/${id}?kind=moved`);
  assert.match(page.text, /1행은 처음 읽었을 때와 다르게 적용했습니다/);
  assert.match(page.text, /보류했습니다: 고객 통화 필요/);
  await assertInvariants(office.runtime.db);
});

test('two different files of the same lines at once come to what one after the other does', async () => {
  const lines = someLines(60, '2026-11-10 09:00:00');
  const first = withMemo(lines.slice(0, 45), '가 파일');
  const second = withMemo(lines.slice(15), '나 파일');
  await using together = await openOffice();
  await importLines(together.ctx(), lines);
  await Promise.all([importLines(together.ctx(), first), importLines(together.ctx(), second)]);
  const batches: { import_id: number }[] = await together.runtime
    .db('change_batches')
    .where({ kind: 'apply' })
    .orderBy('id')
    .select('import_id');
  const firstRow = await together.runtime
    .db('import_rows')
    .where({ import_id: batches[1]!.import_id, line_no: String(first[0]!.상품주문번호) })
    .first('row_no');

  await using inTurn = await openOffice();
  await importLines(inTurn.ctx(), lines);
  for (const file of firstRow ? [first, second] : [second, first]) await importLines(inTurn.ctx(), file);

  await assertInvariants(together.runtime.db);
  assert.deepEqual(await contentOf(together.runtime.db), await contentOf(inTurn.runtime.db));
});

test('a large stale proposal is compared anew by its moved rows only', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(700);
  const id = await propose(ctx, lines);
  await importLines(ctx, lines.slice(100, 105));
  const { db } = office.runtime;
  const read: number[] = [];
  db.on('query', ({ sql, bindings }: { sql: string; bindings?: unknown[] }) => {
    if (/from `kept_cells`/.test(sql)) read.push((bindings ?? []).length);
  });
  const asked = await press(office, id);
  assert.equal(asked.moved_count, 5);
  assert.ok(read.length <= 2, `the cells of few blocks were read: ${read}`);
  assert.deepEqual(
    (await rowsOf(office, id)).filter((row) => row.moved).map((row) => row.line_no),
    lines.slice(100, 105).map((line) => String(line.상품주문번호)),
  );
});

test('an import that waits for nothing cannot be applied', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const id = await propose(ctx, waitingLines(2));
  await (await office.as('office')).post(`/imports/${id}/discard`);
  await assert.rejects(requestApply(ctx, id), Refusal);
});
