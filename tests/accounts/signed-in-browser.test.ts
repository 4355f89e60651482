import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { usualLimits } from '../../src/accounts/session-limits.rules.ts';
import { setSessionLimits } from '../../src/accounts/session-limits.ts';
import { seriousViolations } from '../support/axe.ts';
import { behaving, collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
let browser: Browser;
before(async () => {
  [office, browser] = await Promise.all([openOffice(), openBrowser()]);
});
after(async () => {
  await browser.close();
  await office[Symbol.asyncDispose]();
});

async function signInByHand(page: Page, login: string, { remember = false } = {}): Promise<void> {
  await page.getByLabel('아이디').fill(login);
  await page.getByLabel('비밀번호', { exact: true }).fill(castPassword);
  if (remember) await page.getByLabel('로그인 상태 유지').check();
  await page.getByRole('button', { name: '로그인' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

const sessionKeys = () => office.runtime.redis.keys(`${office.config.redisPrefix}:session:*`);

/** What a browser keeps over its end: cookies with a date. */
async function restart(context: BrowserContext): Promise<BrowserContext> {
  const cookies = (await context.cookies()).filter(({ expires }) => expires > 0);
  await context.close();
  const next = await browser.newContext({ baseURL: office.url, locale: 'ko-KR', timezoneId: 'Asia/Seoul' });
  await next.addCookies(cookies);
  return next;
}

test('six tabs restored after a restart are one session, and the form of each can be sent; a copied cookie is caught', async () => {
  const first = await openPage(browser, office);
  await first.goto('/sign-in');
  assert.deepEqual(await seriousViolations(first), []);
  await signInByHand(first, cast.office.login, { remember: true });
  const before = new Set(await sessionKeys());
  const copied = (await first.context().cookies()).filter(({ name }) => name === 'moa.remember');

  const context = await restart(first.context());
  const tabs = await Promise.all(Array.from({ length: 6 }, () => context.newPage()));
  const notice = { kind: 'token_theft', user_agent: '', address: '10.0.0.9', at: new Date() };
  await office.runtime.db('security_notices').insert({ ...notice, user_id: cast.office.id });
  await Promise.all(tabs.map((tab) => tab.goto('/account/devices')));
  const begun = (await sessionKeys()).filter((key) => !before.has(key));
  assert.equal(begun.length, 1, begun.join());
  for (const tab of tabs) {
    const answered = tab.waitForResponse((response) => response.request().method() === 'POST');
    await tab.getByRole('button', { name: '확인했습니다' }).click();
    assert.equal((await answered).status(), 303);
  }

  await office.runtime
    .db('remembered_devices')
    .update({ settled_at: new Date(), rotated_at: new Date(Date.now() - 10 * 60_000) });
  const thief = await browser.newContext({ baseURL: office.url });
  await thief.addCookies(copied);
  const theft = await thief.newPage();
  await theft.goto('/account');
  await theft.getByText('모든 기기에서 로그아웃했습니다').waitFor();

  const [tab] = tabs as [Page];
  await tab.goto('/account');
  assert.equal(new URL(tab.url()).pathname, '/sign-in');
  await signInByHand(tab, cast.office.login);
  await tab.getByText('보안 알림이 있습니다').waitFor();
  await tab.getByRole('link', { name: '확인하기' }).click();
  assert.deepEqual(await seriousViolations(tab), []);
  await tab.getByRole('button', { name: '확인했습니다' }).click();
  await tab.waitForLoadState();
  assert.equal(await tab.getByText('보안 알림이 있습니다').count(), 0);
  await Promise.all([context.close(), thief.close()]);
});

/** Lets the sessions of everybody last only this much longer. */
async function leave(seconds: number): Promise<void> {
  for (const key of await sessionKeys()) await office.runtime.redis.pexpire(key, seconds * 1000);
}

test('a page says that its session is about to end, in every tab, until somebody goes on', async () => {
  await setSessionLimits(office.ctx(), 'store', { ...usualLimits, idleMinutes: 5 });
  const page = await openPage(browser, office, { role: 'store' });
  const complaints = collectComplaints(page);
  await page.clock.install();
  await page.goto('/account');
  await behaving(page);
  const other = await page.context().newPage();
  await other.clock.install();
  await other.goto('/account');
  await behaving(other);

  await leave(60);
  await page.clock.runFor(4 * 60_000);
  await other.clock.runFor(4 * 60_000);
  const warning = page.getByRole('dialog', { name: '곧 로그아웃됩니다' });
  await warning.waitFor();
  await other.getByRole('dialog', { name: '곧 로그아웃됩니다' }).waitFor();
  assert.match((await warning.textContent()) ?? '', /[01]분 \d\d초 뒤에 로그아웃됩니다/);
  assert.deepEqual(await seriousViolations(page), []);

  await warning.getByRole('button', { name: '계속 쓰기' }).click();
  await warning.waitFor({ state: 'hidden' });
  await other.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('when it has ended the page says so, and what was typed comes back with its author alone', async () => {
  const page = await openPage(browser, office, { role: 'admin' });
  await page.clock.install();
  await page.goto('/users/session-limits');
  await behaving(page);
  await page.getByLabel('사무: 쓰지 않으면 로그아웃, 분').fill('45');
  for (const key of await sessionKeys()) await office.runtime.redis.del(key);
  await page.clock.fastForward(56 * 60_000);
  const ended = page.getByRole('dialog', { name: '로그인이 끝났습니다' });
  await ended.getByRole('button', { name: '다시 로그인' }).click();
  await page.waitForURL((url) => url.pathname === '/sign-in');
  await signInByHand(page, cast.admin.login);
  await page.getByText('저장하지 못한 내용을 되살렸습니다').waitFor();
  assert.equal(await page.getByLabel('사무: 쓰지 않으면 로그아웃, 분').inputValue(), '45');

  // Sent too late, rather than told before: the same, and this time by somebody else.
  await page.getByLabel('사무: 쓰지 않으면 로그아웃, 분').fill('44');
  for (const key of await sessionKeys()) await office.runtime.redis.del(key);
  await page.getByRole('button', { name: '저장 사무' }).click();
  await page.waitForURL((url) => url.pathname === '/sign-in');
  await signInByHand(page, cast.delivery.login);
  await page.goto('/account');
  await behaving(page);
  assert.equal(await page.getByText('되살렸습니다').count(), 0);
  await page.context().close();
});
