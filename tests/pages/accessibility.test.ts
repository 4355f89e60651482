import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Role, roles } from '#lib/module.ts';
import { seriousViolations } from '../support/axe.ts';
import { collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import type { Office } from '../support/office.ts';
import { openBusyOffice } from './busy-office.ts';
import { crawl } from './crawl.ts';

let office: Office;
let browser: Browser;
before(async () => {
  [office, browser] = await Promise.all([openBusyOffice(), openBrowser()]);
});
after(async () => {
  await browser.close();
  await office[Symbol.asyncDispose]();
});

const elementsSeen = new Map<string, Set<string>>();

/** One address of each page a role can reach by links that has something another role's page has not. */
async function pagesOf(role: Role): Promise<string[]> {
  const visits = await crawl(await office.as(role), 1);
  const pages = visits.filter(({ kind, answer }) => answer.status === 200 && !kind.includes('?'));
  assert.ok(pages.length >= 5, pages.map(({ path }) => path).join(' '));
  return pages.filter(({ kind, answer }) => hasNewElements(kind, answer.text)).map(({ path }) => path);
}

/** Axe judges elements by what they are, not by the words in them. */
function hasNewElements(kind: string, html: string): boolean {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0];
  assert.ok(main, 'a page without main');
  const seen = elementsSeen.get(kind) ?? new Set<string>();
  elementsSeen.set(kind, seen);
  const before = seen.size;
  for (const [tag] of main.matchAll(/<\w[^>]*>/g))
    seen.add(tag.replace(/ (?!class|type|role)([\w-]+)="[^"]*"/g, ' $1'));
  return seen.size > before;
}

/** Looks at each page with axe; what the browser complains of counts as well. */
async function look(page: Page, paths: Iterable<string>): Promise<void> {
  const complaints = collectComplaints(page);
  for (const path of paths) {
    await page.goto(path);
    assert.deepEqual(await seriousViolations(page), [], path);
    assert.deepEqual(complaints, [], path);
  }
}

for (const role of roles) {
  test(`the pages of the ${role} role pass axe, and the browser has nothing to refuse`, async () => {
    const page = await openPage(browser, office, { role });
    const paths = await pagesOf(role);
    await look(page, paths);
    await page.context().close();
  });
}

test('an import passes axe in every state', async () => {
  const page = await openPage(browser, office, { role: 'office' });
  const imports: { id: number; state: string }[] = await office.runtime.db('imports').select('id', 'state');
  const byState = new Map(imports.map(({ id, state }) => [state, `/imports/${id}`]));
  assert.ok(byState.size >= 6, [...byState.keys()].join(' '));
  const proposed = byState.get('proposed');
  await look(page, [...byState.values(), `${proposed}?kind=rejected`, `${proposed}?kind=changed`]);

  await page.goto(byState.get('applied')!);
  await page.getByRole('link', { name: '되돌리기…' }).click();
  await page.getByRole('heading', { name: '그대로 둘 상품주문' }).waitFor(); // lines were dispatched since
  assert.deepEqual(await seriousViolations(page), [], 'what an undo would leave');
  await page.context().close();
});

test('the busiest pages pass axe in the dark, and on a phone do not slide sideways', async () => {
  const dark = await openPage(browser, office, { role: 'admin', colorScheme: 'dark' });
  const [proposed] = await office.runtime.db('imports').where({ state: 'proposed' }).pluck('id');
  const busiest = [
    '/orders',
    '/orders/1',
    '/deliveries',
    '/deliveries/1',
    '/imports',
    `/imports/${proposed}`,
    '/dispatch',
    '/products/new-options',
    '/regions',
  ];
  await look(dark, busiest);
  await dark.context().close();

  const phone = await openPage(browser, office, { role: 'delivery', viewport: { width: 390, height: 844 } });
  for (const path of ['/deliveries', '/deliveries/1', '/deliveries/prints']) {
    await look(phone, [path]);
    const width = Number(await phone.evaluate('document.documentElement.scrollWidth'));
    assert.ok(width <= 390, `${path} is ${width} wide`);
  }
  await phone.context().close();
});

test('a page that is not there, or not for this person, passes axe too', async () => {
  const page = await openPage(browser, office, { role: 'delivery' });
  for (const [path, status] of [
    ['/nowhere', 404],
    ['/imports', 403],
  ] as const) {
    assert.equal((await page.goto(path))?.status(), status);
    assert.deepEqual(await seriousViolations(page), [], path);
  }
  await page.context().close();
});
