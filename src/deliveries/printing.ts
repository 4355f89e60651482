import { recordAccess } from '#lib/access.ts';
import { type Snapshot, snapshot } from '#lib/batches.ts';
import { nextNumber } from '#lib/counters.ts';
import { beyondScope, type Ctx, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { publicId } from '#lib/versions.ts';
import { type DeliveryFilter, filterInWords } from './filter.rules.ts';
import { listItems } from './items.ts';
import { matching } from './queries.ts';
import { searchDeliveries } from './searching.ts';
import { maskedPrint, type PrintedDelivery, printedDelivery, sheetTotals } from './sheets.rules.ts';
import type { DeliveryRow } from './tables.ts';

export const printLimit = 2000;

/** One print-out with its own number; what it holds never changes. */
export interface PrintRun {
  id: number;
  run_no: number;
  filter: DeliveryFilter;
  delivery_count: number;
  line_count: number;
  item_count: number;
  printed_by_name: string;
  printed_at: Date;
  /** Since when nobody stands on it any more. */
  personal_destroyed_at: Date | null;
}

interface PrintRunRow extends Omit<PrintRun, 'filter'> {
  filter_json: string;
}

/**
 * Freezes the deliveries of the filter as a numbered print run and returns its id. Cancelled ones are left out
 * unless the filter asks for nothing else. Throws `Refusal` when there is nothing to print, or too much.
 */
export async function printDeliveries(ctx: Ctx, filter: DeliveryFilter): Promise<number> {
  const sheet = await snapshot(ctx, (snap) => readSheet(snap, filter));
  const totals = sheetTotals(sheet.map(({ printed }) => printed));

  return transaction(ctx, async (tx) => {
    const runNo = await nextNumber(tx, 'print_run');
    const [id] = await tx.db('print_runs').insert({
      run_no: runNo,
      filter_json: JSON.stringify(filter),
      delivery_count: totals.deliveries,
      line_count: totals.lines,
      item_count: totals.items,
      printed_by: tx.actor.id,
      printed_by_name: tx.actor.name,
      printed_at: tx.now(),
    });
    const rows = sheet.map(({ row, printed }, position) => ({
      print_run_id: id,
      position,
      delivery_id: publicId(row),
      delivery_revision: row.revision,
      frozen: JSON.stringify(printed),
    }));
    for (let at = 0; at < rows.length; at += 500) {
      await tx.db('print_run_rows').insert(rows.slice(at, at + 500));
    }
    await record(tx, 'delivery.printed', 'print_run', id!, {
      run_no: runNo,
      filter: filterInWords(filter),
      deliveries: totals.deliveries,
    });
    return id!;
  });
}

async function readSheet(
  snap: Snapshot,
  filter: DeliveryFilter,
): Promise<{ row: DeliveryRow; printed: PrintedDelivery }[]> {
  const found = await searchDeliveries(snap, filter.q);
  const wanted = () => {
    const query = matching(snap, filter, found);
    return filter.tab === 'all' ? query.whereNot('deliveries.tab', 'cancelled') : query;
  };
  const count = Number(((await wanted().count({ n: '*' }).first()) as unknown as { n: number }).n);
  if (count === 0) throw new Refusal('출력할 배송이 없습니다. 지역이나 주문일, 상태를 바꿔 주세요.');
  if (count > printLimit) {
    throw new Refusal(
      `배송이 ${count.toLocaleString('ko-KR')}건이라 한 번에 출력할 수 없습니다. ` +
        `${printLimit.toLocaleString('ko-KR')}건까지 출력합니다. 시도나 주문일로 나누어 주세요.`,
    );
  }

  const rows: DeliveryRow[] = await wanted()
    .select('deliveries.*')
    .orderBy(['sido', 'sigungu', 'ordered_on', 'id']);
  const items = await listItems(snap, rows.map(publicId));
  return rows.map((row) => ({ row, printed: printedDelivery(row, items.get(publicId(row)) ?? []) }));
}

/** The print runs the actor may see: all of their deliveries are of channels the actor works with. */
function visiblePrintRuns(ctx: Ctx) {
  const runs = ctx.db('print_runs');
  if (!may(ctx, 'deliveries.print')) return runs.whereRaw('1 = 0');
  if (ctx.actor.scope === 'all') return runs;
  const others = ctx
    .db('print_run_rows')
    .leftJoin('deliveries', 'deliveries.id', 'print_run_rows.delivery_id')
    .whereRaw('print_run_rows.print_run_id = print_runs.id')
    .select(ctx.db.raw('1'));
  return runs.whereNotExists(beyondScope(others, ctx, 'deliveries.channel_id'));
}

/** The paper itself: names and addresses stand on it, so whoever opens it is written down. */
export async function openPrintRun(
  ctx: Ctx,
  id: number,
): Promise<PrintRun & { deliveries: PrintedDelivery[] }> {
  const run = await findPrintRun(ctx, id);
  if (run.personal_destroyed_at) return run;
  if (!may(ctx, 'deliveries.personal')) return { ...run, deliveries: run.deliveries.map(maskedPrint) };
  const ids: number[] = await ctx.db('print_run_rows').where({ print_run_id: id }).pluck('delivery_id');
  await recordAccess(ctx, {
    kind: 'print',
    subject: { type: 'print_run', id },
    subjects: { type: 'delivery', ids },
    people: ids.length,
    detail: `${run.run_no}회차`,
  });
  return run;
}

export async function findPrintRun(
  ctx: Ctx,
  id: number,
): Promise<PrintRun & { deliveries: PrintedDelivery[] }> {
  const row: PrintRunRow | undefined = await visiblePrintRuns(ctx).where({ id }).first();
  if (!row) throw new NotFound('찾는 출력 회차가 없습니다.');
  const frozen: string[] = await ctx
    .db('print_run_rows')
    .where({ print_run_id: id })
    .orderBy('position')
    .pluck('frozen');
  return { ...printRunOf(row), deliveries: frozen.map((text) => JSON.parse(text)) };
}

export const printRunList: ListDefinition = {
  sorts: ['run_no'],
  defaultSort: { key: 'run_no', dir: 'desc' },
};

/** The days are those of printing; the search takes a run number. */
export async function listPrintRuns(
  ctx: Ctx,
  asked: ListQuery,
): Promise<{ runs: PrintRun[]; total: number; query: ListQuery }> {
  const within = () => {
    const runs = visiblePrintRuns(ctx);
    if (asked.from) runs.where('printed_at', '>=', `${asked.from} 00:00:00`);
    if (asked.q) runs.where({ run_no: Number(asked.q.replace(/\D/g, '')) || 0 });
    if (asked.to) runs.where('printed_at', '<=', `${asked.to} 23:59:59`);
    return runs;
  };
  const total = Number((await within().count({ n: '*' }).first())?.n);
  const query = withinTotal(asked, total);
  const rows: PrintRunRow[] = await within()
    .orderBy('run_no', query.dir)
    .offset(offsetOf(query))
    .limit(query.size);
  return { runs: rows.map(printRunOf), total, query };
}

/** The print runs a delivery stands on, newest first. */
export async function printRunsOf(
  ctx: Ctx,
  deliveryId: number,
): Promise<Pick<PrintRun, 'id' | 'run_no' | 'printed_by_name' | 'printed_at'>[]> {
  return visiblePrintRuns(ctx)
    .join('print_run_rows', 'print_run_rows.print_run_id', 'print_runs.id')
    .where({ delivery_id: deliveryId })
    .orderBy('run_no', 'desc')
    .select('print_runs.id', 'run_no', 'printed_by_name', 'printed_at');
}

function printRunOf({ filter_json, ...run }: PrintRunRow): PrintRun {
  return { ...run, filter: JSON.parse(filter_json) };
}
