import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { actorOf, createUser, permissionsOf, setUserScope } from '#accounts';
import { transaction } from '#lib/db.ts';
import { listEvents } from '#lib/events.ts';
import { changeUser } from '../../src/accounts/managing.ts';
import { choosePermissions, copyRole, setRoleScope } from '../../src/accounts/role-editing.ts';
import { findRole, listRoles, lockRole, stampOf } from '../../src/accounts/roles.ts';
import { run } from '../../src/cli.ts';
import { startWeb } from '../../src/main.ts';
import { modules } from '../../src/modules.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { createClient } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

const permissions = permissionsOf(modules);
const roleOf = async (code: string) => (await listRoles(office.ctx())).find((role) => role.code === code)!;

async function grants(code: string): Promise<Set<string>> {
  const role = await roleOf(code);
  const people = role.people[0]!;
  return new Set((await actorOf(office.ctx(), people, modules)).permissions);
}

/** Lets a role do what it may now, and some of it not, or more. */
async function change(code: string, { add = [], drop = [] }: { add?: string[]; drop?: string[] }) {
  const role = await roleOf(code);
  const chosen = new Set([...(await grants(code)), ...add]);
  for (const one of drop) chosen.delete(one);
  await choosePermissions(office.ctx(), permissions, role.id, chosen, stampOf(role));
}

test('what an administrator takes away is gone with the next click, in every process', async () => {
  const delivery = await office.as('delivery');
  assert.equal((await delivery.get('/deliveries/prints')).status, 200);
  const other = await startWeb(office.config);
  try {
    const there = createClient(other.url);
    there.setCookie('moa.sid', delivery.cookie('moa.sid')!);
    assert.equal((await there.get('/deliveries/prints')).status, 200);

    const admin = await office.as('admin');
    const role = await roleOf('delivery');
    const kept = [...(await grants('delivery'))].filter((code) => code !== 'deliveries.print');
    const saved = await admin.post(`/roles/${role.id}/permissions`, { grant: kept, seen: stampOf(role) });
    assert.equal(saved.status, 303);
    for (const client of [delivery, there])
      assert.equal((await client.get('/deliveries/prints')).status, 403);
    assert.match((await admin.get(`/roles/${role.id}`)).text, /기본값으로 되돌리기/);
    await admin.post(`/roles/${role.id}/reset`);
    assert.equal((await there.get('/deliveries/prints')).status, 200);
  } finally {
    await other.close();
  }
  const [reset, changed] = await listEvents(office.ctx(), 'role', (await roleOf('delivery')).id);
  assert.equal(reset?.name, 'role.permissions_reset');
  assert.deepEqual(JSON.parse(changed!.data).taken, ['deliveries.print']);
});

test('nobody can lock all administrators out', async () => {
  const admin = await office.as('admin');
  const role = await roleOf('admin');
  await admin.post(`/roles/${role.id}/permissions`, { grant: [], seen: stampOf(role) });
  assert.deepEqual([...(await grants('admin'))].sort(), ['roles.manage', 'users.manage']);
  assert.equal((await admin.get('/roles')).status, 200);
  const narrowed = await admin.post(`/roles/${role.id}/scope`, { scope: 'each' });
  assert.equal(narrowed.status, 409);
  await assert.rejects(setUserScope(office.ctx(), cast.admin.id, 'chosen', [1]), /관리자는 늘/);
  await admin.post(`/roles/${role.id}/reset`);
  assert.ok((await grants('admin')).has('orders.view'));
});

test('a role that is being deleted is given to nobody', async () => {
  const ctx = office.ctx();
  const id = await copyRole(ctx, permissions, (await roleOf('office')).id, '곧 없어질 역할');
  const { code } = await findRole(ctx, id);
  const { giving } = await transaction(ctx, async (tx) => {
    await lockRole(tx, id);
    const giving = changeUser(ctx, cast.crew.id, { name: cast.crew.name, role: code }).catch(
      (error: Error) => error.message,
    );
    await Promise.race([giving, new Promise((resolve) => setTimeout(resolve, 200))]);
    await tx.db('role_permissions').where({ role_id: id }).delete();
    await tx.db('roles').where({ id }).delete();
    return { giving };
  });
  assert.equal(await giving, '없는 역할입니다.');
});

test('the pages about who may come in lead to each other, as far as one may open them', async () => {
  const admin = await office.as('admin');
  const pages = ['', 'sign-in-rules', 'session-limits', 'security-notices'].map((name) => `/users/${name}`);
  const addresses = ['/roles', ...pages.map((page) => page.replace(/\/$/, ''))];
  const sectionsOf = (html: string) => [
    ...(/<nav class="page-sections"[\s\S]*?<\/nav>/.exec(html)?.[0] ?? '').matchAll(
      /href="([^"]+)"( aria-current)?/g,
    ),
  ];
  for (const address of addresses) {
    const sections = sectionsOf((await admin.get(address)).text);
    assert.deepEqual(sections.map(([, href]) => href).sort(), [...addresses].sort());
    assert.deepEqual(
      sections.filter(([, , current]) => current).map(([, href]) => href),
      [address],
    );
  }
  await change('delivery', { add: ['roles.manage'] });
  assert.deepEqual(sectionsOf((await (await office.as('delivery')).get('/roles')).text), []);
  await change('delivery', { drop: ['roles.manage'] });
});

