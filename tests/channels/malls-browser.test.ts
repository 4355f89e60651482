import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sales } from '../../seeds/malls/sales.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { makeTwin, twins, type Variant, xlsxOf } from '../support/malls/twins.ts';
import { openOffice } from '../support/office.ts';

test('files of four malls go in at once without a word on whose they are, and a strange word is explained', async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  const page = await openPage(browser, office, { role: 'office' });
  page.setDefaultTimeout(60_000); // a slow machine is no fault
  const complaints = collectComplaints(page);
  const sold = sales(14, 11);
  const tweak: Variant['tweak'] = (cells, { at }) => (at < 4 ? { ...cells, 주문상태: '포장 대기' } : cells);
  const files = Object.entries({
    쿠팡: '쿠팡, 40 columns',
    카카오: '카카오, 48 columns',
    토스: '토스',
    에이블리: '에이블리',
  });

  await page.goto('/imports');
  assert.equal(await page.locator('#field-channel').inputValue(), '0');
  await page.getByLabel('주문 파일').setInputFiles(
    files.map(([name, twin]) => ({
      name: `${name}.xlsx`,
      mimeType: 'application/octet-stream',
      buffer: xlsxOf(makeTwin(twins[twin]!, name === '토스' ? { tweak } : {}, sold).sheets),
    })),
  );
  await page.getByRole('button', { name: '올리기' }).click();
  await page.getByRole('link', { name: '토스.xlsx' }).waitFor();
  await office.runJobs();
  await page.reload();
  const rows = await page.locator('tbody tr').allInnerTexts();
  for (const name of ['쿠팡', '카카오톡 톡스토어', '토스쇼핑', '에이블리'])
    assert.ok(
      rows.some((row) => row.includes(name) && row.includes('확인 대기')),
      name,
    );

  await page.getByRole('link', { name: '토스.xlsx' }).click();
  await page.getByRole('heading', { name: /뜻을 정할 말/ }).waitFor();
  await page.getByLabel('‘포장 대기’의 뜻').selectOption({ label: '발주확인' });
  await page.getByRole('button', { name: '뜻을 기억하고 다시 읽기' }).click();
  await page.getByText('뜻을 기억하고 파일을 다시 읽습니다.').waitFor();
  await office.runJobs();
  // the page follows the reading by itself
  await page.locator('.import-facts', { hasText: `상품주문 ${sold.length}건` }).waitFor();
  assert.equal(await page.getByRole('heading', { name: /뜻을 정할 말/ }).count(), 0);

  const admin = await openPage(browser, office, { role: 'admin' });
  await admin.goto('/channels');
  await admin.getByLabel('‘포장 대기’의 뜻').waitFor();
  assert.deepEqual(complaints, []);
});
