import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { enterStoreOrder } from '#stores';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';
import { pdfText } from '../support/pdf-text.ts';
import { aForm, aStore } from './forms.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** An office with one store that has sold a bed and a mattress. */
async function openStore(): Promise<Office> {
  const office = await openOffice();
  const store = await aStore(office);
  const sold = (productName: string, optionName: string, unitPrice: number) => ({
    productName,
    optionName,
    unitPrice,
    quantity: 1,
    discount: 0,
  });
  const lines = [
    sold('침대 프레임', '퀸(Q)', 890_000),
    sold('침대 프레임', '킹(K)', 990_000),
    sold('매트리스', '퀸(Q)', 450_000),
  ];
  await enterStoreOrder(office.ctx('admin'), aForm(store, { lines }));
  return office;
}

const focused = (page: Page) =>
  page.evaluate('document.activeElement.name || document.activeElement.textContent');

/** Types into the field at hand and goes on. */
async function fill(page: Page, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await page.keyboard.insertText(text);
    await page.keyboard.press('Enter');
  }
}

/** The form, once it knows the goods. */
async function openForm(page: Page): Promise<void> {
  await Promise.all([page.waitForResponse(/new\/goods/), page.goto('/orders/new')]);
  await page.waitForFunction(`document.querySelectorAll('tr[data-line]').length === 1`);
}

test('an order of two lines is taken down without a mouse, and summed up while it is typed', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await openForm(page);
  assert.equal(await focused(page), 'buyer_name');
  await fill(page, '홍길동', '01012345678', '', '', '06236', '서울특별시 강남구 테헤란로 1', '101동', '오전');
  await page.getByText('서울특별시 강남구', { exact: true }).waitFor();

  await page.keyboard.insertText('ㅊㄷ');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('[name="line-0-product"]').inputValue(), '침대 프레임');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('[name="line-0-option"]').inputValue(), '킹(K)');
  assert.equal(await page.locator('[name="line-0-price"]').inputValue(), '990,000', 'as it was last sold');
  await fill(page, '2', '990000', '80000');

  await page.keyboard.insertText('협탁');
  await page.getByRole('option', { name: '협탁 새 상품으로 적기' }).waitFor();
  await page.keyboard.press('Enter');
  await fill(page, '월넛', '1', '120000', '');
  assert.equal(await focused(page), 'line-2-product');
  assert.ok(await page.locator('.picker:has([name="line-1-product"].is-new-name)').isVisible());
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'payment_method', 'an empty product means that there are no more');

  assert.equal(await page.locator('[data-sum="total"]').textContent(), '2,020,000');
  await fill(page, '');
  await page.keyboard.insertText('500000');
  assert.equal(await page.locator('[data-sum="balance"]').textContent(), '1,520,000');
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press('F9');
  await page.waitForURL(/\/orders\/\d+$/);
  await page.getByText('주문서를 저장했습니다.').waitFor();
  const lines = await office.runtime.db('order_lines').where({ order_id: 2 }).orderBy('id');
  assert.deepEqual(
    lines.map((line) => [line.quantity, line.amount, line.recipient_name, line.memo]),
    [
      [2, 1_900_000, '홍길동', '오전'],
      [1, 120_000, '홍길동', '오전'],
    ],
  );
  assert.deepEqual(complaints, []);

  await openForm(page);
  assert.equal(await page.locator('[name="buyer_name"]').inputValue(), '', 'a saved draft is forgotten');
  await page.context().close();
});

test('lines are added and removed by key, and another recipient has fields of their own', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await openForm(page);
  assert.equal(await page.locator('[name="recipient_phone"]').isVisible(), false);
  await page.locator('#field-same').focus();
  await page.keyboard.press('Space');
  assert.equal(await page.locator('[name="recipient_phone"]').isVisible(), true);
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'recipient_name');

  await page.locator('[name="line-0-product"]').focus();
  await fill(page, '매트리스');
  await page.keyboard.press('F2');
  assert.equal(await focused(page), 'line-1-product');
  await page.keyboard.insertText('없는 것');
  await page.keyboard.press('F4');
  assert.equal(await page.locator('tr[data-line]').count(), 1);
  assert.equal(await focused(page), 'line-0-product');
  await page.context().close();
});

