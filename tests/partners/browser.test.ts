import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readRows } from '#lib/xlsx/index.ts';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { aPartner } from './partners-office.ts';

test('a morning with a partner: made, products chosen, ordered, changed, supplemented, taken back', async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  const { lines } = await anOrder(office, {
    lines: [{ product: '라텍스 매트리스' }, { product: '라텍스 매트리스' }],
  });
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.goto('/partners');
  await page.getByRole('link', { name: '협력사 만들기' }).first().click();
  await page.getByLabel('협력사 이름').fill('포근침구');
  await page.getByRole('button', { name: '협력사 만들기' }).click();

  await page.getByLabel('라텍스 매트리스 고르기').check();
  await page.getByRole('button', { name: '이 협력사 상품으로' }).click();
  await page.getByText('상품 1개를 이 협력사의 상품으로 정했습니다.').waitFor();
  await page.getByRole('link', { name: '포근침구' }).first().click();
  await page.getByRole('button', { name: '2건 발주서 만들기' }).click();
  await page.waitForURL(/\/partners\/sheets\/1$/);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: '파일 받기' }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), '발주서_포근침구_1.xlsx');
  const rows: string[][] = [];
  for await (const { texts } of readRows(await readFile(await file.path()))) rows.push(texts);
  assert.equal(rows.length, 7, 'title, two lines of heading, columns, two rows, totals');

  await office.runtime.db('order_lines').where({ id: lines[0]!.id }).update({ quantity: 3, revision: 2 });
  await page.goto('/partners');
  await page.getByRole('row', { name: '포근침구' }).getByText('1건', { exact: true }).waitFor();
  await page.getByRole('link', { name: '포근침구' }).click();
  await page.getByRole('region', { name: '보낸 뒤 바뀐 것' }).first().getByText('수량').first().waitFor();
  await page.getByRole('button', { name: '보충 발주서 만들기' }).click();
  await page.getByRole('heading', { name: '발주 1-2' }).waitFor();
  await page.getByRole('button', { name: '발주 되돌리기' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '되돌리기' }).click();
  await page.getByText('발주 1-2을 되돌렸습니다.').waitFor();
  assert.deepEqual(complaints, []);
});

test('the template editor shows at once what is typed and moves columns without loading the page', async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  await anOrder(office, { lines: [{ product: '라텍스 매트리스', recipient_name: '이두리' }] });
  const partner = await aPartner(office, { products: ['라텍스 매트리스'] });
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.goto(`/partners/${partner}/template`);
  await page.evaluate('window.stayed = true');
  const headings = () => page.locator('[data-preview] thead th').allTextContents();

  await page.getByLabel('제목', { exact: true }).fill('{협력사} 귀중');
  await page.locator('[data-preview]').getByText('침대공방 귀중').waitFor();
  await page.getByRole('button', { name: '2번째 열을 앞으로', exact: true }).click();
  await page.locator('[data-preview] thead th:first-child', { hasText: '발주일' }).waitFor();
  assert.deepEqual((await headings()).slice(0, 2), ['발주일', '발주번호']);
  await page.getByRole('button', { name: '열 더하기' }).click();
  await page.getByLabel('28번째 열 제목').fill('비고');
  await page.getByLabel('28번째 열에 정한 글').fill('착불');
  await page.locator('[data-preview] td', { hasText: '착불' }).waitFor();
  await page.getByRole('button', { name: '1번째 열 빼기', exact: true }).click();
  await page.getByLabel('28번째 열 제목').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate('window.stayed'), true);
  assert.equal(
    await page.getByLabel('제목', { exact: true }).inputValue(),
    '{협력사} 귀중',
    'what was typed stays',
  );

  await page.getByRole('button', { name: '양식 저장' }).click();
  await page.getByText('발주서 양식을 저장했습니다.').waitFor();
  assert.equal((await headings()).at(-1), '비고');
  assert.deepEqual(complaints, []);
});

test('axe finds nothing on the pages of partners, in light and dark', async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  const { lines } = await anOrder(office, {
    lines: [{ product: '매트리스' }, { product: '매트리스' }, { product: '매트리스' }],
  });
  const partner = await aPartner(office, { products: ['매트리스'] });
  await aPartner(office, { name: '빈 협력사' });
  const client = await office.as('office');
  const send = (scope: string) => client.post(`/partners/${partner}/sheets`, { scope });
  await send('waiting');
  const { db } = office.runtime;
  await db('order_lines').where({ id: lines[0]!.id }).update({ status: 'cancelled', revision: 2 });
  await send('supplement');
  await db('order_lines').where({ id: lines[1]!.id }).update({ address: '부산광역시', revision: 2 });
  await anOrder(office, { lines: [{ product: '매트리스' }] });
  const paths = [
    '',
    '/new',
    `/${partner}`,
    '/2',
    `/${partner}/edit`,
    `/${partner}/products?owner=all`,
    '/2/products',
    `/${partner}/template`,
    `/${partner}/sheets`,
    '/sheets/1',
    '/sheets/2',
  ];
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, office, { role: 'office', colorScheme });
    const complaints = collectComplaints(page);
    for (const path of [...paths.map((rest) => `/partners${rest}`), '/orders']) {
      await page.goto(path);
      assert.deepEqual(await seriousViolations(page), [], `${path} in ${colorScheme}`);
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
});
