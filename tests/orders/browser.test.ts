import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** One line in each state worth seeing, with long texts and an address that differs from its code. */
async function everyKind(office: Office) {
  await anOrder(office, {
    lines: [
      { line_no: '2026111070000011', status: 'new', ship_by: '2020-01-01 23:59:59' },
      { line_no: '2026111070000021', kind: 'addon', main_line_no: '2026111070000011', quantity: 3 },
      { status: 'claimed', claim: 'exchange_requested', memo: '길게 '.repeat(150) },
    ],
  });
  await anOrder(office, {
    lines: [{ status: 'held', product: '침대'.repeat(60), option: '값'.repeat(300) }],
  });
  await anOrder(office, {
    lines: [{ status: 'cancelled', address: '부산광역시 해운대구 우동 1' }, { postcode: '' }],
  });
  return anOrder(office, {
    lines: [{ status: 'dispatched', mall_report: 'due' }, { recipient_name: '이둘' }],
  });
}

test('axe finds nothing on the list, an order and the pages before an act, in light and dark', async () => {
  await using office = await openOffice();
  const order = await everyKind(office);
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, office, { role: 'office', colorScheme });
    const complaints = collectComplaints(page);
    for (const path of [
      '/orders',
      '/orders?q=2222',
      '/orders?q=없음',
      '/orders?size=20&page=2',
      `/orders/${order.id}`,
    ]) {
      await page.goto(path);
      assert.deepEqual(await seriousViolations(page), [], `${path} in ${colorScheme}`);
    }
    for (const act of ['택배로 발송…', '보류…']) {
      await page.goto('/orders?status=new');
      await page.getByLabel('이 쪽의 상품주문 모두 고르기').check();
      assert.deepEqual(await seriousViolations(page), [], 'chosen rows');
      await page.getByRole('button', { name: act }).click();
      assert.deepEqual(await seriousViolations(page), [], act);
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
});

test('a clerk finds an order by the last digits, chooses its lines and sends them', async () => {
  await using office = await openOffice();
  await anOrder(office, { lines: [{ recipient_name: '홍길동', recipient_phone: '01099987654' }] });
  await anOrder(office);
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/orders');
  await page.getByRole('searchbox').fill('7654');
  await page.keyboard.press('Enter');
  await page.getByText('전화번호 뒤 네 자리로 찾음').waitFor();
  const rows = page.locator('input[data-select-row]');
  assert.equal(await rows.count(), 1);

  await rows.first().check();
  await page.getByRole('button', { name: '직접전달로 발송' }).click();
  await page.locator('dialog').getByRole('button', { name: '직접전달로 발송' }).click();
  await page.getByText('상품주문 1건을 직접전달로 발송했습니다.').waitFor();
  assert.match(page.url(), /q=7654/);
  await page.context().close();
});

test('long words do not break the table', async () => {
  await using office = await openOffice();
  await everyKind(office);
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/orders');
  const [width, room] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  assert.ok(width <= room, `${width} in ${room}`);
  const heights = await page
    .locator('.orders tbody tr')
    .evaluateAll((rows) => rows.map((row) => row.clientHeight));
  assert.ok(Math.max(...heights) <= 48, `rows of ${heights}`);
  await page.context().close();
});
