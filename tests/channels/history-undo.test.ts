import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import { forecastUndo, listTouchedLines, requestUndo } from '../../src/channels/undoing.ts';
import { importLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { openOffice } from '../support/office.ts';
import { hold, importOf, memoOf, press, propose, undoNow, waitingLines, withMemo } from './history-office.ts';

test('undoing an older import leaves the lines a later one changed and names that import and its person', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(8);
  const first = await importLines(ctx, lines);
  const changed = lines.slice(0, 2);
  const second = await propose(ctx, [...withMemo(changed, '둘째'), ...lines.slice(2, 5)]);
  await press(office, second);

  assert.deepEqual(await forecastUndo(ctx, first.importId), {
    gone: lines.length - 2,
    back: 0,
    stay: 2,
  });
  const touched = await listTouchedLines(ctx, first.importId);
  assert.deepEqual(
    touched.map((line) => [line.line_no, line.touches.map((touch) => [touch.importId, touch.who])]),
    changed.map((line) => [String(line.상품주문번호), [[second, '김하나']]]),
    'lines that the second file only repeated are not touched',
  );

  await assert.rejects(requestUndo(ctx, first.importId, false), Refusal);
  await undoNow(office, first.importId, true);
  const left: string[] = await office.runtime.db('order_lines').pluck('line_no');
  assert.deepEqual(left.sort(), changed.map((line) => String(line.상품주문번호)).sort());
  assert.equal((await importOf(office, first.importId)).kept_count, 2);
  assert.equal(await memoOf(office, left[0]!), '둘째');
  await assertInvariants(office.runtime.db);

  const page = await (await office.as('office')).get(`/imports/${first.importId}?kind=kept`);
  assert.match(page.text, /그대로 둠/);
  assert.match(page.text, new RegExp(`href="/imports/${second}">‘주문.xlsx’ 가져오기로 바뀌었습니다`));
});

test('once the later import is undone the older one can be undone whole', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(4);
  const first = await importLines(ctx, lines);
  const second = await importLines(ctx, withMemo(lines, '둘째'));
  await undoNow(office, second.importId);
  assert.equal((await forecastUndo(ctx, first.importId)).stay, 0);
  await undoNow(office, first.importId);
  assert.equal(Number((await office.runtime.db('order_lines').count({ n: '*' }).first())?.n), 0);

  const again = await importLines(ctx, lines);
  assert.equal(again.new, lines.length, 'an undo is taken back by importing again');
  await assertInvariants(office.runtime.db);
});

test('a middle import of three is undone but for what the third and a person changed, each named', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(6);
  const [one, two, three] = lines.map((line) => String(line.상품주문번호));
  await importLines(ctx, lines);
  const middle = await importLines(ctx, withMemo(lines, '둘째'));
  const last = await importLines(ctx, withMemo(lines.slice(0, 2), '셋째'));
  await hold(office, two!, '재고 확인');
  await hold(office, three!, '주소 확인');

  const touched = await listTouchedLines(ctx, middle.importId);
  assert.deepEqual(
    touched.map((line) => [line.line_no, line.touches.map((touch) => touch.importId ?? touch.words)]),
    [
      [one, [last.importId]],
      [two, ['보류했습니다: 재고 확인', last.importId]],
      [three, ['보류했습니다: 주소 확인']],
    ],
  );
  assert.ok(touched[2]!.touches.every((touch) => touch.who === '김하나' && touch.at instanceof Date));

  await undoNow(office, middle.importId, true);
  const memos = await Promise.all(lines.map((line) => memoOf(office, String(line.상품주문번호))));
  assert.deepEqual(memos.slice(0, 3), ['셋째', '셋째', '둘째']);
  assert.deepEqual(new Set(memos.slice(3)), new Set(['처음']));
  await assertInvariants(office.runtime.db);
});

test('the page before an undo says what goes, what goes back and what stays, and is not overtaken', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const client = await office.as('office');
  const lines = waitingLines(6);
  await importLines(ctx, lines.slice(0, 4));
  const { importId } = await importLines(ctx, withMemo(lines, '둘째'));
  const touched = String(lines[1]!.상품주문번호);
  await hold(office, touched);

  const preview = await client.get(`/imports/${importId}/undo`);
  assert.equal(preview.status, 200);
  assert.match(preview.text, new RegExp(`없어질 새 주문</dt><dd>${lines.length - 4}건`));
  assert.match(preview.text, /예전 값으로 돌아갈 상품주문<\/dt><dd>3건/);
  assert.match(preview.text, /그대로 둘 상품주문<\/dt><dd class="count-warn">1건/);
  assert.ok(preview.text.includes(touched));
  assert.match(preview.text, /김하나<\/span> 보류했습니다: 고객 통화 필요/);
  assert.match(preview.text, new RegExp(`1건은 두고 ${lines.length - 1}건 되돌리기`));

  await hold(office, String(lines[2]!.상품주문번호));
  const overtaken = await client.post(`/imports/${importId}/undo`, { rest: '1', stay: '1' });
  assert.equal(overtaken.status, 409);
  assert.match(overtaken.text, /더 바뀐 상품주문이 있습니다/);
  assert.ok(overtaken.text.includes(String(lines[2]!.상품주문번호)));
  assert.equal((await importOf(office, importId)).state, 'applied');

  const unasked = await client.post(`/imports/${importId}/undo`);
  assert.equal(unasked.status, 409);
  assert.match(unasked.text, /모두 되돌릴 수는 없습니다/);

  assert.equal((await client.post(`/imports/${importId}/undo`, { rest: '1', stay: '2' })).status, 303);
  await office.runJobs();
  const row = await importOf(office, importId);
  assert.deepEqual([row.state, row.kept_count], ['undone', 2]);
  const redirected = await client.get(`/imports/${importId}/undo`);
  assert.equal(redirected.location, `/imports/${importId}`);
  await assertInvariants(office.runtime.db);
});

test('an import of which everything was touched since is not undone at all', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(2);
  const first = await importLines(ctx, lines);
  await importLines(ctx, withMemo(lines, '둘째'));
  await assert.rejects(requestUndo(ctx, first.importId, true), /되돌릴 상품주문이 없습니다/);
  const page = await (await office.as('office')).get(`/imports/${first.importId}/undo`);
  assert.match(page.text, /모두 그 뒤에 바뀌어 되돌릴 것이 없습니다/);
  assert.doesNotMatch(page.text, /btn-danger/);
});

test('those who may not apply are not shown the way back', async () => {
  await using office = await openOffice();
  const { importId } = await importLines(office.ctx('office'), waitingLines(2));
  const delivery = await office.as('delivery');
  assert.equal((await delivery.get(`/imports/${importId}/undo`)).status, 403);
  assert.equal((await delivery.post(`/imports/${importId}/undo`)).status, 403);
});