test('of two who save the same role the second is told', async () => {
  const admin = await office.as('admin');
  const role = await roleOf('office');
  const seen = stampOf(role);
  await change('office', { drop: ['orders.hold'] });
  const late = await admin.post(`/roles/${role.id}/permissions`, { grant: ['orders.view'], seen });
  assert.equal(late.status, 409);
  assert.match(late.text, /그사이 다른 사람이 이 역할을 고쳤습니다/);
  assert.ok((await grants('office')).has('orders.acknowledge'));
  await change('office', { add: ['orders.hold'] });
  assert.equal((await roleOf('office')).deviations.size, 0);
});

test('a role of our own is made from another, renamed, given to somebody, and goes when nobody has it', async () => {
  const admin = await office.as('admin');
  const from = await roleOf('office');
  const made = await admin.post('/roles', { name: '쿠팡 담당', from: from.id });
  const id = Number(made.location.split('/').at(-1));
  assert.equal((await admin.post('/roles', { name: '쿠팡 담당', from: from.id })).status, 409);
  assert.equal((await admin.post('/roles', { name: ' ', from: from.id })).status, 422);
  await admin.post(`/roles/${id}/rename`, { name: '쿠팡' });

  const { code } = await findRole(office.ctx(), id);
  const channel = await office.runtime.db('channels').where({ code: 'coupang' }).first();
  const smartstore = await office.runtime.db('channels').where({ code: 'smartstore' }).first();
  assert.equal((await admin.post(`/roles/${id}/scope`, { scope: 'chosen' })).status, 409);
  assert.equal(
    (await admin.post(`/roles/${id}/scope`, { scope: 'chosen', channel: channel.id })).status,
    303,
  );
  const userId = await createUser(office.ctx(), {
    login: 'cp',
    name: '최쿠팡',
    role: code,
    password: castPassword,
  });
  const actor = await actorOf(office.ctx(), { id: userId, name: '최쿠팡' }, modules);
  assert.deepEqual(actor.scope, new Set([channel.id]));
  assert.ok(actor.permissions.has('orders.view') && !actor.permissions.has('users.manage'));
  await assert.rejects(
    setUserScope(office.ctx(), userId, 'chosen', [channel.id, smartstore.id]),
    /역할이 맡지 않은 채널/,
  );

  const refused = await admin.post(`/roles/${id}/delete`);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /최쿠팡/);
  await office.runtime.db('users').where({ id: userId }).update({ role: 'office' });
  assert.equal((await admin.post(`/roles/${id}/delete`)).status, 303);
  assert.equal((await admin.get(`/roles/${id}`)).status, 404);
  assert.equal((await admin.post(`/roles/${from.id}/delete`)).status, 409);
});

test('who edits roles without being an administrator gives nobody more than they have', async () => {
  const id = await copyRole(office.ctx(), permissions, (await roleOf('office')).id, '팀장');
  const lead = await findRole(office.ctx(), id);
  await office.runtime.db('role_permissions').insert({ role_id: id, permission: 'roles.manage', granted: 1 });
  const userId = await createUser(office.ctx(), {
    login: 'lead',
    name: '오팀장',
    role: lead.code,
    password: castPassword,
  });
  const ctx = office.runtime.ctxFor(await actorOf(office.ctx(), { id: userId, name: '오팀장' }, modules));
  const crew = await roleOf('crew');
  const give = (...codes: string[]) =>
    choosePermissions(ctx, permissions, crew.id, new Set(codes), stampOf(crew));
  await assert.rejects(give('deliveries.view', 'users.manage'), /자기에게 없는 권한/);
  for (const code of ['admin', lead.code]) {
    const role = await roleOf(code);
    await assert.rejects(
      choosePermissions(ctx, permissions, role.id, new Set(), stampOf(role)),
      /관리자 역할은|자기 역할은/,
    );
  }
  await assert.rejects(
    copyRole(ctx, permissions, (await roleOf('admin')).id, '관리자 2'),
    /자기에게 없는 권한/,
  );
  const [first, second]: number[] = await office.runtime.db('channels').orderBy('id').limit(2).pluck('id');
  await setRoleScope(office.ctx(), id, 'chosen', [second!]);
  const narrow = {
    ...office.runtime.ctxFor(await actorOf(office.ctx(), { id: userId, name: '오팀장' }, modules)),
    permissions,
  };
  await assert.rejects(setRoleScope(narrow, crew.id, 'chosen', [first!]), /맡지 않은 채널/);
  await assert.rejects(setUserScope(narrow, cast.store.id, 'chosen', [first!]), /맡지 않은 채널/);
  assert.equal((await roleOf('crew')).scope, 'all');
});

