import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Sale, sales } from '../../seeds/malls/sales.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { aSmartStoreFile, importLines } from '../support/imports.ts';
import { assertInvariants, contentOf } from '../support/invariants.ts';
import { standingSheet } from '../support/malls/standing.ts';
import { makeTwin, twins } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';
import { htmlText, type Sheet, texts, workbooks } from '../xlsx/twins.ts';

interface MorningFile {
  name: string;
  buffer: Buffer;
  channel: string;
  lines: number;
}

const password = '2026';

test('a morning’s ten files are dropped at once, read, applied, and one is undone', async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  const yesterday = sales(20, 5);
  await importLines(
    office.ctx(),
    yesterday.map(({ sold }) => sold),
  );
  const files = await morningFiles(yesterday);
  assert.equal(files.length, 10);

  const page = await openPage(browser, office, { role: 'office' });
  page.setDefaultTimeout(60_000); // a slow machine is no fault
  const complaints = collectComplaints(page);
  await page.goto('/imports');
  await page
    .getByLabel('주문 파일')
    .setInputFiles(files.map(({ name, buffer }) => ({ name, buffer, mimeType: 'application/octet-stream' })));
  await page.getByRole('button', { name: '올리기' }).click();
  await page.getByRole('link', { name: files[0]!.name }).waitFor();
  await office.runJobs();
  await unlock(page, office, files[0]!);

  const before = new Map<string, unknown>();
  for (const file of files) {
    await readProposal(page, file);
    before.set(file.name, await contentOf(office.runtime.db));
    await apply(page, office);
    assert.equal(await linesOf(office, file), file.lines, file.name);
  }
  await assertInvariants(office.runtime.db);

  const last = files.at(-1)!;
  await open(page, last);
  await page.getByRole('link', { name: '되돌리기…' }).click();
  await page.getByRole('button', { name: '되돌리기' }).click();
  await office.runJobs();
  await open(page, last);
  await page.getByText('되돌림', { exact: true }).first().waitFor();
  assert.deepEqual(await contentOf(office.runtime.db), before.get(last.name));

  const confirmed = await office.runtime.db('order_lines').where({ status: 'confirmed' }).pluck('line_no');
  assert.deepEqual(
    confirmed.sort(),
    yesterday
      .slice(0, 6)
      .map(({ sold }) => sold.상품주문번호)
      .sort(),
  );
  assert.deepEqual(complaints, []);
});

/** Eight malls and two of SmartStore's lists, in every container they come in. */
async function morningFiles(yesterday: readonly Sale[]): Promise<MorningFile[]> {
  const today = sales(12, 7);
  await using smartStore = await aSmartStoreFile(
    today.map(({ sold }) => sold),
    { password },
  );
  const confirmed = yesterday
    .slice(0, 6)
    .map((sale) => [sale, { 주문상태: '구매확정', 구매확정일: '2026-11-21 08:00:00' }] as const);
  const mall = (name: string, twin: string, channel: string, write: (sheets: Sheet[]) => Buffer) => {
    const { sheets, listed } = makeTwin(twins[twin]!, {}, today);
    return { name, buffer: write(sheets), channel, lines: listed.length };
  };
  const xlsx = workbooks['.xlsx'];
  return [
    {
      name: '스마트스토어_전체주문발주발송관리.xlsx',
      buffer: await readFile(smartStore.path),
      channel: 'smartstore',
      lines: yesterday.length + today.length,
    },
    {
      name: '구매확정내역.xlsx',
      buffer: xlsx([standingSheet('구매확정내역', confirmed)]),
      channel: 'smartstore',
      lines: yesterday.length + today.length,
    },
    mall('DeliveryList(2026-11-21).xlsx', '쿠팡, 40 columns', 'coupang', xlsx),
    mall('logistics.xls', '11번가', 'st11', workbooks['BIFF8 .xls']),
    mall('신규주문.xls', 'ESM', 'esm', workbooks['BIFF8 .xls']),
    mall('카카오 주문.xlsx', '카카오, 48 columns', 'kakao', xlsx),
    mall('에이블리.xlsx', '에이블리', 'ably', xlsx),
    mall('주문배송 내역.xls', '오늘의집, one spelling of the amount', 'ohouse', (sheets) =>
      Buffer.from(htmlText(sheets)),
    ),
    mall('cafe24.csv', '카페24', 'cafe24', texts['CSV in CP949']),
    mall('주문배송관리-상품준비중.xlsx', '토스', 'toss', xlsx),
  ];
}

async function open(page: Page, file: MorningFile): Promise<void> {
  await page.goto('/imports');
  await page.getByRole('link', { name: file.name }).first().click();
  await page.waitForURL(/\/imports\/\d+$/);
}

async function unlock(page: Page, office: Office, file: MorningFile): Promise<void> {
  await open(page, file);
  await page.getByLabel('파일 비밀번호').fill(password);
  await page.getByRole('button', { name: '열기' }).click();
  await office.runJobs();
}

/** Every row of the file is understood. */
async function readProposal(page: Page, file: MorningFile): Promise<void> {
  await open(page, file);
  await page.getByText('확인 대기').first().waitFor();
  const rejected = page.getByRole('navigation', { name: '종류' }).getByRole('link', { name: /^거절/ });
  assert.equal((await rejected.innerText()).replace(/\s/g, ''), '거절0', file.name);
}

async function apply(page: Page, office: Office): Promise<void> {
  await page.getByRole('button', { name: /적용$/ }).click();
  await office.runJobs();
  await page.getByText('적용됨').first().waitFor();
}

async function linesOf(office: Office, { channel }: MorningFile): Promise<number> {
  const found = await office.runtime
    .db('order_lines')
    .join('channels', 'channels.id', 'order_lines.channel_id')
    .where({ 'channels.code': channel })
    .count({ n: '*' })
    .first();
  return Number(found?.n);
}
