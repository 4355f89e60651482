import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { sales } from '../../seeds/malls/sales.ts';
import { aResultFile } from '../couriers/result-files.ts';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { aSmartStoreFile } from '../support/imports.ts';
import { standingSheet } from '../support/malls/standing.ts';
import { locked, xlsxOf } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';

let browser: Browser;
let office: Office;
before(async () => {
  [browser, office] = await Promise.all([openBrowser(), openOffice()]);
});
after(async () => {
  await browser.close();
  await office[Symbol.asyncDispose]();
});

const shots = process.env.SHOTS;

async function look(page: Page, name: string): Promise<void> {
  assert.deepEqual(await seriousViolations(page), [], name);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

const sold = sales(12, 91).filter((sale) => !sale.addon);

async function drop(page: Page, path: string, files: { name: string; buffer: Buffer }[]): Promise<void> {
  await page.goto(path);
  const given = files.map((file) => ({ ...file, mimeType: 'application/octet-stream' }));
  await page.locator('input[type=file]').setInputFiles(given);
  await page.getByRole('button', { name: '올리기', exact: true }).click();
  await page.waitForLoadState();
}

test('a clerk drops the states before the orders, sees them wait, stops waiting for one, and applies the rest', async () => {
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  const confirmed = xlsxOf([
    standingSheet(
      '구매확정내역',
      sold
        .slice(0, 5)
        .map(
          (sale) => [sale, { 주문상태: '구매확정', 택배사: 'CJ대한통운', 송장번호: '612345678901' }] as const,
        ),
    ),
  ]);
  await drop(page, '/imports', [{ name: '구매확정내역.xlsx', buffer: confirmed }]);
  await office.runJobs();
  await page.getByRole('button', { name: '적용하고 주문 기다리기' }).waitFor();
  await look(page, 'waiting-proposal');
  await page.getByRole('button', { name: '적용하고 주문 기다리기' }).click();
  await office.runJobs();
  await page.getByText('상태 변경 5건이 아직 들어오지 않은 주문을 기다립니다').waitFor();
  await page.getByRole('link', { name: '기다리는 행 보기' }).click();
  await page.getByLabel('2행 고르기').check();
  await look(page, 'waiting-rows');
  await page.getByRole('button', { name: '기다리지 않기', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '기다리지 않기' }).click();
  await page.getByText('1건은 더 기다리지 않습니다').waitFor();
  await page.goto('/imports');
  await look(page, 'waiting-list');

  await using orders = await aSmartStoreFile(sold.slice(0, 4).map((sale) => sale.sold));
  await page.locator('input[type=file]').setInputFiles(orders.path);
  await page.getByRole('button', { name: '올리기', exact: true }).click();
  await office.runJobs();
  await page.locator('[data-awaiting]').getByText('3건').waitFor();
  await look(page, 'waiting-orders-proposed');
  await page.getByRole('button', { name: /건 적용$/ }).click();
  await office.runJobs();
  await page.getByRole('link', { name: '보고 적용하기' }).waitFor();
  await look(page, 'waiting-orders-applied');
  await page.getByRole('link', { name: '보고 적용하기' }).click();
  await look(page, 'waiting-follower');
  await page.getByRole('button', { name: '3건 적용' }).click();
  await office.runJobs();
  const statuses = await office.runtime.db('order_lines').orderBy('id').pluck('status');
  assert.equal(statuses.filter((status) => status === 'confirmed').length, 3);
  await page.goto('/imports?state=waits');
  await look(page, 'waiting-tab');
  assert.deepEqual(complaints, []);
});

test('a clerk is asked for the password of a courier’s locked file', async () => {
  const page = await openPage(browser, office, { role: 'office' });
  const buffer = locked(
    await aResultFile('cj', [
      { name: '김하나', phone: '01012345678', address: '서울', tracking: '612345678901' },
    ]),
    '1234',
  );
  await drop(page, '/couriers/results', [{ name: '0411_CJ대한통운_출력자료_본점.xlsx', buffer }]);
  await page.getByLabel('파일 비밀번호').fill('9999');
  await page.getByRole('button', { name: '열기' }).click();
  await page.getByText('파일 비밀번호가 맞지 않습니다').waitFor();
  await look(page, 'locked-wrong');
  await page.goto('/couriers/results');
  await look(page, 'locked-list');
  await page.getByRole('link', { name: /출력자료/ }).click();
  await page.getByLabel('파일 비밀번호').fill('1234');
  await page.getByRole('button', { name: '열기' }).click();
  await page.getByText('612345678901').first().waitFor();
  await look(page, 'locked-opened');
});
