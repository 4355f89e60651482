import assert from 'node:assert/strict';
import { readFile as readBytes } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { readFile } from './support.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test('from the button of the list to the file, with the columns in one’s own order', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ status: 'new', amount: 1000 }, { status: 'new', amount: 2000 }, {}] });
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.goto('/orders?status=new');
  await page.getByRole('link', { name: '엑셀 다운로드' }).click();
  await page.getByText('신규', { exact: true }).waitFor();

  const reason = page.getByLabel('받는 이유');
  await page.getByRole('button', { name: '개인정보 빼기' }).click();
  assert.equal(await reason.isVisible(), false);
  await page.getByLabel('수취인 개인정보').check();
  assert.equal(await reason.isVisible(), true);
  await page.getByRole('button', { name: '상품주문번호 위로' }).click();
  await page.getByRole('button', { name: '상품주문번호 위로' }).click();
  assert.deepEqual(await seriousViolations(page), []);

  await page.getByRole('button', { name: '엑셀 다운로드' }).click();
  await page.getByText('5자 이상 적어 주세요', { exact: false }).nth(1).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await reason.fill('협력사에 보냅니다');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '엑셀 다운로드' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^주문_\d{8}_\d{4}\.xlsx$/);
  const file = await readFile(await readBytes(await download.path()));
  assert.equal(file.titles[0], '상품주문번호');
  assert.ok(file.titles.includes('수취인') && !file.titles.includes('주소'));
  assert.equal(file.rows.length, 2);
  assert.equal(file.totals[file.titles.indexOf('금액')], '3000');
  assert.deepEqual(
    complaints.filter((text) => !text.includes('422')),
    [],
  );
  await page.context().close();
});

test('a column is dragged to another place', async () => {
  await using office = await openOffice();
  await anOrder(office);
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/downloads/new/orders');
  const columns = page.locator('[data-column]');
  const first = (await columns.first().locator('.choice-title').textContent())!;
  await columns.nth(0).locator('[data-grip]').dragTo(columns.nth(3));
  const titles = await columns.locator('.choice-title').allTextContents();
  assert.ok(titles.indexOf(first) >= 2, titles.slice(0, 5).join(' '));
  await page.context().close();
});

test('a long list is followed on the page of downloads until it is ready', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: Array.from({ length: 2001 }, () => ({})) });
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/downloads/new/orders');
  await page.getByLabel('받는 이유').fill('결산 자료로 씁니다');
  await page.getByRole('button', { name: '엑셀 다운로드' }).click();
  await page.waitForURL(/\/downloads$/);
  await page.locator('tr[data-state="waiting"]').waitFor();
  assert.deepEqual(await seriousViolations(page), []);

  await office.runJobs();
  const take = page.getByRole('button', { name: /^받기/ });
  await take.waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  const [download] = await Promise.all([page.waitForEvent('download'), take.click()]);
  const { totals } = await readFile(await readBytes(await download.path()));
  assert.equal(totals[0], '합계 2,001건');
  await page.context().close();
});
