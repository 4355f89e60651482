import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { seriousViolations } from '../support/axe.ts';
import { behaving, collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { aLine, openOfficeWith } from './homes.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const bundang = { postcode: '13529', address: '경기도 성남시 분당구 판교로 1' };

/** Homes of several districts, with everything that stands out. */
function someHomes() {
  const bundle = { order: '2026111000000100', bundle: '777' };
  return [
    aLine({ ...bundle, line: '2026111000000111', memo: '문 앞에 놓아 주세요' }),
    aLine({ ...bundle, line: '2026111000000121', addon: '방수 커버', quantity: 3 }),
    aLine({ ...bundle, line: '2026111000000131', option: '킹(K)', status: '취소', detailStatus: '취소완료' }),
    aLine({ ...bundang, recipient: '박셋', phone: '010-2222-0001' }),
    aLine({ recipient: '모름', phone: '010-2222-0002', postcode: '', address: '어딘가 1' }),
    aLine({ recipient: '다른곳', phone: '010-2222-0003', address: '부산광역시 해운대구 우동 1' }),
  ];
}

test('axe finds nothing on the list, a delivery, the runs and a run, in light and dark', async () => {
  await using office = await openOfficeWith(someHomes());
  const client = await office.as('office');
  await client.post('/deliveries/print');
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, office, { role: 'office', colorScheme });
    const complaints = collectComplaints(page);
    const paths = ['', '?state=returned', '?check=mismatch', '/1', '/prints', '/prints/1'];
    for (const path of paths.map((rest) => `/deliveries${rest}`)) {
      await page.goto(path);
      assert.deepEqual(await seriousViolations(page), [], `${path} in ${colorScheme}`);
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
});

test('choosing a 시도 shows its homes and offers its 시군구', async () => {
  await using office = await openOfficeWith(someHomes());
  const page = await openPage(browser, office, { role: 'delivery' });
  await page.goto('/deliveries');
  await page.getByLabel('시도').selectOption('경기도');
  await page.waitForURL(/sido=/);
  assert.equal(await page.locator('input[name="ids"]').count(), 1);
  assert.deepEqual(await page.getByLabel('시군구').locator('option').allTextContents(), [
    '시군구 전체',
    '성남시 분당구 (1)',
  ]);
  await page.context().close();
});

test('a region is chosen by hand: the 시군구 follow the 시도', async () => {
  await using office = await openOfficeWith(someHomes());
  const page = await openPage(browser, office, { role: 'delivery' });
  await page.goto('/deliveries');
  await page.getByRole('link', { name: '모름' }).click();
  await page.waitForURL(/\/deliveries\/\d+/);
  await behaving(page);
  const districts = page.getByLabel('시군구');
  assert.equal(await districts.isDisabled(), true);
  await page.getByLabel('시도').selectOption('세종특별자치시');
  assert.equal(await districts.isDisabled(), true);
  await page.getByLabel('시도').selectOption('부산광역시');
  assert.ok((await districts.locator('option').allTextContents()).includes('해운대구'));
  await districts.selectOption('해운대구');
  await page.getByRole('button', { name: '이 지역으로 정하기' }).click();
  await page.getByText('지역을 정했습니다: 부산광역시 해운대구').waitFor();
  await page.context().close();
});

test('the print-out is A4 in Chromium’s PDF, on as many pages as it needs', async () => {
  const homes = Array.from({ length: 40 }, (_, at) =>
    aLine({
      recipient: `손님${at}`,
      phone: `010-1000-${1000 + at}`,
      detail: `${at}호`,
      memo: '문 앞에 놓아 주세요',
    }),
  );
  await using office = await openOfficeWith(homes);
  const page = await openPage(browser, office, { role: 'delivery' });
  await page.goto('/deliveries');
  await page.getByRole('button', { name: '40건 출력' }).click();
  await page.waitForURL(/prints\/1$/);
  assert.ok(await page.getByRole('button', { name: '인쇄' }).isVisible());

  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  assert.ok(boxes.length >= 3, `${boxes.length} pages`);
  for (const [, width, height] of boxes) {
    assert.deepEqual([Math.round(Number(width)), Math.round(Number(height))], [595, 842]);
  }
  await page.context().close();
});

test('on a phone the list does not slide sideways', async () => {
  await using office = await openOfficeWith(someHomes());
  const page = await openPage(browser, office, { role: 'delivery', viewport: { width: 390, height: 844 } });
  await page.goto('/deliveries');
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
  assert.deepEqual(await seriousViolations(page), []);
  await page.context().close();
});
