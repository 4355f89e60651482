import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { createUser } from '#accounts';
import { accounts } from '../../src/accounts/module.ts';
import { seriousViolations } from '../support/axe.ts';
import { behaving, collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { cast, castPassword, openOffice } from '../support/office.ts';
import { workshop } from './workshop.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test('a person signs in by keyboard, in light and dark, without a finding of axe or a refusal of the browser', async () => {
  await using office = await openOffice();
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, office, { colorScheme });
    const complaints = collectComplaints(page);
    await page.goto('/users');
    assert.equal(await themeOf(page), colorScheme);
    assert.deepEqual(await seriousViolations(page), []);

    await page.keyboard.type(cast.admin.login);
    await page.keyboard.press('Tab');
    await page.keyboard.type('틀린-비밀번호');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    assert.equal(await textOf(page.getByRole('alert')), '아이디 또는 비밀번호가 맞지 않습니다.');
    assert.deepEqual(await seriousViolations(page), []);
    assert.match(complaints.splice(0).join(), /409/);

    await page.getByLabel('비밀번호').fill(castPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/users');
    for (const path of ['/users', '/account', '/users?q=zz']) {
      await page.goto(path);
      assert.deepEqual(await seriousViolations(page), [], path);
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
});

test('the chosen theme stays, comes with the next page and needs no script to show', async () => {
  await using office = await openOffice();
  const page = await openPage(browser, office, { role: 'admin', colorScheme: 'light' });
  await page.goto('/');
  await page.getByRole('button', { name: '밝은 화면과 어두운 화면 바꾸기' }).click();
  assert.equal(await themeOf(page), 'dark');
  const answer = await page.goto('/account');
  assert.match((await answer?.text()) ?? '', /<html lang="ko" data-bs-theme="dark">/);
  await page.context().close();
});

test('on a phone the menu opens from its button and the page does not slide sideways', async () => {
  await using office = await openOffice();
  const page = await openPage(browser, office, { role: 'admin', viewport: { width: 390, height: 844 } });
  await page.goto('/account');
  const menu = page.getByRole('navigation', { name: '주 메뉴' });
  assert.equal(await menu.isVisible(), false);
  await page.getByRole('button', { name: '메뉴 열기' }).click();
  await menu.getByRole('link', { name: '사용자' }).click();
  await page.waitForURL('**/users');
  assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= 390);
  assert.deepEqual(await seriousViolations(page), []);
  await page.context().close();
});

test('the slash key goes to the search, and what is default stays out of the address', async () => {
  await using office = await openOffice();
  for (let n = 0; n < 20; n++) {
    await office.runtime
      .db('users')
      .insert({ login: `n${n}`, name: `직원 ${n}`, role: 'office', password_hash: '' });
  }
  await createUser(office.ctx(), { login: 'sora', name: '한소라', role: 'office', password: castPassword });
  const page = await openPage(browser, office, { role: 'admin' });
  await page.goto('/users?state=active&page=9');
  await behaving(page);
  await page.keyboard.press('/');
  await page.keyboard.type('소라');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.has('q'));
  assert.equal(decodeURIComponent(new URL(page.url()).search), '?state=active&q=소라');
  assert.equal(await page.locator('tbody tr').count(), 1);

  await page.goto('/users');
  await behaving(page);
  await page.getByLabel('한 쪽에 보일 건수').selectOption('20');
  await page.waitForURL('**/users?size=20');
  assert.equal(await page.locator('tbody tr').count(), 20);
  await page.getByRole('link', { name: /^2\s*쪽$/ }).click();
  await page.waitForURL('**/users?size=20&page=2');
  await page.getByRole('table').getByRole('link', { name: '역할' }).click();
  await page.waitForURL('**/users?sort=role&dir=asc&size=20');
  await page.context().close();
});

test('a range typed in is sent as a whole, also when one end is the default', async () => {
  const { module } = workshop();
  await using office = await openOffice({ modules: [accounts, module] });
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/workshop');
  const to = await page.getByLabel('주문일 종료일').inputValue();
  await page.getByLabel('주문일 시작일').fill('2026-01-01');
  await page.waitForURL((url) => url.searchParams.get('from') === '2026-01-01');
  assert.equal(new URL(page.url()).search, `?from=2026-01-01&to=${to}`);
  await page.getByRole('link', { name: '전체' }).click();
  await page.waitForURL('**/workshop?from=&to=');
  await page.context().close();
});