test('a syllable that is still being composed is not taken by Enter', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await openForm(page);
  await page.locator('[name="line-0-product"]').focus();
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: '매트', selectionStart: 2, selectionEnd: 2 });
  await page.getByRole('option', { name: '매트리스' }).waitFor();
  await page.evaluate(`document.activeElement.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))`);
  assert.equal(await focused(page), 'line-0-product');
  assert.equal(await page.locator('[name="line-0-product"]').inputValue(), '매트');
  await page.context().close();
});

test('a line of a saved order is given another option from the list, and its price stays as agreed', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await Promise.all([page.waitForResponse(/new\/goods/), page.goto('/orders/1/edit')]);
  await page.locator('[name="line-0-option"]').fill('킹');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('[name="line-0-option"]').inputValue(), '킹(K)');
  assert.equal(await page.locator('[name="line-0-price"]').inputValue(), '890,000');
  await page.keyboard.press('F9');
  await page.getByText('주문서를 고쳤습니다').waitFor();
  await page.getByText('침대 프레임 · 퀸(Q)').first().waitFor();
  assert.deepEqual(complaints, []);
});

test('the promise follows the day of the order until somebody sets it', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await openForm(page);
  await page.getByLabel('주문일').fill('2026-11-20');
  assert.equal(await page.getByLabel('약속일').inputValue(), '2026-12-21');
  await page.getByLabel('약속일').fill('2027-01-05');
  await page.getByLabel('주문일').fill('2026-11-19');
  assert.equal(await page.getByLabel('약속일').inputValue(), '2027-01-05');
  await page.context().close();
});

async function signIn(page: Page, role: 'office' | 'admin'): Promise<void> {
  await page.getByLabel('아이디').fill(cast[role].login);
  await page.getByLabel('비밀번호').fill(castPassword);
  await page.getByRole('button', { name: '로그인' }).click();
}

/** Types half an order, lets the session end, and presses save. */
async function typeAndLoseSession(page: Page): Promise<void> {
  await openForm(page);
  await fill(page, '홍길동', '01012345678');
  await page.locator('[name="line-0-product"]').focus();
  await fill(page, '침대 프레임', '퀸(Q)', '1', '890000', '');
  await fill(page, '매트리스');
  await page.context().clearCookies();
  await page.keyboard.press('F9');
  await page.getByText('다시 로그인하면 적던 내용이 그대로 나옵니다.').waitFor();
}

test('what was typed survives an expired session: sign in again and it is there, with every line', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await typeAndLoseSession(page);
  await signIn(page, 'office');
  await page.waitForURL(/orders\/new$/);
  await page.getByText('적던 주문서를 되살렸습니다.').waitFor();
  for (const [name, value] of [
    ['buyer_name', '홍길동'],
    ['buyer_phone', '010-1234-5678'],
    ['line-0-product', '침대 프레임'],
    ['line-0-price', '890,000'],
    ['line-1-product', '매트리스'],
  ] as const) {
    assert.equal(await page.locator(`[name="${name}"]`).inputValue(), value, name);
  }
  assert.equal(await page.locator('[data-sum="total"]').textContent(), '890,000');
  await page.getByRole('button', { name: '새로 쓰기' }).click();
  await page.waitForFunction(`document.querySelector('[name="buyer_name"]')?.value === ''`);
  await page.context().close();
});

test('another person who signs in finds nothing of it, on the page or in the browser', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await typeAndLoseSession(page);
  await signIn(page, 'admin');
  await page.waitForURL(/orders\/new$/);
  await page.waitForFunction(`sessionStorage.length === 0`);
  assert.equal(await page.locator('[name="buyer_name"]').inputValue(), '');
  await page.context().close();
});

