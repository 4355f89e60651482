import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import type { Role } from '#lib/module.ts';
import type { Client } from './client.ts';
import type { Office } from './office.ts';

let ofThisLane: Browser | undefined;

/** Chromium of the system; CHROMIUM names another. The files that `bin/test` runs one after another share it. */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const isLane = process.connected;
  if (!isLane) return launch();
  if (!ofThisLane?.isConnected()) {
    ofThisLane = await launch();
    ofThisLane.close = closePages;
  }
  return ofThisLane;
}

/** What stands in for `close`: starting a browser takes as long as a test. */
async function closePages(this: Browser): Promise<void> {
  await Promise.all(this.contexts().map((context) => context.close()));
}

async function launch(): Promise<Browser> {
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium-headless-shell',
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

/** A page of the office's application in Korean time, signed in when a role is given; it is still blank. */
export async function openPage(
  browser: Browser,
  office: Office,
  { role, masked = false, ...options }: BrowserContextOptions & { role?: Role; masked?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: office.url,
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  if (role) await lendSession(context, await office.as(role, { masked }), office.url);
  return context.newPage();
}

/** The sign-in page has tests of its own; all others need only be signed in. */
async function lendSession(context: BrowserContext, client: Client, url: string): Promise<void> {
  const value = client.cookie('moa.sid');
  if (!value) throw new Error('the client has no session');
  await context.addCookies([{ name: 'moa.sid', value, url, httpOnly: true, sameSite: 'Lax' }]);
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
