import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { seriousViolations } from '../support/axe.ts';
import { behaving, collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';
import { type OidcProvider, openOidcProvider } from '../support/oidc-provider.ts';

let office: Office;
let browser: Browser & AsyncDisposable;
let provider: OidcProvider;
before(async () => {
  provider = await openOidcProvider();
  const { issuer, clientId, clientSecret } = provider;
  const settings = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret };
  office = await openOffice({ settings });
  browser = await openBrowser();
});
after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await office?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});

test('a person enrols with what the screen shows, and signs in on a phone with code or recovery code', async () => {
  const page = await openPage(browser, office, { role: 'office' });
  const complaints = collectComplaints(page);
  await page.goto('/account');
  await page.getByRole('link', { name: '켜기' }).click();
  await page.getByLabel('비밀번호').fill(castPassword);
  await page.getByRole('button', { name: 'QR 코드 보기' }).click();
  await page.waitForURL('**/enrol');
  await looksRight(page);
  assert.ok((await page.locator('svg.qr-code').boundingBox())!.width >= 150);
  const key = (await page.locator('#typed-key').innerText()).replaceAll(' ', '');
  await page.getByLabel('여섯 자리 코드').fill(codeOf(key));
  await page.getByRole('button', { name: '확인하고 켜기' }).click();
  await page.waitForURL('**/codes');
  await looksRight(page);
  const codes = await page.locator('.recovery-codes code').allInnerTexts();
  assert.equal(codes.length, 10);

  await behaving(page);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: '복사' }).click();
  await page.getByRole('button', { name: '복사했습니다' }).waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), codes.join('\n'));
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.app-nav').isVisible(), false);
  assert.equal(await page.getByRole('link', { name: '적어 두었습니다' }).isVisible(), false);
  assert.equal(await page.locator('.recovery-codes').isVisible(), true);
  assert.deepEqual(complaints, []);
  await page.context().close();

  const phone = await openPage(browser, office, { viewport: { width: 390, height: 844 } });
  await office.runtime.db('second_factors').update({ last_step: 0 });
  await typePassword(phone, 'office', /sign-in\/second-factor/);
  await looksRight(phone);
  assert.equal(await phone.getByLabel('여섯 자리 코드').getAttribute('inputmode'), 'numeric');
  await phone.getByLabel('여섯 자리 코드').fill(codeOf(key));
  await phone.keyboard.press('Enter');
  await phone.waitForURL('**/orders');
  await phone.goto('/account/second-factor');
  await fits(phone);
  await phone.context().clearCookies();

  await typePassword(phone, 'office', /sign-in\/second-factor/);
  await phone.getByRole('link', { name: '복구 코드로 들어가기' }).click();
  await looksRight(phone);
  await phone.getByLabel('복구 코드').fill(codes[0]!);
  await phone.getByRole('button', { name: '확인' }).click();
  await phone.waitForURL('**/orders');
  await phone.context().close();
});

test('rules are typed, kept over the question for the password, and saved by its button', async () => {
  const page = await openPage(browser, office, { role: 'admin' });
  const complaints = collectComplaints(page);
  await page.goto('/users/sign-in-rules');
  await page.getByLabel('회사 인터넷의 주소').fill('10.0.0.0/8\n본사');
  await page.getByLabel('관리자 역할이 들어올 수 있는 곳').selectOption({ label: '회사 주소에서만' });
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('2번째 줄 ‘본사’').waitFor();
  await page.getByLabel('회사 인터넷의 주소').fill('10.0.0.0/8 # 본사');
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('목록에 없습니다').waitFor();
  await page.getByLabel('회사 인터넷의 주소').fill('127.0.0.1 # 본사');
  await page.getByLabel('기사의 2단계 인증').selectOption({ label: '언제나 꼭' });
  await forgetProof();
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('입력한 내용은 그대로 두었습니다').waitFor();
  await looksRight(page);
  await page.getByLabel('비밀번호').fill(castPassword);
  await page.getByRole('button', { name: '확인하고 계속' }).click();
  await page.getByText('로그인 규칙을 저장했습니다').waitFor();
  assert.equal(await page.getByLabel('회사 인터넷의 주소').inputValue(), '127.0.0.1 # 본사');
  const refusals = complaints.filter((text) => !text.includes('409'));
  assert.deepEqual(refusals, []);
  await page.context().close();

  const crew = await openPage(browser, office, { viewport: { width: 390, height: 844 } });
  await typePassword(crew, 'crew', /account\/second-factor/);
  await crew.getByText('이 역할은 2단계 인증이 있어야 합니다').waitFor();
  await fits(crew);
  await crew.context().close();
});

test('the provider is gone to and come back from without the policy in the way', async () => {
  const page = await openPage(browser, office, { role: 'delivery' });
  const complaints = collectComplaints(page);
  provider.person = 'kakao-bak';
  await page.goto('/account/provider');
  await page.getByRole('link', { name: '카카오 계정 연결' }).click();
  await page.getByText('카카오 계정을 연결했습니다').waitFor();
  await looksRight(page);
  await page.context().clearCookies();
  await page.goto('/sign-in?next=/deliveries');
  await page.getByRole('link', { name: '카카오로 로그인' }).click();
  await page.waitForURL('**/deliveries');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

async function typePassword(page: Page, person: 'office' | 'crew', then: RegExp): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('아이디').fill(cast[person].login);
  await page.getByLabel('비밀번호').fill(castPassword);
  await page.getByRole('button', { name: '로그인', exact: true }).click();
  await page.waitForURL(then);
}

/** As if every password had been typed long ago. */
async function forgetProof(): Promise<void> {
  const { redis, config } = office.runtime;
  for (const key of await redis.keys(`${config.redisPrefix}:session:*`)) {
    const text = await redis.get(key).catch(() => null);
    if (text?.startsWith('{'))
      await redis.set(key, JSON.stringify({ ...JSON.parse(text), confirmedAt: 0 }), 'KEEPTTL');
  }
}

/** For pages that no link leads to; the others are looked at with all pages. */
async function looksRight(page: Page): Promise<void> {
  await fits(page);
  assert.deepEqual(await seriousViolations(page), [], page.url());
}

async function fits(page: Page): Promise<void> {
  const { width } = page.viewportSize()!;
  assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width, page.url());
}

const codeOf = (key: string) => TOTP.generate({ secret: Secret.fromBase32(key) });