test('rows are chosen one by one, as a range and all together, and the bar counts them', async () => {
  const { module } = workshop();
  await using office = await openOffice({ modules: [accounts, module] });
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/workshop');
  const rows = page.getByRole('checkbox', { name: /번 선택/ });
  const bar = page.locator('[data-selection-bar]');
  assert.equal(await bar.isVisible(), false);
  await rows.nth(1).click();
  await rows.nth(4).click({ modifiers: ['Shift'] });
  assert.match(await textOf(bar), /4건 선택/);
  await page.keyboard.press('Escape');
  assert.equal(await bar.isVisible(), false);
  await page.getByRole('checkbox', { name: '모두 선택' }).click();
  assert.match(await textOf(bar), /9건 선택/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.context().close();
});

test('an act that asks first is sent once, and only after a yes', async () => {
  const { module, posted } = workshop();
  await using office = await openOffice({ modules: [accounts, module] });
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/workshop');
  await page.getByRole('checkbox', { name: '3번 선택' }).click();
  const hold = page.getByRole('button', { name: '보류' });
  await hold.click();
  const dialog = page.getByRole('dialog');
  assert.match(await textOf(dialog), /고른 주문을 보류할까요\?/);
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole('button', { name: '닫기' }).click();
  assert.deepEqual(posted, []);

  await hold.click();
  await dialog.getByRole('button', { name: '보류' }).dblclick();
  await page.waitForURL('**/workshop/done');
  assert.deepEqual(posted, [{ ids: '3' }]);
  await page.context().close();
});

test('files are chosen or dropped, refused by name when they do not fit, and travel together', async () => {
  const { module, posted } = workshop();
  await using office = await openOffice({ modules: [accounts, module] });
  const page = await openPage(browser, office, { role: 'office' });
  await page.goto('/workshop');
  const fileOf = (name: string, size = 10) => ({ name, mimeType: 'x', buffer: Buffer.alloc(size, 'x') });
  const input = page.getByLabel('주문 파일');
  await input.setInputFiles([fileOf('하나.xlsx'), fileOf('그림.png'), fileOf('큰.xlsx', 3000)]);
  const error = page.locator('[data-file-error]');
  assert.match(await textOf(error), /'그림\.png'은 \.xlsx 파일이 아니어서 뺐습니다\./);
  assert.match(await textOf(error), /'큰\.xlsx'은 2 KB를 넘어 뺐습니다\./);

  await drop(page, '둘.xlsx');
  await drop(page, '셋.xlsx');
  await page.getByRole('button', { name: '둘.xlsx 빼기' }).click();
  assert.deepEqual(await page.locator('.file-name').allInnerTexts(), ['하나.xlsx', '셋.xlsx']);
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole('button', { name: '올리기' }).click();
  await page.waitForURL('**/workshop/done');
  assert.deepEqual(posted, [['하나.xlsx', '셋.xlsx']]);
  await page.context().close();
});

for (const socket of ['with', 'without'] as const) {
  test(`progress moves and the page turns when it is over, ${socket} a socket`, async () => {
    const { module, state, reported, finish } = workshop();
    await using office = await openOffice({ modules: [accounts, module] });
    const page = await openPage(browser, office, { role: 'office' });
    if (socket === 'without') await page.routeWebSocket(/socket\.io/, (connection) => connection.close());
    await page.goto('/workshop');
    await office.runtime.jobs.add('workshop.read', { importId: 7 });
    const running = office.runJobs();
    await reported;
    state.done = 500;
    await page.locator('progress[value="500"]').waitFor();
    if (socket === 'with')
      assert.equal(await textOf(page.locator('[data-progress-text]')), '읽는 중 500 / 1,000');
    state.name = 'proposed';
    finish();
    await page.getByText('다 읽었습니다.').waitFor();
    await running;
    await page.context().close();
  });
}

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent())?.trim() ?? '';
}

function themeOf(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.dataset.bsTheme');
}

async function drop(page: Page, name: string): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], ${JSON.stringify(name)}));
    return transfer;
  })()`);
  await page.dispatchEvent('form.drop-area', 'drop', { dataTransfer: transfer });
}