test('an idle form says that the session has ended before save is pressed', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await openForm(page);
  await page.context().clearCookies();
  await page.getByLabel('우편번호').fill('06236');
  await page.getByText('적던 내용이 그대로 나옵니다.').waitFor();
  await page.getByRole('link', { name: '다시 로그인' }).click();
  await signIn(page, 'office');
  await page.waitForURL(/orders\/new$/);
  await page.getByText('적던 주문서를 되살렸습니다.').waitFor();
  assert.equal(await page.getByLabel('우편번호').inputValue(), '06236');
  await page.context().close();
});

test('the finder fills in the address, its host being allowed on this page only', async () => {
  await using office = await openStore();
  office.config.postcodeFinder = 'daum';
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.route('https://t1.kakaocdn.net/**', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `globalThis.kakao = { Postcode: class {
        constructor(options) { this.options = options }
        embed(place) {
          place.textContent = '테헤란로 1'
          place.addEventListener('click', () => this.options.oncomplete({
            zonecode: '06236', roadAddress: '서울 강남구 테헤란로 1', userSelectedType: 'R', buildingName: '모아빌딩' }))
        }
      } }`,
    }),
  );
  const answer = await page.goto('/orders/new');
  const policy = String(answer?.headers()['content-security-policy']);
  assert.match(policy, /script-src 'self' https:\/\/t1\.kakaocdn\.net/);
  assert.match(policy, /frame-src https:\/\/postcode\.map\.kakao\.com/);
  await page.getByRole('button', { name: '우편번호 찾기' }).click();
  await page.getByText('테헤란로 1').click();
  assert.equal(await page.getByLabel('우편번호', { exact: true }).inputValue(), '06236');
  assert.equal(
    await page.getByLabel('주소', { exact: true }).inputValue(),
    '서울 강남구 테헤란로 1 (모아빌딩)',
  );
  assert.equal(await focused(page), 'address_detail');
  await page.getByText('서울특별시 강남구', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
  const other = await page.goto('/orders');
  assert.doesNotMatch(String(other?.headers()['content-security-policy']), /kakao/);
  await page.context().close();
});

test('form, mistakes, correction and stores pass axe in light and dark; on a phone nothing slides sideways', async () => {
  await using office = await openStore();
  const pages = ['/orders/new', '/orders/1/edit', '/orders/1/copy', '/stores', '/stores/1'];
  for (const options of [{}, { colorScheme: 'dark' as const }, { viewport: { width: 390, height: 844 } }]) {
    const page = await openPage(browser, office, { role: 'admin', ...options });
    for (const path of pages) {
      await page.goto(path);
      assert.deepEqual(await seriousViolations(page), [], `${path} ${JSON.stringify(options)}`);
      if (options.viewport && !path.endsWith('copy')) {
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, path);
      }
    }
    await openForm(page);
    await page.locator('[name="line-0-product"]').focus();
    await page.keyboard.insertText('매');
    await page.keyboard.press('F9');
    await page.getByText('표시된 칸을 확인해 주세요.').waitFor();
    assert.deepEqual(await seriousViolations(page), [], 'mistakes');
    await page.context().close();
  }
});

test('the customer’s copy prints on one sheet of A4, with number, goods and sums', async () => {
  await using office = await openStore();
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/orders/1/copy');
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const boxes = [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  assert.deepEqual(
    boxes.map(([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))]),
    [[595, 842]],
  );
  const words = pdfText(pdf).replace(/\s+/g, '');
  for (const part of [
    'GN-261121-001',
    '홍길동님',
    '침대프레임킹(K)1990,000',
    '합계32,330,000',
    '남은금액2,330,000원',
  ]) {
    assert.ok(words.includes(part), `${part} in ${words}`);
  }
  assert.doesNotMatch(words, /주문보기|인쇄/, 'buttons stay on the screen');
  await page.context().close();
});
