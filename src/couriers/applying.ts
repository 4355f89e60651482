import { snapshot } from '#lib/batches.ts';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { type EventRow, record } from '#lib/events.ts';
import {
  findLineIds,
  type LineRow,
  lockLinesById,
  type MallReport,
  markDispatched,
  replaceTracking,
  undoDispatch,
} from '#orders';
import { findCourier } from './known/index.ts';
import { lockResult, planResult } from './results.ts';
import type { ResultFileRow, ResultLineRow } from './tables.ts';

/** Lets deliveries follow lines that changed; the deliveries module's, handed in by whoever composes. */
export type Follow = (tx: Ctx, lineIds: readonly number[]) => Promise<void>;

/**
 * Marks the lines of a result as sent with their tracking numbers, all or none; what was decided of single rows is
 * kept. `seen` is the last act on the result when its page was opened: what came after is shown
 * first. Rows that still ask are left, and may be applied later. Returns how many lines changed and how many rows ask.
 */
export async function applyResult(
  ctx: Ctx,
  resultId: number,
  decisions: ReadonlyMap<number, string>,
  follow: Follow,
  seen?: number,
): Promise<{ changed: number; asking: number }> {
  return transaction(ctx, async (tx) => {
    const result = await lockResult(tx, resultId);
    if (result.state !== 'proposed' && result.state !== 'applied')
      throw new Refusal('적용할 수 있는 송장 결과가 아닙니다.');
    await refuseUnseen(tx, resultId, seen);
    await keepDecisions(tx, resultId, decisions);
    const plan = await snapshot(tx, (snap) => planResult(snap, result));
    const courier = findCourier(result.courier).name;

    const done: ResultLineRow[] = [];
    const changed: number[] = [];
    for (const { row, trackingNo, acts } of plan) {
      for (const { mode, lineIds } of acts) {
        const parcel = { courier, trackingNo };
        const lines =
          mode === 'send'
            ? await markDispatched(tx, lineIds, { method: 'courier', ...parcel })
            : await replaceTracking(tx, lineIds, parcel);
        done.push(...lines.map((line) => resultLine(resultId, row, line, mode)));
        changed.push(...lines.map((line) => line.id));
      }
    }
    await follow(tx, changed);
    await keepDone(tx, done);
    const asking = plan.filter(({ kind }) => kind.startsWith('ask_')).length;
    await tx
      .db('courier_results')
      .where({ id: resultId })
      .update({
        state: 'applied',
        sent_count: result.sent_count + changed.length,
        applied_by_name: tx.actor.name,
        applied_at: tx.now(),
      });
    await record(tx, 'couriers.result_applied', 'courier_result', resultId, {
      courier: result.courier,
      lines: changed.length,
      asking,
    });
    return { changed: changed.length, asking };
  });
}

/** Two people may decide the same rows: whoever comes second sees what the first did before deciding anew. */
async function refuseUnseen(tx: Ctx, resultId: number, seen: number | undefined): Promise<void> {
  if (seen === undefined) return;
  const last = await lastAct(tx, resultId);
  if (last && last.id !== seen)
    throw new Refusal(
      `이 화면을 여신 뒤에 ${last.actor_name} 님이 먼저 적용했습니다. 바뀐 내용을 보고, 남은 행을 다시 골라 주세요.`,
    );
}

/** The last act that changed lines by a result; undefined while there was none. */
export async function lastAct(ctx: Ctx, resultId: number): Promise<EventRow | undefined> {
  return ctx
    .db('events')
    .where({ subject_type: 'courier_result', subject_id: resultId })
    .whereIn('name', ['couriers.result_applied', 'couriers.result_undone'])
    .orderBy('id', 'desc')
    .first();
}

async function keepDecisions(
  tx: Ctx,
  resultId: number,
  decisions: ReadonlyMap<number, string>,
): Promise<void> {
  for (const [row_no, decision] of decisions) {
    await tx.db('courier_result_rows').where({ result_id: resultId, row_no }).update({ decision });
  }
}

/** A line that one row sent and another gave a new number is kept as it was before the first. */
async function keepDone(tx: Ctx, done: readonly ResultLineRow[]): Promise<void> {
  if (done.length > 0) await putMany(tx, 'courier_result_lines', done, ['revision_after', 'undone']);
}

function resultLine(resultId: number, row: number, line: LineRow, mode: 'send' | 'replace'): ResultLineRow {
  return {
    result_id: resultId,
    row_no: row,
    channel_id: line.channel_id,
    line_no: line.line_no,
    act: mode === 'send' ? 'sent' : 'replaced',
    revision_after: line.revision + 1,
    before_json: JSON.stringify({
      courier: line.courier,
      trackingNo: line.tracking_no,
      mallReport: line.mall_report,
    }),
    undone: null,
  };
}

