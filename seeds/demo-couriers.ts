import { join } from 'node:path';
import { applyResult, makeSheet, receiveResult } from '#couriers';
import { followLines } from '#deliveries';
import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { parcelNo } from '../src/couriers/parcels.rules.ts';
import { isUnaddressed, waitingParcels } from '../src/couriers/parcels.ts';
import { runParcels } from '../src/couriers/runs.ts';
import { saveSender } from '../src/couriers/templates.ts';
import { cjResultColumns } from './cj-result-columns.ts';

const told = 12;
const applied = 5;

/** One sheet went to a courier; half of its numbers are in, the others wait to be looked through. */
export async function sendByCourier(ctx: Ctx, folder: string): Promise<void> {
  if (await ctx.db('courier_runs').first('id')) return;
  await saveSender(ctx, {
    name: '모아침대 물류',
    phone: '0317001234',
    phone2: '',
    postcode: '13529',
    address: '경기도 성남시 분당구 판교역로 235',
  });
  const filter = { from: '', to: '', channelId: undefined };
  const { parcels } = await snapshot(ctx, (snap) => waitingParcels(snap, filter));
  const runId = await makeSheet(ctx, {
    courier: 'cj',
    parcelIds: parcels
      .filter((parcel) => !parcel.sent && !isUnaddressed(parcel))
      .slice(0, told)
      .map(({ id }) => id),
    boxes: new Map(),
    again: false,
    reason: '택배 접수',
    filter,
  });

  const sent = await runParcels(ctx, runId);
  const rows = sent.map(({ id, lines: [line] }, at) => ({
    고객주문번호: parcelNo(id),
    운송장번호: `6812345${String(10_000 + at * 137)}`,
    받는분: line!.recipient_name,
    받는분전화번호: line!.recipient_phone,
    받는분주소: `${line!.address} ${line!.address_detail}`.trim(),
    상품명: line!.product,
  }));
  const stranger = {
    운송장번호: '681234599999',
    받는분: '표하준',
    받는분전화번호: '01098760011',
    받는분주소: '강원특별자치도 춘천시 중앙로 1',
    상품명: '침대 다리',
  };
  const first = await receive(ctx, join(folder, '운송장_오전.xlsx'), rows.slice(0, applied));
  await applyResult(ctx, first, new Map(), followLines);
  await receive(ctx, join(folder, '운송장_오후.xlsx'), [...rows.slice(applied), stranger]);
}

async function receive(ctx: Ctx, path: string, rows: readonly Record<string, string>[]): Promise<number> {
  const cells = rows.map((row) => cjResultColumns.map((column) => row[column] ?? ''));
  await writeTextSheet(path, 'Sheet1', cjResultColumns, cells);
  const received = await receiveResult(ctx, { name: path.split('/').at(-1)!, path }, 'cj');
  if (!('resultId' in received)) throw new Error(received.reason);
  return received.resultId;
}
