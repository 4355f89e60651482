import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { actorOf, createUser, findUserByLogin, setUserScope } from '#accounts';
import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { readListQuery } from '#lib/lists.ts';
import { unmasked } from '#lib/sight.ts';
import { type ListedRoute, listRoutes } from '#lib/web/route-table.ts';
import { acknowledgeLines, type LineRow } from '#orders';
import { enterStoreOrder } from '#stores';
import { createApp } from '../../src/app.ts';
import { dispatchSource } from '../../src/channels/dispatch/dispatch-source.ts';
import { exportDispatchFile } from '../../src/channels/dispatch/exporting.ts';
import { importList, listImports } from '../../src/channels/import-list.ts';
import { takeOriginal } from '../../src/channels/originals.ts';
import { writeRunSheet } from '../../src/couriers/sheets.ts';
import { deliveryList } from '../../src/deliveries/filter.rules.ts';
import { listDeliveries } from '../../src/deliveries/listing.ts';
import { makeDownload } from '../../src/downloads/making.ts';
import { modules } from '../../src/modules.ts';
import { lineList, listLines } from '../../src/orders/listing.ts';
import { listOptions, optionList } from '../../src/products/queries.ts';
import { openBusyOffice } from '../pages/busy-office.ts';
import { aForm, aStore } from '../stores/forms.ts';
import { type Client, createClient } from '../support/client.ts';
import { castPassword, type Office } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';

let office: Office;
let mine: { channelId: number; orderId: number; orderNo: string };
/** Somebody who may do all there is, for one store; and somebody of that store. */
let manager: Client;
let ctx: Ctx;

before(async () => {
  office = await openBusyOffice();
  const storeId = await aStore(office, 'PS', '판교점');
  const saved = await enterStoreOrder(office.ctx('office'), {
    ...aForm(storeId),
    buyer: { name: '남궁판교', phone: '01077770001', phone2: '' },
  });
  const store = await office.runtime.db('stores').where({ id: storeId }).first();
  mine = { channelId: store.channel_id, orderId: saved.id, orderNo: saved.orderNo };
  await sendParcels();
  await office.runtime.db('channel_words').insert({
    channel_id: (await office.runtime.db('channels').where({ code: 'smartstore' }).first()).id,
    field: 'status',
    word: '배송보류중',
    meaning: 'ignored',
    decided_by_name: '김하나',
    decided_at: new Date(),
  });
  await office.runtime.db('check_runs').insert({ asked_by: 'schedule', started_at: new Date() });
  manager = await somebody('manager', 'own-manager');
  ctx = await contextOf('manager');
});
after(() => office[Symbol.asyncDispose]());

/** A sheet for a courier, and what came back from one. */
async function sendParcels(): Promise<void> {
  const { lines } = await anOrder(office, { lines: [{ method: 'courier', status: 'acknowledged' }] });
  const clerk = await office.as('office');
  await clerk.post('/couriers/sheets', { ids: [lines[0]!.id], send_to: 'cj', reason: '택배 접수' });
  await office.runtime.db('courier_results').insert({
    courier: 'cj',
    file_name: '결과.xlsx',
    file_sha256: '0'.repeat(64),
    state: 'proposed',
    row_count: 0,
    made_by: 2,
    made_by_name: '김하나',
    made_at: new Date(),
  });
  await office.runtime.db('courier_locked_files').insert({
    courier: 'cj',
    file_name: '잠긴 결과 남궁몰래.xlsx',
    file_sha256: '1'.repeat(64),
    made_by: 2,
    made_by_name: '김하나',
    made_at: new Date(),
  });
}

/** With all permissions that an administrator has, and one channel. */
async function somebody(login: string, role: string): Promise<Client> {
  const { db } = office.runtime;
  await db('roles')
    .insert({ code: 'own-manager', name: '점장', based_on: 'admin', scope: 'each' })
    .onConflict('code')
    .ignore();
  const id = await createUser(office.ctx(), { login, name: login, role, password: castPassword });
  await setUserScope(office.ctx(), id, 'chosen', [mine.channelId]);
  const client = createClient(office.url);
  const { status } = await client.post('/sign-in', { login, password: castPassword });
  assert.equal(status, 303);
  return client;
}

async function contextOf(login: string): Promise<Ctx> {
  const user = await findUserByLogin(office.ctx(), login);
  return office.runtime.ctxFor(await actorOf(office.ctx(), user, modules));
}

