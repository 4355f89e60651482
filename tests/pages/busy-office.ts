import { writeFile } from 'node:fs/promises';
import { setUserScope } from '#accounts';
import { findChannelByCode } from '#channels';
import { holdLines, releaseLines } from '#orders';
import { enterStoreOrder } from '#stores';
import type { Cells, FileOptions } from '../../seeds/smartstore-file.ts';
import { writers } from '../../src/channels/jobs.ts';
import { readImport } from '../../src/channels/reading.ts';
import { readerHere } from '../../src/channels/reading-kept-file.ts';
import { receiveFile } from '../../src/channels/receiving.ts';
import { requestUndo, undoImport } from '../../src/channels/undoing.ts';
import { shopRows, shopSales } from '../channels/partner-shop.ts';
import { aPartner } from '../partners/partners-office.ts';
import { aForm, aStore } from '../stores/forms.ts';
import { aSmartStoreFile, importLines, someLines } from '../support/imports.ts';
import { xlsxOf } from '../support/malls/twins.ts';
import { cast, type Office, openOffice } from '../support/office.ts';
import { openFolder } from '../xlsx/folder.ts';

/** An office in the middle of its day: something stands on every page, and an import in every state. */
export async function openBusyOffice(): Promise<Office> {
  const office = await openOffice();
  try {
    await importSomeFiles(office);
    await orderFromPartner(office);
    await takeDownAnOrder(office);
    await workOnDeliveries(office);
    await downloadSome(office);
    return office;
  } catch (error) {
    await office[Symbol.asyncDispose]();
    throw error;
  }
}

async function importSomeFiles(office: Office): Promise<void> {
  const ctx = office.ctx('office');
  await importLines(ctx, someLines(24, '2026-11-08 09:00:00'), { tweak: misplaceSome });
  const undone = await importLines(ctx, someLines(5, undefined, 2));
  await requestUndo(ctx, undone.importId, false);
  await undoImport(ctx, undone.importId, writers, () => {});

  await leaveUnread(office, { password: '2026' });
  await leaveUnread(office, { without: ['상품주문번호'] });
  await leaveUnmapped(office);
  await receive(office, {});
  await importLines(ctx, someLines(24, '2026-11-12 09:00:00'), { apply: false, tweak: spoilSome });
}

/** Rows the postal code says nothing, or something else, about. */
function misplaceSome(cells: Cells, index: number): Cells {
  if (index % 20 === 3) return { ...cells, 우편번호: '135-080' };
  if (index % 20 === 7) return { ...cells, 우편번호: '63309' };
  return cells;
}

function spoilSome(cells: Cells, index: number): Cells {
  if (index === 2) return { ...cells, 주문상태: '배송보류중' };
  if (index === 5) return { ...cells, 배송메세지: '<b>문 앞</b> =1+1' };
  return cells;
}

/** A file of a shop nobody has seen before. */
async function leaveUnmapped(office: Office): Promise<void> {
  await using folder = await openFolder();
  const path = folder.file('shop.xlsx');
  await writeFile(path, xlsxOf([{ name: '주문', rows: shopRows(shopSales(12, 71)) }]));
  const ctx = office.ctx('office');
  const id = await receiveFile(ctx, undefined, { name: '가구공방.xlsx', path });
  await readImport(ctx, id, () => {}, readerHere(ctx));
}

async function receive(office: Office, options: FileOptions): Promise<number> {
  const ctx = office.ctx('office');
  await using file = await aSmartStoreFile(someLines(3), options);
  return await receiveFile(ctx, await findChannelByCode(ctx, 'smartstore'), {
    name: '주문.xlsx',
    path: file.path,
  });
}

async function leaveUnread(office: Office, options: FileOptions): Promise<void> {
  const ctx = office.ctx('office');
  await readImport(ctx, await receive(office, options), () => {}, readerHere(ctx));
}

async function takeDownAnOrder(office: Office): Promise<void> {
  const storeId = await aStore(office);
  await enterStoreOrder(office.ctx('office'), aForm(storeId));
  const store = await office.runtime.db('stores').where({ id: storeId }).first('channel_id');
  await setUserScope(office.ctx(), cast.store.id, 'chosen', [store.channel_id]);
}

/** A sheet, a supplement that was taken back, something that changed since, and something that waits. */
async function orderFromPartner(office: Office): Promise<void> {
  const { db } = office.runtime;
  const products: string[] = await db('products').distinct().pluck('name');
  const partner = await aPartner(office, { products });
  const client = await office.as('office');
  const waiting: number[] = await db('order_lines')
    .where({ status: 'acknowledged' })
    .orderBy('id')
    .pluck('id');
  const [kept, changed] = waiting;
  await holdLines(office.ctx('office'), [kept!], '확인');
  await client.post(`/partners/${partner}/sheets`, { scope: 'waiting' });
  await releaseLines(office.ctx('office'), [kept!]);
  await client.post(`/partners/${partner}/sheets`, { scope: 'supplement' });
  await client.post('/partners/sheets/2/undo');
  await db('order_lines').where({ id: changed! }).update({ memo: '<i>바뀜</i>' });
}

async function workOnDeliveries(office: Office): Promise<void> {
  const client = await office.as('office');
  await client.post('/deliveries/print', { state: 'all' });
  const open: number[] = await office.runtime
    .db('deliveries')
    .where({ state: 'waiting' })
    .limit(3)
    .pluck('id');
  await client.post('/deliveries/dispatch', { ids: open });
  const admin = await office.as('admin');
  await admin.post('/regions/change', {
    from: '06236',
    to: '06236',
    sido: '서울특별시',
    sigungu: '서초구',
    effective: '2026-11-01',
  });
}

/** A file that can be fetched, one that waits, and one that failed. */
async function downloadSome(office: Office): Promise<void> {
  for (const role of ['office', 'admin'] as const) {
    const client = await office.as(role);
    for (let at = 0; at < 3; at++) {
      await client.post('/downloads/new/orders', { columns: ['line_no', 'memo'], reason: '시험 자료입니다' });
    }
  }
  const { db } = office.runtime;
  await db('downloads').whereRaw('id % 3 = 1').update({ state: 'waiting' });
  await db('downloads')
    .whereRaw('id % 3 = 2')
    .update({ state: 'failed', failure: '15분 안에 다 만들지 못했습니다.' });
}
