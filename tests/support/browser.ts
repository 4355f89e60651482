import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Role } from '#lib/module.ts';
import { cast, castPassword, type Office } from './office.ts';

/** Chromium of the system; CHROMIUM names another. */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath)
    throw new Error('Chromium을 찾을 수 없습니다. CHROMIUM에 실행 파일 위치를 적어 주세요.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}

/** A page of the office's application in Korean time, signed in when a role is given. */
export async function openPage(
  browser: Browser,
  office: Office,
  { role, ...options }: BrowserContextOptions & { role?: Role } = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: office.url,
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  if (role) {
    await page.goto('/sign-in');
    await page.getByLabel('아이디').fill(cast[role].login);
    await page.getByLabel('비밀번호').fill(castPassword);
    await page.getByRole('button', { name: '로그인' }).click();
    await page.waitForURL((url) => url.pathname !== '/sign-in');
  }
  return page;
}

/** Waits until the behaviours of a page have started: a key pressed before would go elsewhere. */
export async function behaving(page: Page): Promise<void> {
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
}

/** What the page complained about: refused inline code, scripts that threw. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
