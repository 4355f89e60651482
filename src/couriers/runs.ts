import { type Snapshot, snapshot } from '#lib/batches.ts';
import { beyondScope, type Ctx, may } from '#lib/ctx.ts';
import { addDays } from '#lib/dates.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { type ShownLine, showLines, visibleLines } from '#orders';
import type { RunRow } from './tables.ts';

export const runList: ListDefinition = {
  sorts: ['made_at'],
  defaultSort: { key: 'made_at', dir: 'desc' },
};

/** The sheets the actor may see: those that hold parcels of the actor's channels only. */
function visibleRuns(ctx: Ctx) {
  const query = ctx.db('courier_runs');
  if (!may(ctx, 'couriers.sheets')) return query.whereRaw('1 = 0');
  if (ctx.actor.scope === 'all') return query;
  const others = ctx
    .db('courier_parcels')
    .whereRaw('courier_parcels.run_id = courier_runs.id')
    .select(ctx.db.raw('1'));
  return query.whereNotExists(beyondScope(others, ctx, 'courier_parcels.channel_id'));
}

export async function findRun(ctx: Ctx, id: number): Promise<RunRow> {
  const run: RunRow | undefined = await visibleRuns(ctx).where({ id }).first();
  if (!run) throw new NotFound('없는 택배 파일입니다.');
  return run;
}

const likely = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

export async function listRuns(
  ctx: Ctx,
  asked: ListQuery,
): Promise<{ runs: RunRow[]; total: number; query: ListQuery }> {
  const filtered = () => {
    const query = visibleRuns(ctx);
    if (asked.q) {
      query.where((either) =>
        either.where('reason', 'like', likely(asked.q)).orWhere('made_by_name', 'like', likely(asked.q)),
      );
    }
    if (asked.from) query.where('made_at', '>=', asked.from);
    if (asked.to) query.where('made_at', '<', addDays(asked.to, 1));
    return query;
  };
  const total = Number((await filtered().count({ n: '*' }).first())?.n ?? 0);
  const query = withinTotal(asked, total);
  const runs: RunRow[] = await filtered().orderBy('id', query.dir).limit(query.size).offset(offsetOf(query));
  return { runs, total, query };
}

/** A parcel of a sheet with its lines as they stand now; lines that are gone are left out. */
export interface RunParcel {
  id: number;
  boxes: number;
  again: 0 | 1;
  channel: string;
  lines: ShownLine[];
}

export async function runParcels(ctx: Ctx, runId: number): Promise<RunParcel[]> {
  return snapshot(ctx, async (snap) => {
    const parcels: { id: number; boxes: number; again: 0 | 1; channel: string }[] = await snap
      .db('courier_parcels as parcel')
      .leftJoin('channels', 'channels.id', 'parcel.channel_id')
      .where({ run_id: runId })
      .orderBy('position')
      .select('parcel.id', 'parcel.boxes', 'parcel.again', { channel: 'channels.name' });
    const lines = await linesOfParcels(
      snap,
      parcels.map(({ id }) => id),
    );
    return parcels.map((parcel) => ({ ...parcel, lines: lines.get(parcel.id) ?? [] }));
  });
}

async function linesOfParcels(
  snap: Snapshot,
  parcelIds: readonly number[],
): Promise<Map<number, ShownLine[]>> {
  const found: { parcelId: number; rowId: number }[] = [];
  for (let at = 0; at < parcelIds.length; at += 500) {
    const kept: { parcel_id: number; channel_id: number; line_no: string }[] = await snap
      .db('courier_parcel_lines')
      .whereIn('parcel_id', parcelIds.slice(at, at + 500))
      .orderBy(['parcel_id', 'line_no']);
    const rows: { id: number; channel_id: number; line_no: string }[] = await visibleLines(snap)
      .whereIn(
        'order_lines.line_no',
        kept.map((line) => line.line_no),
      )
      .select('order_lines.id', 'order_lines.channel_id', 'order_lines.line_no');
    const ids = new Map(rows.map((row) => [`${row.channel_id}/${row.line_no}`, row.id]));
    for (const line of kept) {
      const rowId = ids.get(`${line.channel_id}/${line.line_no}`);
      if (rowId !== undefined) found.push({ parcelId: line.parcel_id, rowId });
    }
  }
  const shown = await showLines(
    snap,
    found.map(({ rowId }) => rowId),
  );
  const byParcel = new Map<number, ShownLine[]>();
  for (const [at, { parcelId }] of found.entries())
    byParcel.set(parcelId, [...(byParcel.get(parcelId) ?? []), shown[at]!]);
  return byParcel;
}
