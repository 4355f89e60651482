import { noteSeen } from '#lib/access.ts';
import { type Snapshot, snapshot } from '#lib/batches.ts';
import { putMany } from '#lib/bulk.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { addDays, day } from '#lib/dates.ts';
import { NotFound } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import { sees } from '#lib/sight.ts';
import { publicId } from '#lib/versions.ts';
import { type LineRow, visibleLines } from '#orders';
import { findCourier } from './known/index.ts';
import { type MatchLine, maskedRow, type PlannedRow, planRows } from './matching.rules.ts';
import { parcelIdsIn } from './parcels.rules.ts';
import type { ReadFile } from './reading.ts';
import type { ResultRow, Told } from './result-file.rules.ts';
import type { ResultFileRow } from './tables.ts';

const purpose = 'courier-result';

export const sealedRows: SealedColumn = {
  table: 'courier_result_rows',
  column: 'told',
  key: ['result_id', 'row_no'],
  purpose,
};
export const resultSizeLimit = 20 * 1024 * 1024;

export const resultList: ListDefinition = {
  sorts: ['made_at'],
  defaultSort: { key: 'made_at', dir: 'desc' },
  filters: { state: ['proposed', 'applied', 'undone', 'discarded'] },
};

/**
 * The results the actor may see. A courier's file names parcels of all channels: whoever works with some of them only
 * sees what they brought in themselves.
 */
function visibleResults(ctx: Ctx) {
  const query = ctx.db('courier_results');
  if (!may(ctx, 'couriers.results')) return query.whereRaw('1 = 0');
  return ctx.actor.scope === 'all' ? query : query.where('courier_results.made_by', ctx.actor.id);
}

export async function findResult(ctx: Ctx, id: number): Promise<ResultFileRow> {
  const row: ResultFileRow | undefined = await visibleResults(ctx).where({ id }).first();
  if (!row) throw new NotFound('없는 송장 결과입니다.');
  return row;
}

export async function lockResult(tx: Ctx, id: number): Promise<ResultFileRow> {
  const row: ResultFileRow | undefined = await visibleResults(tx).where({ id }).forUpdate().first();
  if (!row) throw new NotFound('없는 송장 결과입니다.');
  return row;
}

export async function listResults(
  ctx: Ctx,
  asked: ListQuery,
): Promise<{ results: ResultFileRow[]; total: number; query: ListQuery }> {
  const filtered = () => {
    const query = visibleResults(ctx);
    if (asked.filters.state) query.where({ state: asked.filters.state });
    if (asked.q) query.where('file_name', 'like', `%${asked.q.replace(/[\\%_]/g, '\\$&')}%`);
    if (asked.from) query.where('made_at', '>=', asked.from);
    if (asked.to) query.where('made_at', '<', addDays(asked.to, 1));
    return query;
  };
  const total = Number((await filtered().count({ n: '*' }).first())?.n ?? 0);
  const query = withinTotal(asked, total);
  const results: ResultFileRow[] = await filtered()
    .orderBy('id', query.dir)
    .limit(query.size)
    .offset(offsetOf(query));
  return { results, total, query };
}

/** The same file, taken in before; undefined when this is the first time. */
export async function findEarlier(ctx: Ctx, result: ResultFileRow): Promise<ResultFileRow | undefined> {
  return visibleResults(ctx)
    .where({ file_sha256: result.file_sha256 })
    .where('id', '<', result.id)
    .orderBy('id', 'desc')
    .first();
}

/** A file that somebody uploaded, and its digest. */
export interface ReceivedFile {
  name: string;
  path: string;
  sha256: string;
}

/** Keeps what a courier's file says; no line is touched. Returns the result's id. */
export async function storeResult(
  tx: Ctx,
  file: Pick<ReceivedFile, 'name' | 'sha256'>,
  { courier, rows }: ReadFile,
): Promise<number> {
  const [id] = await tx.db('courier_results').insert({
    courier,
    file_name: file.name.slice(0, 255),
    file_sha256: file.sha256,
    state: 'proposed',
    row_count: rows.length,
    made_by: tx.actor.id,
    made_by_name: tx.actor.name,
    made_at: tx.now(),
  });
  await putMany(
    tx,
    'courier_result_rows',
    rows.map(({ row, told, trackingNo, refused }) => ({
      result_id: id,
      row_no: row,
      told: tx.vault.seal(purpose, Buffer.from(JSON.stringify(told), 'utf8')),
      tracking_no: trackingNo,
      refused: refused?.slice(0, 300) ?? null,
      decision: '',
    })),
  );
  await record(tx, 'couriers.result_received', 'courier_result', id!, {
    courier,
    file: file.name,
    rows: rows.length,
  });
  return id!;
}

/** What is left of a row once its people are destroyed. */
export function blankTold(ctx: Ctx): Buffer {
  const told: Told = { orderNo: '', text: '', name: '', phones: [], address: '', items: '' };
  return ctx.vault.seal(purpose, Buffer.from(JSON.stringify(told), 'utf8'));
}

interface StoredRow {
  row_no: number;
  told: Buffer;
  tracking_no: string;
  refused: string | null;
  decision: string;
}

