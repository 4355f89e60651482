import { recordAccess } from '#lib/access.ts';
import { snapshot } from '#lib/batches.ts';
import { insertMany, putMany } from '#lib/bulk.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { unmasked } from '#lib/sight.ts';
import { publicId } from '#lib/versions.ts';
import { writeOldTextSheet } from '#lib/xlsx/old-text-sheet.ts';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { canDispatch, lockLinesById } from '#orders';
import { cleanPostcode } from '#regions';
import { findCourier, type Template } from './known/index.ts';
import { isUnaddressed, type Parcel, type ParcelFilter, waitingParcels } from './parcels.ts';
import { findRun, type RunParcel, runParcels } from './runs.ts';
import { type SheetParcel, sheetRow } from './sheet.rules.ts';
import { needsSender, readSender, readTemplate } from './templates.ts';

/** What the clerk asks for: parcels by the ids of their first lines, as the list shows them. */
export interface SheetRequest {
  courier: string;
  parcelIds: readonly number[];
  /** By parcel; one box where nothing is said. */
  boxes: ReadonlyMap<number, number>;
  /** Parcels that stand in a sheet already go into another on purpose. */
  again: boolean;
  reason: string;
  filter: ParcelFilter;
}

/**
 * Makes a sheet for a courier and keeps which lines stand in it; returns the run's id. Throws `Refusal` when a parcel
 * is gone, or stands in a sheet already and was not meant to go again: two people at once make one sheet of it.
 */
export async function makeSheet(ctx: Ctx, request: SheetRequest): Promise<number> {
  refuseWithoutPeople(ctx);
  const courier = findCourier(request.courier);
  const { template } = await readTemplate(ctx, courier);
  await refuseWithoutSender(ctx, template);
  return transaction(ctx, async (tx) => {
    const parcels = await chosenParcels(tx, request);
    await lockUnsent(tx, parcels, request.again);

    const boxes = (parcel: Parcel) => request.boxes.get(parcel.id) ?? 1;
    const counts = {
      parcel_count: parcels.length,
      line_count: parcels.reduce((sum, { lines }) => sum + lines.length, 0),
      box_count: parcels.reduce((sum, parcel) => sum + boxes(parcel), 0),
      again_count: parcels.filter(({ sent }) => sent).length,
    };
    const [runId] = await tx.db('courier_runs').insert({
      courier: courier.code,
      template_json: JSON.stringify(template),
      filter_json: JSON.stringify(request.filter),
      ...counts,
      reason: request.reason,
      made_by: tx.actor.id,
      made_by_name: tx.actor.name,
      made_at: tx.now(),
    });
    const ids = await insertMany(
      tx,
      'courier_parcels',
      parcels.map((parcel, position) => ({
        run_id: runId,
        position,
        channel_id: parcel.channelId,
        boxes: boxes(parcel),
        again: parcel.sent ? 1 : 0,
      })),
    );
    await putMany(
      tx,
      'courier_parcel_lines',
      parcels.flatMap(({ lines }, at) =>
        lines.map(({ channel_id, line_no }) => ({ parcel_id: ids[at], channel_id, line_no })),
      ),
    );
    await record(tx, 'couriers.sheet_made', 'courier_run', runId!, {
      courier: courier.code,
      filter: request.filter,
      ...counts,
      reason: request.reason,
    });
    return runId!;
  });
}

/** A courier finds nobody by a masked address. */
function refuseWithoutPeople(ctx: Ctx): void {
  if (!may(ctx, 'orders.personal'))
    throw new Refusal(
      '택배 파일에는 받는 분의 이름과 주소가 들어갑니다. 이를 볼 권한이 있는 사람이 만들어 주세요.',
    );
}

async function refuseWithoutSender(ctx: Ctx, template: Template): Promise<void> {
  if (!needsSender(template)) return;
  const { name, phone, address } = await readSender(ctx);
  if (!name || !phone || !address) {
    throw new Refusal('이 양식에는 보내는 분이 들어갑니다. 택배 양식에서 보내는 분을 먼저 적어 주세요.');
  }
}

async function chosenParcels(tx: Ctx, { parcelIds, filter }: SheetRequest): Promise<Parcel[]> {
  const { parcels } = await snapshot(tx, (snap) => waitingParcels(snap, filter));
  const chosen = parcels.filter(({ id }) => parcelIds.includes(id));
  if (chosen.length < new Set(parcelIds).size)
    throw new Refusal('고른 택배 가운데 지금은 없는 것이 있습니다. 목록을 새로 열어 주세요.');
  const nowhere = chosen.filter(isUnaddressed);
  if (nowhere.length > 0) {
    throw new Refusal(
      `받는 분이나 주소가 아직 없는 택배가 있습니다(${named(nowhere)}). 몰에서 배송지를 받은 뒤에 보내 주세요.`,
    );
  }
  return chosen;
}

