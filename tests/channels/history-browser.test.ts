import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { importLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { openOffice } from '../support/office.ts';
import { hold, memoOf, press, propose, waitingLines, withMemo } from './history-office.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test('a clerk presses 적용 on a stale proposal, sees what moved and who moved it, and applies that', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(6);
  await importLines(ctx, lines.slice(0, 3));
  const id = await propose(ctx, withMemo(lines, '새 메모'));
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.goto(`/imports/${id}`);
  assert.equal(await page.locator('[data-stale]').count(), 0);

  const held = String(lines[0]!.상품주문번호);
  await hold(office, held, '고객이 다시 전화하기로 함');
  await importLines(ctx, withMemo(lines.slice(3, 5), '새 메모'));
  await page.reload();
  await page.getByText('이 파일을 읽은 뒤 여기 있는 상품주문 3건이 바뀌었습니다').waitFor();
  assert.deepEqual(await seriousViolations(page), [], 'a stale proposal');

  await page.getByRole('button', { name: `${lines.length}건 적용` }).click();
  await office.runJobs();
  const panel = page.getByRole('region', { name: '그사이 달라진 행' }).last();
  await panel.waitFor();
  await page.getByText('새 주문 2건이 그사이 들어와 ‘같음’이 되었습니다.').waitFor();
  assert.equal(await memoOf(office, held), '처음', 'nothing has been applied');
  const moved = await panel.locator('tbody tr').allInnerTexts();
  assert.equal(moved.length, 2, 'a held line comes out as it was shown');
  assert.ok(moved.every((row) => row.includes('김하나') && row.includes('가져오기로 바뀌었습니다')));
  assert.deepEqual(await seriousViolations(page), [], 'what moved');

  await page.getByRole('button', { name: `달라진 대로 ${lines.length - 2}건 적용` }).click();
  await office.runJobs();
  await page.getByText('적용됨', { exact: true }).waitFor();
  assert.equal(await memoOf(office, held), '새 메모');
  await page.getByText('2행은 처음 읽었을 때와 다르게 적용했습니다').waitFor();
  assert.deepEqual(complaints, []);
  await assertInvariants(office.runtime.db);
  await page.context().close();
});

test('a clerk undoes an older import but for the lines named with who touched them', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const lines = waitingLines(6);
  const { importId } = await importLines(ctx, lines);
  await press(office, await propose(ctx, withMemo(lines.slice(0, 1), '둘째')));
  await hold(office, String(lines[1]!.상품주문번호), '재고 확인');

  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.goto(`/imports/${importId}`);
  await page.getByRole('link', { name: '되돌리기…' }).click();
  const rows = page.getByRole('region', { name: '그대로 둘 상품주문' }).locator('tbody tr');
  assert.match(await rows.nth(0).innerText(), /김하나\s+‘주문.xlsx’ 가져오기로 바뀌었습니다/);
  assert.match(await rows.nth(1).innerText(), /김하나\s+보류했습니다: 재고 확인/);
  assert.equal(await rows.count(), 2);
  assert.deepEqual(await seriousViolations(page), [], 'before an undo');

  await page.getByRole('button', { name: `2건은 두고 ${lines.length - 2}건 되돌리기` }).click();
  await office.runJobs();
  await page.getByText('2건은 그대로 둠').waitFor();
  await page.getByRole('link', { name: /^그대로 둠/ }).click();
  assert.equal(await page.locator('.proposal tbody tr').count(), 2);
  await page.getByRole('link', { name: String(lines[1]!.상품주문번호) }).click();
  await page.getByText('보류했습니다: 재고 확인').waitFor();
  assert.deepEqual(complaints, []);
  await assertInvariants(office.runtime.db);
  await page.context().close();
});

test('an admin takes an original file with a reason and finds it in the record', async () => {
  await using office = await openOffice();
  const { importId } = await importLines(office.ctx('office'), waitingLines(3));
  const page = await openPage(browser, office, { role: 'admin' });
  const complaints = collectComplaints(page);
  await page.goto(`/imports/${importId}`);
  await page.getByText('원본 파일과 기록').click();
  await page.getByRole('link', { name: '원본 파일 받기…' }).click();
  assert.deepEqual(await seriousViolations(page), [], 'the question for a reason');
  await page.getByLabel('받는 까닭').fill('몰과 금액 대조');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '받기', exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), '주문.xlsx');
  assert.equal((await readFile(await download.path())).subarray(0, 2).toString(), 'PK');

  await page.goto(`/imports/${importId}`);
  await page.getByText('원본 파일과 기록').click();
  await page.getByText('원본 파일을 받았습니다: 몰과 금액 대조').waitFor();
  assert.deepEqual(await seriousViolations(page), [], 'the record');
  assert.deepEqual(complaints, []);
  await page.context().close();
});