/** What the file means for our lines as they stand on this snapshot; `said` comes before what was decided earlier. */
export async function planResult(
  snap: Snapshot,
  result: ResultFileRow,
  said: ReadonlyMap<number, string> = new Map(),
): Promise<PlannedRow[]> {
  const stored: StoredRow[] = await snap
    .db('courier_result_rows')
    .where({ result_id: result.id })
    .orderBy('row_no');
  const rows = stored.map(
    (row): ResultRow => ({
      row: row.row_no,
      told: JSON.parse(snap.vault.open(purpose, row.told).toString('utf8')) as Told,
      trackingNo: row.tracking_no,
      ...(row.refused ? { refused: row.refused } : {}),
    }),
  );
  const decisions = new Map(stored.map((row) => [row.row_no, said.get(row.row_no) ?? row.decision]));
  const places = {
    parcels: await linesByParcel(snap, rows),
    byNumber: await linesByNumber(snap, rows),
    byRecipient: await linesByRecipient(snap, rows),
  };
  return planRows(rows, findCourier(result.courier).name, places, decisions);
}

/** The plan as a person may see it: the courier's file names people as well as our own lines do. */
export async function showPlan(ctx: Ctx, result: ResultFileRow): Promise<PlannedRow[]> {
  const plan = await snapshot(ctx, (snap) => planResult(snap, result));
  if (!sees(ctx, 'orders.personal', 'courier_result', result.id)) return plan.map(maskedRow);
  for (const { told } of plan)
    noteSeen(ctx, 'courier_result', result.id, `${told.name} ${told.phones[0] ?? ''}`);
  return plan;
}

const columns = [
  'id',
  'overlay_of',
  'channel_id',
  'line_no',
  'order_id',
  'order_no',
  'bundle_no',
  'status',
  'method',
  'courier',
  'tracking_no',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'address',
  'address_detail',
] as const satisfies readonly (keyof LineRow)[];

function lines(snap: Snapshot) {
  return visibleLines(snap).select(columns.map((column) => `order_lines.${column}`));
}

function known(rows: (MatchLine & { overlay_of: number })[]): MatchLine[] {
  return rows.map((row) => ({ ...row, id: publicId(row) }));
}

interface KeptLine {
  parcel_id: number;
  channel_id: number;
  line_no: string;
}

async function linesByParcel(snap: Snapshot, rows: readonly ResultRow[]): Promise<Map<number, MatchLine[]>> {
  const ids = [...new Set(rows.flatMap(({ told }) => parcelIdsIn(`${told.orderNo} ${told.text}`)))];
  const kept = await inParts<number, KeptLine>(ids, (part) =>
    snap.db('courier_parcel_lines').whereIn('parcel_id', part),
  );
  const found = known(
    await inParts([...new Set(kept.map((line) => line.line_no))], (part) =>
      lines(snap).whereIn('order_lines.line_no', part),
    ),
  );
  const byKey = new Map(found.map((line) => [`${line.channel_id}/${line.line_no}`, line]));
  const parcels = new Map<number, MatchLine[]>();
  for (const line of kept) {
    const own = byKey.get(`${line.channel_id}/${line.line_no}`);
    if (own) parcels.set(line.parcel_id, [...(parcels.get(line.parcel_id) ?? []), own]);
  }
  return parcels;
}

/** Order numbers are ASCII; anything else is none, and the database would not compare it. */
async function linesByNumber(snap: Snapshot, rows: readonly ResultRow[]): Promise<MatchLine[]> {
  const numbers = [...new Set(rows.map(({ told }) => told.orderNo))].filter((no) => /^[\w-]{6,40}$/.test(no));
  const byOrder = await inParts(numbers, (part) =>
    lines(snap).whereIn('order_lines.order_id', snap.db('orders').select('id').whereIn('order_no', part)),
  );
  const byLine = await inParts(numbers, (part) => lines(snap).whereIn('order_lines.line_no', part));
  const all = known([...byOrder, ...byLine]);
  return [...new Map(all.map((line) => [line.id, line])).values()];
}

const daysBack = 120;

/** Who waits for a parcel, or got one lately, by the names in the file. */
async function linesByRecipient(snap: Snapshot, rows: readonly ResultRow[]): Promise<MatchLine[]> {
  const names = [...new Set(rows.map(({ told }) => told.name))].filter((name) => name !== '');
  return known(
    await inParts(names, (part) =>
      lines(snap)
        .whereIn('order_lines.recipient_name', part)
        .where('order_lines.method', 'courier')
        .whereIn('order_lines.status', ['new', 'acknowledged', 'dispatched', 'delivered', 'confirmed'])
        .where('order_lines.ordered_at', '>=', addDays(day(snap.now()), -daysBack)),
    ),
  );
}

type Found = MatchLine & { overlay_of: number };

async function inParts<K, Row = Found>(
  keys: readonly K[],
  read: (part: readonly K[]) => PromiseLike<unknown>,
): Promise<Row[]> {
  const found: Row[] = [];
  for (let at = 0; at < keys.length; at += 500) {
    found.push(...((await read(keys.slice(at, at + 500))) as Row[]));
  }
  return found;
}
