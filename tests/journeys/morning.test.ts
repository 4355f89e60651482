import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { SmartStoreLine } from '../../seeds/smartstore-file.ts';
import { startWorker } from '../../src/worker.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { aSmartStoreFile, someLines } from '../support/imports.ts';
import { assertInvariants, contentOf } from '../support/invariants.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';
import { sheetOf } from '../support/sheets.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const filePassword = '2026';

test('a morning: a locked file in, deliveries of a district out on paper, the dispatch file back', async () => {
  await using office = await openOffice();
  const page = await openPage(browser, office);
  page.setDefaultTimeout(90_000); // a slow machine is no fault
  await signIn(page);
  const complaints = collectComplaints(page);
  const lines = someLines(900, '2026-11-10 12:00:00');

  await upload(page, lines);
  await waitInLine(page);
  await using _worker = await openWorker(office);
  await openLockedFile(page);
  await readProposal(page, { 새_주문: lines.length });
  await apply(page);

  await sayWhatFor(page);
  const customer = await someoneWaiting(office);
  await findByLastFourDigits(page, customer);
  await openDistrict(page, customer);
  await printDistrict(page, customer);
  const sent = await sendDistrict(page, office, customer);
  await downloadDispatchFile(page, sent);

  const before = await contentOf(office.runtime.db);
  await upload(page, someLines(900, '2026-11-12 09:00:00'));
  await apply(page); // the password was remembered
  assert.notDeepEqual(await contentOf(office.runtime.db), before);
  await undo(page);
  assert.deepEqual(await contentOf(office.runtime.db), before);

  await assertInvariants(office.runtime.db);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

async function openWorker(office: Office): Promise<AsyncDisposable> {
  const worker = await startWorker(office.config);
  return { [Symbol.asyncDispose]: () => worker.close() };
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel('아이디').fill(cast.office.login);
  await page.getByLabel('비밀번호').fill(castPassword);
  await page.getByRole('button', { name: '로그인' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** One reason for the morning, and names are shown until it ends. */
async function sayWhatFor(page: Page): Promise<void> {
  await page.getByRole('link', { name: '가림 풀기' }).click();
  await page.getByRole('button', { name: '주문 처리' }).click();
  await page.getByRole('button', { name: '다시 가리기' }).waitFor();
}

async function upload(page: Page, lines: readonly SmartStoreLine[]): Promise<void> {
  await using file = await aSmartStoreFile(lines, { password: filePassword });
  await page.getByRole('navigation', { name: '주 메뉴' }).getByRole('link', { name: '가져오기' }).click();
  await page.getByLabel('주문 파일').setInputFiles(file.path);
  await page.getByRole('button', { name: '올리기' }).click();
  await page.waitForURL(/\/imports\/\d+$/);
}

/** Nobody reads yet; who opens the page anew sees the same. */
async function waitInLine(page: Page): Promise<void> {
  await page.getByText('읽기를 기다리는 중…').waitFor();
  await page.reload();
  await page.getByText('읽기를 기다리는 중…').waitFor();
}

/** Asked once: the mall locks all its files with the same password. */
async function openLockedFile(page: Page): Promise<void> {
  await page.getByText('비밀번호가 걸린 파일입니다').waitFor();
  await page.getByLabel('파일 비밀번호').fill(filePassword);
  assert.ok(await page.getByLabel('비밀번호로 기억').isChecked());
  await page.getByRole('button', { name: '열기' }).click();
}

async function readProposal(page: Page, expected: Record<string, number>): Promise<void> {
  await page.getByText('확인 대기').waitFor();
  for (const [name, count] of Object.entries(expected)) {
    const tab = page
      .getByRole('navigation', { name: '종류' })
      .getByRole('link', { name: name.replace('_', ' ') });
    await tab.click();
    assert.ok((await tab.textContent())?.includes(count.toLocaleString('ko-KR')), name);
  }
  await page.getByText('적용하기 전에는 주문이 바뀌지 않습니다.').waitFor();
}

async function apply(page: Page): Promise<void> {
  await page.getByRole('button', { name: /적용$/ }).click();
  await page.getByText('적용됨').waitFor();
}

interface Customer {
  recipient_name: string;
  recipient_phone: string;
  sido: string;
  sigungu: string;
}

/** A person in a district with something that still has to go. */
async function someoneWaiting(office: Office): Promise<Customer> {
  return office.runtime
    .db('order_lines')
    .join('deliveries', 'deliveries.id', 'order_lines.delivery_id')
    .where({ 'order_lines.status': 'acknowledged', 'deliveries.state': 'waiting' })
    .where('deliveries.sigungu', '<>', '')
    .orderBy('order_lines.line_no')
    .first(
      'deliveries.recipient_name',
      'order_lines.recipient_phone',
      'deliveries.sido',
      'deliveries.sigungu',
    );
}

async function findByLastFourDigits(
  page: Page,
  { recipient_name, recipient_phone }: Customer,
): Promise<void> {
  await page
    .getByRole('navigation', { name: '주 메뉴' })
    .getByRole('link', { name: '주문', exact: true })
    .click();
  await page.getByRole('searchbox').fill(recipient_phone.slice(-4));
  await page.keyboard.press('Enter');
  const row = page.getByRole('row').filter({ hasText: recipient_name }).first();
  await row.getByRole('link').first().click();
  await page.waitForURL(/\/orders\/\d+/);
  await page.locator('dd', { hasText: recipient_name }).first().waitFor();
}

async function openDistrict(page: Page, { recipient_name, sido, sigungu }: Customer): Promise<void> {
  await page.getByRole('navigation', { name: '주 메뉴' }).getByRole('link', { name: '배송' }).click();
  await page.getByLabel('시도').selectOption(sido);
  await page.waitForURL((url) => url.searchParams.get('sido') === sido);
  await page.getByLabel('시군구').selectOption(sigungu);
  await page.waitForURL((url) => url.searchParams.get('sigungu') === sigungu);
  await page.getByRole('link', { name: recipient_name }).first().waitFor();
}

async function printDistrict(page: Page, { recipient_name, sido, sigungu }: Customer): Promise<void> {
  const district = page.url();
  await page.getByRole('button', { name: /건 출력$/ }).click();
  await page.waitForURL(/\/deliveries\/prints\/\d+$/);
  await page.getByText('1회차').first().waitFor();
  await page.emulateMedia({ media: 'print' });
  const words = await page.locator('body').innerText();
  for (const word of [recipient_name, `${sido} ${sigungu}`, '인수 서명', '합계'])
    assert.ok(words.includes(word), word);
  assert.equal(await page.getByRole('button', { name: '인쇄' }).isVisible(), false);

  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  assert.ok(pdf.length > 20_000, 'with its fonts');
  assert.ok((pdf.match(/\/Type \/Page\b/g) ?? []).length >= 1);
  const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
  assert.deepEqual([Math.round(Number(width)), Math.round(Number(height))], [595, 842], 'A4');
  await page.emulateMedia({ media: 'screen' });
  await page.goto(district);
}

/** Marks all of the district as brought; the numbers of its lines. */
async function sendDistrict(page: Page, office: Office, { sido, sigungu }: Customer): Promise<string[]> {
  await page.getByLabel('이 쪽의 배송 모두 고르기').check();
  await page.getByRole('button', { name: '직접전달로 발송' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '직접전달로 발송' }).click();
  await page.getByText(/상품 \d+건을 직접전달로 발송했습니다/).waitFor();
  return office.runtime
    .db('order_lines')
    .join('deliveries', 'deliveries.id', 'order_lines.delivery_id')
    .where({ sido, sigungu, mall_report: 'due' })
    .orderBy('line_no')
    .pluck('line_no');
}

async function downloadDispatchFile(page: Page, sent: readonly string[]): Promise<void> {
  await page.getByRole('navigation', { name: '주 메뉴' }).getByRole('link', { name: '발송처리' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `${sent.length}건 파일 받기` }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^발송처리_스마트스토어_.*\.xlsx$/);
  const sheet = await sheetOf(await readFile(await download.path()));
  assert.equal(sheet.name, '발송처리');
  assert.deepEqual(sheet.rows, [
    ['상품주문번호', '배송방법', '택배사', '송장번호'],
    ...sent.map((lineNo) => [lineNo, '직접전달', '', '']),
  ]);
}

async function undo(page: Page): Promise<void> {
  await page.getByRole('link', { name: '되돌리기…' }).click();
  await page.getByRole('button', { name: '되돌리기' }).click();
  await page.getByText('되돌림', { exact: true }).first().waitFor();
}