/** The lines an undo would leave: someone touched them since, or the mall was told. */
export async function touchedSince(ctx: Ctx, resultId: number): Promise<string[]> {
  const { touched } = await sortDone(ctx, resultId, false);
  return touched.map(({ line_no }) => line_no);
}

/**
 * Takes a whole applied result back. Lines that were touched since, or that the mall was told of, are left as they
 * are: without `rest` nothing is done while there are such. Returns how many lines went back.
 */
export async function undoResult(ctx: Ctx, resultId: number, rest: boolean, follow: Follow): Promise<number> {
  return transaction(ctx, async (tx) => {
    const result = await lockResult(tx, resultId);
    if (result.state === 'undone') return 0;
    if (result.state !== 'applied') throw new Refusal('적용한 송장 결과만 되돌릴 수 있습니다.');
    const { free, touched } = await sortDone(tx, resultId, true);
    if (touched.length > 0 && !rest) throw new Refusal(touchedInWords(touched));

    const sent = free.filter(({ kept }) => kept.act === 'sent').map(({ line }) => line.id);
    if (sent.length > 0) await undoDispatch(tx, sent);
    for (const { kept, line } of free.filter(({ kept }) => kept.act === 'replaced')) {
      const before = JSON.parse(kept.before_json) as {
        courier: string;
        trackingNo: string;
        mallReport: MallReport;
      };
      await replaceTracking(tx, [line.id], before);
    }
    await follow(
      tx,
      free.map(({ line }) => line.id),
    );
    await settleUndo(tx, result, free.length, touched);
    return free.length;
  });
}

interface Done {
  kept: ResultLineRow;
  line: LineRow;
}

/** What a result did, apart from what has been touched since. */
async function sortDone(
  ctx: Ctx,
  resultId: number,
  lock: boolean,
): Promise<{ free: Done[]; touched: ResultLineRow[] }> {
  const kept: ResultLineRow[] = await ctx
    .db('courier_result_lines')
    .where({ result_id: resultId })
    .whereNull('undone');
  const ids: number[] = [];
  for (const [channelId, own] of Map.groupBy(kept, (line) => line.channel_id)) {
    ids.push(
      ...(await findLineIds(
        ctx,
        channelId,
        own.map((line) => line.line_no),
      )),
    );
  }
  const rows: LineRow[] = lock
    ? await lockLinesById(ctx, ids)
    : await ctx.db('order_lines').whereIn('id', ids).where({ overlay_of: 0 });
  const byKey = new Map(rows.map((line) => [`${line.channel_id}/${line.line_no}`, line]));
  const free: Done[] = [];
  const touched: ResultLineRow[] = [];
  for (const one of kept) {
    const line = byKey.get(`${one.channel_id}/${one.line_no}`);
    const isTold = line?.mall_report === 'sent' || line?.mall_report === 'seen';
    const asLeft = line?.revision === one.revision_after && !isTold;
    if (line && asLeft) free.push({ kept: one, line });
    else touched.push(one);
  }
  return { free, touched };
}

function touchedInWords(touched: readonly ResultLineRow[]): string {
  const names = touched.slice(0, 5).map(({ line_no }) => line_no);
  const rest = touched.length > 5 ? ` 외 ${touched.length - 5}건` : '';
  return `그사이 바뀌었거나 이미 몰에 알린 상품주문이 ${touched.length}건 있습니다(${names.join(', ')}${rest}). 이것은 그대로 두고 나머지만 되돌릴 수 있습니다.`;
}

async function settleUndo(
  tx: Ctx,
  result: ResultFileRow,
  undone: number,
  touched: readonly ResultLineRow[],
): Promise<void> {
  const own = () => tx.db('courier_result_lines').where({ result_id: result.id }).whereNull('undone');
  if (touched.length > 0) {
    await own()
      .whereIn(
        'line_no',
        touched.map((line) => line.line_no),
      )
      .update({ undone: 'kept' });
  }
  await own().update({ undone: 'undone' });
  await tx
    .db('courier_results')
    .where({ id: result.id })
    .update({ state: 'undone', undone_at: tx.now(), kept_count: touched.length });
  await record(tx, 'couriers.result_undone', 'courier_result', result.id, {
    lines: undone,
    kept: touched.length,
  });
}

/** Puts a file aside; nothing has been changed by it. */
export async function discardResult(ctx: Ctx, resultId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const result = await lockResult(tx, resultId);
    if (result.state === 'discarded') return;
    if (result.state !== 'proposed') throw new Refusal('확인을 기다리는 송장 결과만 버릴 수 있습니다.');
    await tx.db('courier_results').where({ id: resultId }).update({ state: 'discarded' });
    await record(tx, 'couriers.result_discarded', 'courier_result', resultId);
  });
}