test('an administrator changes a role by ticking boxes, and sees what differs from the default', async () => {
  await using browser = await openBrowser();
  const page = await openPage(browser, office, { role: 'admin' });
  const role = await roleOf('crew');
  await page.goto(`/roles/${role.id}`);
  const box = page.getByRole('checkbox', { name: '배송 발송처리' });
  await box.check();
  await page.getByText('더함').filter({ visible: true }).waitFor();
  await page.getByRole('button', { name: '권한 저장' }).click();
  await page.getByText('권한을 저장했습니다').waitFor();
  assert.ok(await box.isChecked());
  await page.getByRole('button', { name: '기본값으로 되돌리기' }).click();
  await page.getByRole('button', { name: '되돌리기', exact: true }).click();
  await page.getByText('권한을 기본값으로 되돌렸습니다').waitFor();
  assert.equal(await box.isChecked(), false);

  await page.goto(`/users/${cast.store.id}/scope`);
  assert.equal(await page.getByLabel('쿠팡').isVisible(), false);
  await page.getByLabel('고른 채널만').check();
  await page.getByLabel('쿠팡').check();
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('맡은 채널을 저장했습니다').waitFor();
  assert.ok(await page.getByLabel('쿠팡').isChecked());
  await page.goto('/roles');
  assert.equal(await page.locator('.rights-cell.is-changed').count(), 1); // 팀장 may edit roles
});

test('the command line prints who may open which page, as roles are set here', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run(['rights', '--json'], {
    config: office.config,
    stdin: Readable.from([]),
    stdout,
    stderr,
  });
  assert.equal(code, 0);
  stdout.end();
  const { routes, roles } = JSON.parse(await text(stdout));
  const held = routes.find((route: { path: string }) => route.path === '/orders/hold');
  assert.ok(held.roles.includes('office') && !held.roles.includes('crew'), JSON.stringify(held));
  assert.ok(roles.some(({ name }: { name: string }) => name === '팀장'));
});

test('who manages users without being an administrator gives no wider role than their own, and no way into a wider account', async () => {
  const { db } = office.runtime;
  const role = async (name: string, ...more: string[]) => {
    const id = await copyRole(office.ctx(), permissions, (await roleOf('office')).id, name);
    await db('role_permissions').insert(more.map((permission) => ({ role_id: id, permission, granted: 1 })));
    return findRole(office.ctx(), id);
  };
  const own = await role('총무', 'users.manage');
  const wider = await role('감사', 'imports.original');
  const hire = (login: string, code: string) =>
    createUser(office.ctx(), { login, name: login, role: code, password: castPassword });
  const [me, auditor, clerk] = [
    await hire('chongmu', own.code),
    await hire('gamsa', wider.code),
    await hire('samu', 'office'),
  ];
  const client = createClient(office.url);
  await client.post('/sign-in', { login: 'chongmu', password: castPassword });

  const invite = (login: string, code: string) => client.post('/users', { login, name: '신입', role: code });
  assert.equal((await invite('new1', 'office')).status, 303);
  const refused = await invite('new2', wider.code);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /‘감사’은\(는\) 자기보다 할 수 있는 일이 많은 역할이라 줄 수 없습니다/);
  assert.match((await invite('new2', 'admin')).text, /관리자만 할 수 있습니다/);
  assert.equal((await client.post(`/users/${clerk}`, { name: '김사무', role: wider.code })).status, 422);
  assert.equal((await client.post(`/users/${clerk}`, { name: '김사무', role: own.code })).status, 303);
  for (const act of ['link', 'disable', 'unlock'])
    assert.equal((await client.post(`/users/${auditor}/${act}`)).status, 409, act);
  assert.equal((await client.post(`/users/${auditor}`, { name: '바뀐 이름', role: wider.code })).status, 409);

  // with some channels of all: nobody who works with others
  const [first, second]: number[] = await db('channels').orderBy('id').limit(2).pluck('id');
  await setRoleScope(office.ctx(), own.id, 'chosen', [first!]);
  assert.equal((await invite('new3', 'office')).status, 422);
  assert.equal((await invite('new4', own.code)).status, 303);
  const stranger = await hire('other', 'office');
  await setUserScope(office.ctx(), stranger, 'chosen', [second!]);
  assert.equal((await client.post(`/users/${stranger}/link`)).status, 409);
  await setUserScope(office.ctx(), stranger, 'chosen', [first!]);
  assert.equal((await client.post(`/users/${stranger}/link`)).status, 303);
  assert.equal((await client.get(`/users/${me}`)).status, 200);
});
