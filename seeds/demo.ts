import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser, findUserByLogin, permissionsByRole, setPublicPassword, setUserScope } from '#accounts';
import { findChannelByCode, importFile } from '#channels';
import { refreshDeliveries } from '#deliveries';
import { readConfig } from '#lib/config.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { addDays, day } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { listEvents, record } from '#lib/events.ts';
import type { Role } from '#lib/module.ts';
import { openRuntime } from '#lib/runtime.ts';
import { unmasked } from '#lib/sight.ts';
import { canDispatch, type LineRow, markDispatched } from '#orders';
import { addStore, listStores } from '#stores';
import { writers } from '../src/channels/jobs.ts';
import { modules } from '../src/modules.ts';
import { sendByCourier } from './demo-couriers.ts';
import { importOtherMalls } from './demo-malls.ts';
import { buyFromPartners } from './demo-partners.ts';
import { sellInStores } from './demo-store-orders.ts';
import {
  type FileOptions,
  type LineOptions,
  type SmartStoreLine,
  smartStoreLines,
  writeSmartStoreFile,
} from './smartstore-file.ts';

/** Three weeks of a made-up shop, brought in by the real importer from files like the mall's. */
const people: { login: string; name: string; role: Role }[] = [
  { login: 'admin', name: '이대표', role: 'admin' },
  { login: 'office', name: '김하나', role: 'office' },
  { login: 'delivery', name: '박기사', role: 'delivery' },
  { login: 'crew', name: '최기사', role: 'crew' },
  { login: 'store', name: '정매니저', role: 'store' },
];
const password = 'moa-demo-2026';
const filePassword = '2026';

const runtime = await openRuntime(readConfig(process.env), 'demo');
try {
  const ctx = runtime.ctxFor(systemActor);
  if (await isWanted(ctx)) await loadDemo(ctx);
} finally {
  await runtime.close();
}

/** An installation without users gets the demo; one that was interrupted is finished. */
async function isWanted(ctx: Ctx): Promise<boolean> {
  if (!(await ctx.db('users').first('id'))) return true;
  const marks = (await listEvents(ctx, 'demo', 1)).map((event) => event.name);
  return marks.includes('demo.started') && !marks.includes('demo.finished');
}

