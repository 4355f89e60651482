import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as xlsx from '@e965/xlsx';
import type { Browser, Download, Page } from 'playwright-core';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { aResultFile } from './result-files.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const shots = process.env.SHOTS;

/** Looks at a page with axe, and keeps a picture when SHOTS names a folder. */
async function look(page: Page, name: string): Promise<void> {
  assert.deepEqual(await seriousViolations(page), [], name);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

async function rowsOf(download: Download): Promise<string[][]> {
  const workbook = xlsx.read(await readFile(await download.path()));
  return xlsx.utils.sheet_to_json(workbook.Sheets[workbook.SheetNames[0]!]!, { header: 1, defval: '' });
}

async function aMorning(office: Office): Promise<void> {
  await anOrder(office, {
    lines: [
      {
        bundle_no: '700',
        product: '침대 프레임',
        option: '퀸(Q) / 월넛',
        memo: '문 앞에 두세요',
        status: 'new',
      },
      { bundle_no: '700', product: '라텍스 베개', option: '', quantity: 2, status: 'new' },
    ],
  });
  await anOrder(office, {
    lines: [
      {
        recipient_name: '남궁아름다운나라',
        recipient_phone: '050412345678',
        product: '아주 긴 이름의 호텔식 구스 이불 커버 세트와 방수 매트리스 커버',
        option: '사이즈: 라지킹(LK) / 색상: 웜그레이 / 배송: 문 앞',
        address: '세종특별자치시 조치원읍 세종로 2639 홍익대학교 세종캠퍼스 학생생활관',
        address_detail: '새로암관 1204호 (관리실에 맡겨 주세요)',
      },
    ],
  });
  for (const at of [1, 2, 3])
    await anOrder(office, {
      lines: [{ recipient_phone: `0101111000${at}`, product: '토퍼', option: '슈퍼싱글(SS)' }],
    });
}

test('a morning with couriers: sheet made, result dropped, question answered, dispatch file taken, undone', async () => {
  await using office = await openOffice();
  await aMorning(office);
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);

  await page.goto('/couriers');
  await page.getByLabel('이 쪽의 택배 모두 고르기').check();
  await page.getByLabel('남궁아름다운나라 박스 수').fill('2');
  await look(page, 'list');
  await page.getByRole('button', { name: '택배 파일 만들기' }).click();
  await page.getByText('택배사를 골라 주세요').waitFor();
  assert.equal(await page.getByLabel('남궁아름다운나라 박스 수').inputValue(), '2', 'what was typed stays');
  await look(page, 'list-refused');
  await page.getByLabel('접수할 택배사').selectOption('cj');
  await page.getByLabel('만드는 이유').fill('오전 택배 접수');
  await page.getByRole('button', { name: '택배 파일 만들기' }).click();
  await page.getByRole('button', { name: '파일 받기' }).waitFor();
  await look(page, 'run');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: '파일 받기' }).click();
  const sheet = await rowsOf(await waiting);
  assert.equal(sheet.length, 6);
  const nos = sheet.slice(1).map((row) => row[8]!);

  await page.goto('/couriers/runs');
  await look(page, 'runs');
  await page.goto('/couriers?state=sent');
  await look(page, 'list-sent');

  const path = join(tmpdir(), `moa-result-${process.pid}.xlsx`);
  await writeFile(
    path,
    await aResultFile('cj', [
      ...nos.slice(0, 3).map((no, at) => ({ no, name: `받는이${at}`, tracking: `61234567890${at}` })),
      { no: nos[2]!, name: '받는이2', tracking: '612345678909' },
      { name: '김*나', phone: '010-****-0003', address: '서울특별시 강남구', tracking: '612345678904' },
      { no: nos[4]!, tracking: '6.12E+11' },
    ]),
  );
  await page.goto('/couriers/results');
  await look(page, 'results-empty');
  await page.getByLabel('송장 결과 파일').setInputFiles(path);
  await page.getByRole('button', { name: '올리기' }).click();
  await page.getByRole('heading', { name: '골라 주세요' }).waitFor();
  await rm(path);
  await look(page, 'result');
  await page.getByLabel('6행을 어떻게 할까요').selectOption('use');
  await page.getByRole('button', { name: /적용/ }).click();
  await page.getByText('상품주문 4건을 발송으로 표시했습니다').waitFor();
  await look(page, 'result-applied');
  await page.goto('/couriers/results');
  await look(page, 'results');

  await page.goto('/dispatch');
  await look(page, 'dispatch');
  const taking = page.waitForEvent('download');
  await page.getByRole('button', { name: '4건 파일 받기' }).click();
  const told = await rowsOf(await taking);
  assert.deepEqual(
    told
      .slice(1)
      .map((row) => row[3])
      .sort(),
    ['612345678900', '612345678900', '612345678901', '612345678909'],
  );

  await page.goto('/couriers/results/1');
  await page.getByRole('button', { name: '되돌리기' }).click();
  const confirm = page.locator('dialog[open]');
  if (await confirm.count()) await confirm.getByRole('button').last().click();
  await page.getByText('이미 몰에 알린 상품주문이 4건').waitFor();
  await look(page, 'result-kept');
  assert.deepEqual(
    complaints.filter((text) => !/409|422/.test(text)),
    [],
  );
});

test('an administrator sees templates, the sender and the spellings, and axe finds nothing in the dark either', async () => {
  await using office = await openOffice();
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, office, { role: 'admin', colorScheme });
    for (const [name, path] of [
      ['templates', '/couriers/templates'],
      ['template', '/couriers/templates/cj'],
      ['spellings', '/dispatch/spellings?mall=coupang'],
      ['empty', '/couriers'],
      ['dispatch-empty', '/dispatch'],
    ] as const) {
      await page.goto(path);
      await look(page, `${name}-${colorScheme}`);
    }
    await page.context().close();
  }
});
