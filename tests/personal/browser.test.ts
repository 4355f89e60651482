import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behaving, collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { importLines, someLines } from '../support/imports.ts';
import { openOffice } from '../support/office.ts';

test('a clerk uncovers one row in place, then everybody with a reason, and the administrator reads of both', async () => {
  await using office = await openOffice();
  await importLines(office.ctx('office'), someLines(8));
  const { db } = office.runtime;
  const line = await db('order_lines')
    .orderBy([
      { column: 'ordered_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first();
  await using browser = await openBrowser();

  const page = await openPage(browser, office, { role: 'office', masked: true });
  const complaints = collectComplaints(page);
  await page.goto('/orders');
  await behaving(page);
  const key = `order:${line.order_id}`;
  const row = page.locator('tr', { has: page.locator(`[data-reveal="${key}"]`) });
  const box = page.locator('[data-select-row]').first();
  await box.check();
  await row.locator(`[data-reveal="${key}"]`).click();
  await page.locator(`[data-person-of="${key}"]`, { hasText: line.recipient_name }).first().waitFor();
  assert.ok(await box.isChecked(), 'what was chosen stays chosen');
  assert.ok((await page.locator('[data-reveal]').count()) > 0, 'the others stay masked');

  await page.getByRole('link', { name: '가림 풀기' }).click();
  await page.getByLabel('다른 이유').fill('11월 반품 고객에게 전화');
  await page.getByRole('button', { name: '적은 이유로 보기' }).click();
  await page.waitForURL('**/orders');
  assert.equal(await page.locator('[data-reveal]').count(), 0);
  await page.getByText('11월 반품 고객에게 전화').waitFor();
  await page.getByRole('button', { name: '다시 가리기' }).click();
  await page.getByText('다시 가렸습니다').waitFor();
  assert.ok((await page.locator('[data-reveal]').count()) > 0);
  assert.deepEqual(complaints, []);

  const admin = await openPage(browser, office, { role: 'admin', masked: true });
  await admin.goto('/access-records?kind=reveal');
  const words = (await admin.locator('tbody tr').allInnerTexts()).join('\n');
  assert.match(words, /11월 반품 고객에게 전화/);
  assert.match(words, new RegExp(`주문 ${line.order_id}`));
  assert.match(words, /김하나/);
});

test('without scripts a row is uncovered by its button all the same', async () => {
  await using office = await openOffice();
  await importLines(office.ctx('office'), someLines(3));
  await using browser = await openBrowser();
  const page = await openPage(browser, office, { role: 'office', masked: true, javaScriptEnabled: false });
  await page.goto('/orders?status=&q=');
  const masked = await page.locator('.reveal-row').count();
  await page.locator('.reveal-row').first().click();
  await page.waitForURL('**/orders**');
  assert.equal(await page.locator('.reveal-row').count(), masked - 1);
});
