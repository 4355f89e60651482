import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { roles } from '#lib/module.ts';
import type { Client } from '../support/client.ts';
import type { Office } from '../support/office.ts';
import { openBusyOffice } from './busy-office.ts';
import { assetsOf, crawl, type Visit } from './crawl.ts';

let office: Office;
before(async () => {
  office = await openBusyOffice();
});
after(() => office[Symbol.asyncDispose]());

let seenByAdmin: Visit[] | undefined;
/** The same files for everybody, unlike the style sheet of a print run. */
const assetsChecked = new Set<string>();

for (const role of roles) {
  test(`every link that the ${role} role is shown leads to a page it may see, made as all are`, async () => {
    const client = await office.as(role);
    const visits = await crawl(client);
    if (role === 'admin') seenByAdmin = visits;
    assert.ok(visits.length > 20, `only ${visits.length} pages`);
    const bad = visits.filter(({ answer }) => answer.status !== 200 && answer.status !== 303);
    assert.deepEqual(
      bad.map(({ path, from, answer }) => `${answer.status} ${path} from ${from}`),
      [],
    );
    for (const visit of visits.filter(isPage)) checkPage(visit);
    await checkAssets(client, visits);
  });
}

test('what one role sees, another may be refused, but never breaks; a stranger is asked to sign in', async () => {
  seenByAdmin ??= await crawl(await office.as('admin'), 1);
  const visits = onePerKind(seenByAdmin.filter(isPage));
  const [delivery, stranger] = [await office.as('delivery'), office.stranger()];
  for (const { path } of visits) {
    const { status } = await delivery.get(path);
    assert.ok([200, 303, 403, 404].includes(status), `${status} ${path}`);
    const answer = await stranger.get(path);
    assert.equal(answer.status, 303, path);
    assert.match(answer.location, /^\/sign-in/, path);
  }
});

const onePerKind = (visits: readonly Visit[]) => [
  ...new Map(visits.map((visit) => [visit.kind, visit])).values(),
];

function isPage({ answer }: Visit): boolean {
  return answer.status === 200 && /html/.test(answer.headers.get('content-type') ?? '');
}

function checkPage({ path, answer: { headers, text } }: Visit): void {
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/, path);
  assert.doesNotMatch(policy, /unsafe-/, path);
  assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
  assert.equal(headers.get('x-frame-options'), 'DENY', path);
  assert.equal(headers.get('referrer-policy'), 'same-origin', path);
  assert.equal(headers.get('cache-control'), 'no-store', path);

  assert.match(text, /<html lang="ko"/, path);
  assert.match(text, /<title>[^<]+ · 모아<\/title>/, path);
  assert.equal(text.match(/<h1[ >]/g)?.length, 1, `${path} has one main heading`);
  assert.doesNotMatch(text, /<script>|<style|\sstyle="|\son[a-z]+="|javascript:/, path);
  assert.doesNotMatch(text, />\s*(undefined|null|NaN|Invalid Date|\[object Object\])\s*</, path);
  for (const [field] of text.matchAll(/<(?:input|textarea)[^>]* name="\w*password"[^>]*>/g))
    assert.match(field, /type="password"/, `${path}: ${field}`);
  for (const [form] of text.matchAll(/<form [^>]*method="post"[\s\S]*?<\/form>/g))
    assert.match(form, /name="_csrf" value="\w+"/, `${path}: ${form.slice(0, 200)}`);
}

async function checkAssets(client: Client, visits: readonly Visit[]): Promise<void> {
  const assets = new Set(visits.filter(isPage).flatMap(({ answer }) => assetsOf(answer.text)));
  assert.ok(assets.size > 5);
  for (const path of assets.difference(assetsChecked)) {
    assert.equal((await client.get(path)).status, 200, path);
    if (path.startsWith('/assets/')) assetsChecked.add(path);
  }
}
