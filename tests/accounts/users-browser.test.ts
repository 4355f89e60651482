import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutKeys } from '#lib/web/request-log.ts';
import { behaving, collectComplaints, openBrowser, openPage } from '../support/browser.ts';
import { cast, openOffice } from '../support/office.ts';

test('an administrator adds somebody, hands the link over, and they come in with their own password', async () => {
  await using office = await openOffice();
  await using browser = await openBrowser();
  const admin = await openPage(browser, office, { role: 'admin' });
  const complaints = collectComplaints(admin);
  await admin.goto('/users');
  await admin.getByRole('link', { name: '사용자 더하기' }).click();
  await admin.getByLabel('이름').fill('박소연');
  await admin.getByLabel('아이디').fill('Soyeon');
  await admin.getByLabel('역할').selectOption('매장');
  await admin.getByRole('button', { name: '더하고 링크 만들기' }).click();
  await admin.waitForURL(/\/link$/);
  await behaving(admin);
  const url = (await admin.locator('#handed-link').textContent()) ?? '';
  assert.match(url, new RegExp(`^${office.url}/password/[\\w-]{43}$`));
  assert.ok(await admin.getByRole('img', { name: /QR 코드/ }).isVisible());
  await admin.getByRole('button', { name: '복사' }).click();
  await admin.getByText(/복사했습니다|Ctrl\+C/).waitFor();

  const person = await openPage(browser, office);
  await person.goto(url);
  for (const [password, problem] of [
    ['qwer1234!@#$', /짐작하기 쉬운 비밀번호입니다\. ‘qwer1234’/],
    ['감나무 아래', /10자 이상이어야 합니다\. \(지금 6자\)/],
    ['우리집 박소연 최고야', /이름이 들어 있습니다/],
  ] as const) {
    await person.getByLabel('새 비밀번호', { exact: true }).fill(password);
    await person.getByLabel('새 비밀번호 확인').fill(password);
    await person.getByRole('button', { name: '비밀번호 정하기' }).click();
    await person.getByText(problem).waitFor();
    assert.equal(
      await person.getByLabel('새 비밀번호', { exact: true }).getAttribute('aria-invalid'),
      'true',
    );
  }
  await person.getByLabel('새 비밀번호', { exact: true }).fill('감나무 아래 세 사람');
  await person.getByLabel('새 비밀번호 확인').fill('감나무 아래 세 사람');
  await person.getByRole('button', { name: '비밀번호 정하기' }).click();
  await person.waitForURL(/\/sign-in$/);
  await person.getByLabel('아이디').fill('soyeon');
  await person.getByLabel('비밀번호', { exact: true }).fill('감나무 아래 세 사람');
  await person.getByRole('button', { name: '로그인', exact: true }).click();
  await person.waitForURL((to) => to.pathname !== '/sign-in');
  assert.match((await person.locator('.person-name').textContent()) ?? '', /박소연/);

  await admin.getByRole('link', { name: '전했습니다' }).click();
  await admin.getByText('링크로 비밀번호를 정했습니다').waitFor();
  await admin.getByLabel('역할', { exact: true }).selectOption('사무');
  await admin.getByRole('button', { name: '저장' }).click();
  await admin.getByText('역할을 ‘매장’에서 ‘사무’로 바꿨습니다').waitFor();
  await behaving(admin);
  await admin.getByRole('button', { name: '계정 중지' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: '중지' }).click();
  await admin.getByText('박소연 님의 계정을 중지했습니다.').waitFor();
  await person.goto('/account');
  assert.match(person.url(), /\/sign-in/);

  await admin.goto(`/users/${cast.admin.id}`);
  assert.equal(await admin.getByRole('button', { name: '계정 중지' }).count(), 0);
  assert.ok(await admin.getByText('자기 역할은 바꿀 수 없습니다.').isVisible());
  assert.deepEqual(complaints, []);
});

test('the log keeps no link that opens something', () => {
  const token = 'x1_-'.repeat(10).concat('abc');
  assert.equal(withoutKeys(`/password/${token}`), '/password/…');
  assert.equal(withoutKeys(`/first-admin/${token}`), '/first-admin/…');
  assert.equal(withoutKeys('/users/12/link'), '/users/12/link');
});