/** What stands behind `:id` of a route, outside of the store; undefined where ids belong to no channel. */
const others: readonly [under: RegExp, find: () => Promise<number> | undefined][] = [
  [/^\/(stores|orders)\/:id\/(copy|edit|cancel-line)/, () => idOf('orders', { order_no: 'GN' })],
  [/^\/orders\/:id/, () => idOf('order_lines', {}, 'order_id')],
  [/^\/stores\/:id/, () => idOf('stores', { prefix: 'GN' })],
  [/^\/deliveries\/prints\/:id/, () => idOf('print_runs')],
  [/^\/deliveries\/:id/, () => idOf('deliveries')],
  [/^\/imports\/:id\/undo/, () => idOf('imports', { state: 'applied' })],
  [/^\/imports\/:id\/mapping/, () => idOf('imports', { state: 'unmapped' })],
  [/^\/imports\/:id/, () => idOf('imports', { state: 'proposed' })],
  [/^\/channels\/words\/:id/, () => idOf('channel_words')],
  [/^\/channels\/:id/, () => idOf('channels', { code: 'smartstore' })],
  [/^\/couriers\/runs\/:id/, () => idOf('courier_runs')],
  [/^\/couriers\/results\/locked\/:id/, () => idOf('courier_locked_files')],
  [/^\/couriers\/results\/:id/, () => idOf('courier_results')],
  [/^\/partners\/sheets\/:id/, () => idOf('partner_sheets')],
  [/^\/downloads\/:id/, () => idOf('downloads')],
  [/^\/admin\/checks\/:id/, () => idOf('check_runs')],
  // people, roles, partners and postal codes are of no channel
  [/^\/(users|roles|partners|regions)\//, () => undefined],
];

async function idOf(table: string, where: Record<string, string> = {}, column = 'id'): Promise<number> {
  const rows = office.runtime.db(table).orderBy('id');
  if (where.order_no) rows.where('order_no', 'like', `${where.order_no}-%`);
  else rows.where(where);
  const row = await rows.first({ id: column });
  assert.ok(row, `nothing stands in ${table}`);
  return row.id;
}

function routesWithIds(): ListedRoute[] {
  const routes = listRoutes(createApp(office.runtime, modules).app);
  return routes.filter(({ path }) => path.includes('/:id'));
}

// what forms ask for before they look at what they are about
const filledIn = { method: 'courier', meaning: 'ignored', reason: '확인합니다' };

test('ids of another channel are not found, whatever one does with them', async () => {
  const admin = await office.as('admin');
  let tried = 0;
  for (const route of routesWithIds().filter(({ path }) => !path.startsWith('/personal'))) {
    const known = others.find(([under]) => under.test(route.path));
    assert.ok(known, `${route.path} is not known here: say whether its ids belong to a channel`);
    const id = await known[1]();
    if (id === undefined) continue;
    const address = route.path.replace(':id', String(id));
    const { status } =
      route.method === 'GET' ? await manager.get(address) : await manager.post(address, filledIn);
    assert.equal(status, 404, `${route.method} ${address}`);
    if (route.method === 'GET')
      assert.notEqual((await admin.get(address)).status, 404, `${address} is there for others`);
    tried += 1;
  }
  assert.ok(tried > 35, `${tried}`);
  const somebodys = { order: await idOf('order_lines', {}, 'order_id'), delivery: await idOf('deliveries') };
  for (const [type, id] of Object.entries(somebodys))
    assert.equal((await manager.post(`/personal/reveal/${type}/${id}`)).status, 404, type);
});

test('ids of another channel in a form change nothing', async () => {
  const lines: LineRow[] = await office.runtime
    .db('order_lines')
    .whereIn('status', ['new', 'acknowledged'])
    .whereNot({ channel_id: mine.channelId })
    .orderBy('id')
    .limit(4);
  const ids = lines.map(({ id }) => id);
  const deliveryIds = lines.flatMap(({ delivery_id }) => delivery_id ?? []);
  assert.ok(deliveryIds.length > 0);
  const acts: [string, Record<string, string | number[]>][] = [
    ['/orders/acknowledge', { ids }],
    ['/orders/hold', { ids, reason: '확인' }],
    ['/orders/dispatch', { ids }],
    [
      '/orders/courier',
      { ids, courier: 'CJ대한통운', ...Object.fromEntries(ids.map((id) => [`no-${id}`, '123456789012'])) },
    ],
    ['/deliveries/dispatch', { ids: deliveryIds }],
    ['/couriers/sheets', { ids, send_to: 'cj', reason: '택배 접수' }],
  ];
  for (const [path, form] of acts) await manager.post(path, form);
  const afterwards: LineRow[] = await office.runtime.db('order_lines').whereIn('id', ids).orderBy('id');
  assert.deepEqual(
    afterwards.map(({ revision, status }) => [revision, status]),
    lines.map(({ revision, status }) => [revision, status]),
  );
  await assert.rejects(acknowledgeLines(ctx, ids), { name: 'NotFound' });
});

test('lists, tabs and searches hold what is in the channel, and count nothing else', async () => {
  const counted = async (table: string) =>
    Number(
      (await office.runtime.db(table).where({ channel_id: mine.channelId }).count({ n: '*' }).first())?.n,
    );
  const lines = await listLines(ctx, readListQuery({ from: 'all' }, lineList));
  assert.equal(lines.total, await counted('order_lines'));
  assert.deepEqual([...new Set(lines.lines.map(({ order_no }) => order_no))], [mine.orderNo]);
  for (const sort of lineList.sorts) {
    for (const status of ['', 'new'])
      assert.equal(
        (await listLines(ctx, readListQuery({ sort, status }, lineList))).total,
        1,
        `${sort} ${status}`,
      );
  }
  const everybody = await listLines(office.ctx('admin'), readListQuery({}, lineList));
  assert.ok(everybody.total > lines.total);

  const deliveries = await listDeliveries(ctx, readListQuery({ state: 'all' }, deliveryList));
  assert.equal(deliveries.counts.total, await counted('deliveries'));
  for (const sort of deliveryList.sorts) {
    const sorted = await listDeliveries(
      ctx,
      readListQuery({ sort, from: '2026-01-01', to: '2027-12-31' }, deliveryList),
    );
    assert.deepEqual([sorted.counts.total, sorted.deliveries.length], [1, 1], sort);
  }
  const someone = await office.runtime.db('order_lines').whereNot({ channel_id: mine.channelId }).first();
  for (const q of [
    someone.order_no,
    someone.recipient_name,
    someone.recipient_phone.slice(-4),
    someone.postcode,
  ]) {
    const found = await listLines(ctx, readListQuery({ q }, lineList));
    assert.ok(
      found.lines.every(({ order_no }) => order_no === mine.orderNo),
      q,
    );
    const homes = await listDeliveries(ctx, readListQuery({ q, state: 'all' }, deliveryList));
    assert.ok(
      homes.deliveries.every(({ row }) => row.channel_id === mine.channelId),
      q,
    );
  }
  assert.equal((await listImports(ctx, readListQuery({}, importList))).counts.all, 0);
  const options = await listOptions(ctx, readListQuery({}, optionList));
  assert.equal(options.counts.all, await counted('channel_options'));
});

test('no page that takes no id names anything of another channel', async () => {
  const strange: LineRow[] = await office.runtime.db('order_lines').whereNot({ channel_id: mine.channelId });
  const names = [
    ...new Set(
      strange.flatMap(({ order_no, line_no, recipient_name, recipient_phone }) => [
        order_no,
        line_no,
        recipient_name,
        recipient_phone.slice(-8),
      ]),
    ),
    '남궁몰래',
  ].filter((name) => name.length > 2 && name !== '홍길동');
  const pages = listRoutes(createApp(office.runtime, modules).app).filter(
    ({ method, path }) => method === 'GET' && !path.includes(':') && !path.startsWith('/sign-in'),
  );
  for (const { path } of pages) {
    // who works on one channel knows of the people of all, and of what they did
    if (['/access-records', '/users', '/healthz', '/readyz'].includes(path)) continue;
    const { status, text } = await manager.get(path);
    assert.ok(status < 500, `${path} ${status}`);
    const told = names.filter((name) => text.replace(/예: GN이면 \S+/, '').includes(name));
    assert.deepEqual(told, [], path);
  }
});

test('a file holds only what its asker may see when it is made, and is not given out once they may see less', async () => {
  const asked = await manager.post('/downloads/new/orders', {
    columns: ['line_no', 'order_no'],
    reason: '시험 자료입니다',
  });
  const { db } = office.runtime;
  const own = await db('downloads').where({ created_by: ctx.actor.id }).orderBy('id', 'desc').first();
  assert.equal(own.row_count, 1, asked.location);
  assert.deepEqual(JSON.parse(own.scope_json), [mine.channelId]);
  assert.equal((await manager.post(`/downloads/${own.id}/file`)).status, 200);

  // made in the background: by what the person may do then, not by what they might when they asked
  await db('downloads').where({ id: own.id }).update({ state: 'waiting', scope_json: null, row_count: 99 });
  await makeDownload(office.ctx(), own.id, () => {});
  const made = await db('downloads').where({ id: own.id }).first();
  assert.deepEqual([made.state, made.row_count, made.scope_json], ['ready', 1, `[${mine.channelId}]`]);

  const [gangnam] = await db('stores').where({ prefix: 'GN' });
  await setUserScope(office.ctx(), ctx.actor.id!, 'chosen', [gangnam.channel_id]);
  const refused = await manager.post(`/downloads/${own.id}/file`);
  assert.notEqual(refused.status, 200);
  assert.doesNotMatch(refused.headers.get('content-type') ?? '', /spreadsheet/);
  await setUserScope(office.ctx(), ctx.actor.id!, 'chosen', [mine.channelId]);
});

test('no file with people in it is made for somebody who may not know them', async () => {
  const { db } = office.runtime;
  const clerk = office.ctx('office');
  const permissions = new Set([...clerk.actor.permissions].filter((code) => code !== 'orders.personal'));
  const blind: Ctx = { ...clerk, actor: { ...clerk.actor, permissions } };
  const path = join(tmpdir(), `moa-blind-${process.pid}.xlsx`);
  const { id } = await db('courier_runs').first('id');
  await assert.rejects(writeRunSheet(blind, id, path), /이를 볼 권한이 있는 사람/);
  const coupang = await db('channels').where({ code: 'coupang' }).first();
  await assert.rejects(exportDispatchFile(blind, coupang, 'due', path, '시험'), /이를 볼 권한이 있는 사람/);
  const original = {
    ...blind,
    actor: { ...blind.actor, permissions: permissions.union(new Set(['imports.original'])) },
  };
  const imported = await db('imports').where({ state: 'applied' }).first('id');
  await assert.rejects(takeOriginal(original, imported.id, '시험'), /볼 권한이 있는 사람/);

  const [line] = await db('order_lines').where({ status: 'dispatched', mall_report: 'due' }).orderBy('id');
  const query = readListQuery({ channel: 'smartstore' }, dispatchSource.definition);
  const names = await snapshot(unmasked(blind), async (snap) => {
    const rows: unknown[] = [];
    for await (const page of (await dispatchSource.open(snap, query)).pages()) rows.push(...page);
    return JSON.stringify(rows);
  });
  assert.ok(names.includes(line.line_no));
  assert.ok(!names.includes(`"${line.recipient_name}"`), line.recipient_name);
});

test('what a mall calls couriers is said by those who work with that mall', async () => {
  const clerk = await somebody('spelling', 'own-manager');
  const coupang = await office.runtime.db('channels').where({ code: 'coupang' }).first('id');
  await setUserScope(office.ctx(), (await contextOf('spelling')).actor.id!, 'chosen', [coupang.id]);
  const page = await clerk.get('/dispatch/spellings');
  assert.match(page.text, /쿠팡/);
  assert.doesNotMatch(page.text, /스마트스토어/);
  assert.equal((await clerk.get('/dispatch/spellings?mall=smartstore')).status, 404);
  assert.equal((await clerk.post('/dispatch/spellings', { mall: 'smartstore' })).status, 404);
  assert.equal((await manager.get('/dispatch/spellings')).status, 404, 'a store has no mall');
});

test('the staff of a store see their store from the first click, and no other', async () => {
  const clerk = await somebody('pangyo', 'store');
  assert.equal((await clerk.get('/')).location, '/orders');
  assert.match((await clerk.get('/orders')).text, new RegExp(mine.orderNo));
  assert.match((await clerk.get('/orders/new')).text, /판교점/);
  assert.doesNotMatch((await clerk.get('/orders/new')).text, /강남점/);
  assert.equal((await clerk.get(`/orders/${mine.orderId}`)).status, 200);
  const form = aForm((await office.runtime.db('stores').where({ prefix: 'GN' }).first()).id);
  await assert.rejects(enterStoreOrder(await contextOf('pangyo'), form), { name: 'NotFound' });
});

test('the pages of a channel are found along a key that holds the channel, without reading the rows', async () => {
  const { db } = office.runtime;
  const asked: { sql: string; bindings: unknown[] }[] = [];
  const listen = (query: { sql: string; bindings: unknown[] }) => void asked.push(query);
  db.on('query', listen);
  await listLines(ctx, readListQuery({}, lineList));
  await listLines(ctx, readListQuery({ status: 'new', sort: 'recipient' }, lineList));
  await listDeliveries(ctx, readListQuery({}, deliveryList));
  await listDeliveries(ctx, readListQuery({ state: 'all', sort: 'region' }, deliveryList));
  db.removeListener('query', listen);

  const walks = asked.filter(({ sql }) => /force index \(`by_(time|tab)_channel`\)/i.test(sql));
  assert.ok(walks.length >= 5, asked.map(({ sql }) => sql).join('\n'));
  for (const { sql, bindings } of walks) {
    const [[plan]] = await db.raw(`explain ${sql}`, bindings as string[]);
    assert.match(plan.Extra, /Using index|No matching/, `${sql} ${JSON.stringify(plan)}`);
  }
});