/** Who holds the lines makes the sheet; whoever waited for them finds them sent. */
async function lockUnsent(tx: Ctx, parcels: readonly Parcel[], again: boolean): Promise<void> {
  const lines = parcels.flatMap((parcel) => parcel.lines);
  const locked = await lockLinesById(tx, lines.map(publicId));
  if (locked.some((line) => !canDispatch(line.status) || line.method !== 'courier'))
    throw new Refusal('고른 택배 가운데 그사이 바뀐 것이 있습니다. 목록을 새로 열어 주세요.');

  const standing: { channel_id: number; line_no: string; parcel_id: number }[] = await tx
    .db('courier_parcel_lines')
    .whereIn(
      'line_no',
      lines.map((line) => line.line_no),
    )
    .forUpdate();
  const newest = (line: { channel_id: number; line_no: string }) =>
    standing
      .filter((known) => known.line_no === line.line_no && known.channel_id === line.channel_id)
      .reduce((last, known) => Math.max(last, known.parcel_id), 0);
  const sent = parcels.filter((parcel) => parcel.lines.some((line) => newest(line) > 0));
  const sentSince = sent.filter((parcel) =>
    parcel.lines.some((line) => newest(line) !== (parcel.sent?.parcel_id ?? 0)),
  );
  if (sentSince.length > 0)
    throw new Refusal(
      `그사이 다른 파일에 담긴 택배가 있습니다(${named(sentSince)}). 목록을 새로 열어 주세요.`,
    );
  if (sent.length > 0 && !again) {
    throw new Refusal(
      `이미 보낸 택배가 있습니다(${named(sent)}). 다시 보내려면 ‘이미 보낸 것도 다시 담기’를 켜 주세요.`,
    );
  }
}

function named(parcels: readonly Parcel[]): string {
  const names = parcels.slice(0, 5).map(({ lines }) => lines[0]!.order_no);
  return names.join(', ') + (parcels.length > 5 ? ` 외 ${parcels.length - 5}건` : '');
}

/**
 * Writes the sheet of a run to `path`; a parcel whose lines have all gone meanwhile is left out. Names and addresses
 * are those of now. Returns the number of rows.
 */
export async function writeRunSheet(ctx: Ctx, runId: number, path: string): Promise<number> {
  refuseWithoutPeople(ctx);
  const run = await findRun(ctx, runId);
  const template = JSON.parse(run.template_json) as Template;
  const sender = await readSender(ctx);
  const parcels = (await runParcels(unmasked(ctx), runId)).filter(({ lines }) => lines.length > 0);
  const rows = parcels.map((parcel) =>
    sheetRow(template, toSheet(parcel), { sender, today: day(ctx.now()) }),
  );
  const write = template.container === 'xls' ? writeOldTextSheet : writeTextSheet;
  await write(
    path,
    'Sheet1',
    template.columns.map(({ title }) => title),
    rows,
  );
  await transaction(ctx, async (tx) => {
    await record(tx, 'couriers.sheet_taken', 'courier_run', runId, {
      parcels: rows.length,
      reason: run.reason,
    });
    await recordAccess(tx, {
      kind: 'export',
      subject: { type: 'courier_run', id: runId },
      subjects: { type: 'order', ids: parcels.flatMap(({ lines }) => lines.map((line) => line.order_id)) },
      people: rows.length,
      detail: '택배 접수 파일',
      reason: run.reason,
    });
  });
  return rows.length;
}

function toSheet({ id, boxes, channel, lines }: RunParcel): SheetParcel {
  const [first] = lines;
  const memos = [...new Set(lines.map((line) => line.memo).filter((memo) => memo !== ''))];
  return {
    id,
    boxes,
    channel,
    name: first!.recipient_name,
    phone: first!.recipient_phone,
    phone2: first!.recipient_phone2,
    postcode: first!.region.postcode || cleanPostcode(first!.postcode),
    address: [first!.address, first!.address_detail].filter((part) => part !== '').join(' '),
    memo: memos.join(' / '),
    buyer: first!.buyer_name,
    orderNos: [...new Set(lines.map((line) => line.order_no))],
    items: lines.map(({ product, option, quantity }) => ({ product, option, quantity })),
  };
}