async function loadDemo(ctx: Ctx): Promise<void> {
  await transaction(ctx, (tx) => record(tx, 'demo.started', 'demo', 1));
  const present: string[] = await ctx.db('users').pluck('login');
  for (const person of people) {
    if (!present.includes(person.login)) await hire(ctx, person);
  }
  const office = await actorOf(ctx, 'office');
  const folder = await mkdtemp(join(tmpdir(), 'moa-demo-'));
  try {
    await importThreeWeeks(office, folder);
    await importOtherMalls(office, folder);
    await sendByCourier(office, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await sendSomeByHand(office);
  await openStores(ctx);
  await staffStore(ctx);
  await sellInStores(office, await listStores(ctx));
  await nameSomeOptions(office);
  await buyFromPartners(office);
  await transaction(ctx, (tx) => record(tx, 'demo.finished', 'demo', 1));
}

/** Their password stands on the terminal of whoever starts the demo. */
async function hire(ctx: Ctx, person: (typeof people)[number]): Promise<void> {
  await transaction(ctx, async (tx) => setPublicPassword(tx, await createUser(tx, person), password));
}

async function actorOf(ctx: Ctx, login: string): Promise<Ctx> {
  const user: { id: number; name: string } = await ctx.db('users').where({ login }).first('id', 'name');
  return unmasked({
    ...ctx,
    actor: { ...systemActor, id: user.id, name: user.name, permissions: permissionsByRole(modules).office },
  });
}

/** One download every few days: each shows new orders, and the earlier ones further on their way. */
async function importThreeWeeks(ctx: Ctx, folder: string): Promise<void> {
  const today = day(ctx.now());
  const from = addDays(today, -20);
  const shop: LineOptions = { orders: 600, from, days: 21 };
  const downloads: { after: number; hour: string; file: FileOptions; apply: boolean }[] = [
    { after: 5, hour: '08:50', file: {}, apply: true },
    { after: 9, hour: '08:52', file: { password: filePassword }, apply: true },
    { after: 13, hour: '08:47', file: { columns: 64, resaved: true }, apply: true },
    { after: 16, hour: '08:55', file: {}, apply: true },
    { after: 18, hour: '17:10', file: { shuffled: 7 }, apply: true },
    { after: 20, hour: '00:10', file: { tweak: spoilSomeRows }, apply: true },
    { after: 20, hour: '08:50', file: {}, apply: false },
  ];
  const channel = await findChannelByCode(ctx, 'smartstore');
  for (const { after, hour, file, apply } of downloads) {
    const date = addDays(from, after);
    const name = `스마트스토어_전체주문발주발송관리_${date.replaceAll('-', '')}_${hour.replace(':', '')}.xlsx`;
    await writeSmartStoreFile(
      join(folder, name),
      withOddAddresses(smartStoreLines({ ...shop, asOf: `${date} ${hour}:00` })),
      file,
    );
    await importFile({ ...ctx, now: () => momentOf(date, hour) }, channel, {
      file: { name, path: join(folder, name) },
      password: file.password,
      apply,
      writers,
      progress: () => {},
    });
  }
}

/** When the file was brought in: at its own hour, but never later than now. */
function momentOf(date: string, hour: string): Date {
  return new Date(Math.min(new Date(`${date}T${hour}:00+09:00`).getTime(), Date.now()));
}

/** Some people write their address in ways a machine cannot follow; the same ones in every download. */
function* withOddAddresses(lines: Iterable<SmartStoreLine>): Generator<SmartStoreLine> {
  const odd: Record<string, Partial<SmartStoreLine>> = {
    '17': { 우편번호: '135-080' },
    '33': { 우편번호: '99999' },
    '52': { 우편번호: '48058' },
    '71': { 우편번호: '' },
  };
  for (const line of lines) yield { ...line, ...odd[String(line.주문번호).slice(-2)] };
}

/** What goes wrong when people edit a file by hand. */
function spoilSomeRows(cells: Parameters<NonNullable<FileOptions['tweak']>>[0], index: number) {
  if (index === 3) return { ...cells, 상품주문번호: { number: '2.02611E+15' } };
  if (index === 11) return { ...cells, 주문상태: '배송보류중' };
  if (index === 17) return { ...cells, 결제일: '2026/02/30 10:00' };
  if (index === 29) return { ...cells, 수취인명: '' };
  if (index === 37) return { ...cells, 배송메세지: '=HYPERLINK("http://example.com","여기")' };
  return cells;
}

/** Two stores of our own; one that was interrupted finds them there. */
async function openStores(ctx: Ctx): Promise<void> {
  const known = (await listStores(ctx)).map((store) => store.prefix);
  const stores = [
    { prefix: 'GN', name: '강남점', phone: '025550123', address: '서울특별시 강남구 테헤란로 152 1층' },
    { prefix: 'BD', name: '분당점', phone: '0317000123', address: '경기도 성남시 분당구 판교역로 235 1층' },
  ];
  for (const store of stores) if (!known.includes(store.prefix)) await addStore(ctx, store);
}

/** The manager of the first store sees the orders of that store. */
async function staffStore(ctx: Ctx): Promise<void> {
  const gangnam = (await listStores(ctx)).find(({ prefix }) => prefix === 'GN')!;
  const manager = await findUserByLogin(ctx, 'store');
  await setUserScope(ctx, manager.id, 'chosen', [gangnam.channel_id]);
}

async function sendSomeByHand(ctx: Ctx): Promise<void> {
  const lines: LineRow[] = await ctx
    .db('order_lines')
    .where({ status: 'acknowledged', method: 'direct' })
    .orderBy('id')
    .limit(30);
  const ids = lines.filter((line) => canDispatch(line.status)).map((line) => line.id);
  await transaction(ctx, async (tx) => {
    const sent = await markDispatched(tx, ids, { method: 'direct', courier: '', trackingNo: '' });
    await refreshDeliveries(
      tx,
      sent.map((line) => line.delivery_id).filter((id) => id !== null),
    );
  });
}

/** Most options were named long ago; the rest wait in the inbox. */
async function nameSomeOptions(ctx: Ctx): Promise<void> {
  const options: number[] = await ctx.db('options').orderBy('id').pluck('id');
  const known = options.slice(0, Math.floor(options.length * 0.85));
  await ctx.db('options').whereIn('id', known).update({ is_new: 0 });
  await ctx
    .db('products')
    .whereNotIn('id', ctx.db('options').where({ is_new: 1 }).select('product_id'))
    .update({ is_new: 0 });
}
