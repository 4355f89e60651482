import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { xlsxOf } from '../support/malls/twins.ts';
import { openOffice } from '../support/office.ts';
import { renamed, shopRows, shopSales } from './partner-shop.ts';

test("a shop's own list is mapped by keyboard, read, and what drifted is told and confirmed", async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  const page = await openPage(browser, office, { role: 'office' });
  page.setDefaultTimeout(60_000); // a slow machine is no fault
  const complaints = collectComplaints(page);
  const upload = async (name: string, rows: ReturnType<typeof shopRows>) => {
    await page.goto('/imports');
    const buffer = xlsxOf([{ name: '주문', rows }]);
    await page
      .getByLabel('주문 파일')
      .setInputFiles([{ name, mimeType: 'application/octet-stream', buffer }]);
    await page.getByRole('button', { name: '올리기' }).click();
    await page.waitForURL(/\/imports\/\d+$/);
    await office.runJobs();
  };

  await upload('가구공방.xlsx', shopRows(shopSales(24, 71)));
  // the page follows the reading by itself
  await page.getByRole('link', { name: '열 맞추기' }).click();
  assert.equal(await page.getByLabel('‘받는분 휴대폰’ 열').inputValue(), 'recipientPhone');
  assert.equal(await page.locator('.mapping-table tbody tr').first().locator('.mapping-sample').count(), 5);
  assert.deepEqual(await seriousViolations(page), []);

  await page.getByLabel('‘품명’ 열').selectOption('');
  await page.getByLabel('‘규격’ 열').selectOption('memo');
  await page.getByLabel('새 채널의 이름').fill('가구공방');
  await page.getByLabel('새 채널의 이름').press('Enter');
  await page.getByText('아직 고르지 않은 항목이 있습니다: 상품명.').waitFor();
  assert.equal(await page.getByText('두 열에 골랐습니다: ‘규격’, ‘고객 요청사항’').count(), 2);
  assert.equal(await page.getByLabel('새 채널의 이름').inputValue(), '가구공방');
  assert.equal(await page.getByLabel('‘규격’ 열').inputValue(), 'memo');
  assert.deepEqual(await seriousViolations(page), [], 'with errors');

  await page.getByLabel('‘품명’ 열').selectOption('productName');
  await page.getByLabel('‘규격’ 열').selectOption('option');
  await page.getByRole('button', { name: '기억하고 다시 읽기' }).click();
  await page.getByText('열을 기억하고 파일을 다시 읽습니다.').waitFor();
  await office.runJobs();
  await page.getByRole('button', { name: /건 적용/ }).waitFor();
  await page.locator('.import-facts', { hasText: '가구공방' }).waitFor();

  const phoneMoved = renamed({ '받는분 휴대폰': '수신번호' });
  await upload('가구공방 다음 날.xlsx', shopRows(shopSales(24, 73), phoneMoved));
  await page.locator('.notice', { hasText: '‘받는분 휴대폰’ 열이 없어졌습니다.' }).waitFor();
  await page.getByRole('link', { name: '열 맞추기' }).click();
  assert.equal(await page.getByLabel('‘수신번호’ 열').inputValue(), 'recipientPhone');
  await page.getByRole('button', { name: '기억하고 다시 읽기' }).click();
  await page.getByText('열을 기억하고 파일을 다시 읽습니다.').waitFor();
  await office.runJobs();
  await page.getByRole('button', { name: /건 적용/ }).waitFor();
  assert.deepEqual(
    complaints.filter((text) => !text.includes('422')),
    [],
  );
});
