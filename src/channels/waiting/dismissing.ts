import type { Ctx } from '#lib/ctx.ts';
import { shortDateTime } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { lockImport, rowCounts } from '../imports.ts';

const rowsAtOnce = 2000;

/** Rows of an applied import wait no longer for their order: those named, or all. Returns how many. */
export async function dismissWaiting(
  ctx: Ctx,
  importId: number,
  chosen: readonly number[] | 'all',
): Promise<number> {
  if (chosen.length === 0) throw new Refusal('기다리지 않을 행을 골라 주세요.');
  let dismissed = 0;
  for (let part = -1; part !== 0; dismissed += part) part = await dismissPart(ctx, importId, chosen);
  if (dismissed === 0) throw new Refusal('고른 행은 이미 기다리지 않습니다. 화면을 새로 고쳐 확인해 주세요.');
  return dismissed;
}

async function dismissPart(ctx: Ctx, importId: number, chosen: readonly number[] | 'all'): Promise<number> {
  return transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state !== 'applied') throw new Refusal('적용한 가져오기에서만 기다리지 않게 할 수 있습니다.');
    const waiting = tx.db('import_rows').where({ import_id: importId, kind: 'waiting' });
    if (chosen !== 'all') waiting.whereIn('row_no', [...chosen]);
    const rows: number[] = await waiting.orderBy('row_no').limit(rowsAtOnce).forUpdate().pluck('row_no');
    if (rows.length === 0) return 0;
    const reason = `${tx.actor.name} 님이 ${shortDateTime(tx.now())}에 기다리지 않기로 했습니다.`;
    await tx
      .db('import_rows')
      .where({ import_id: importId })
      .whereIn('row_no', rows)
      .update({
        kind: 'rejected',
        problems: tx.db.raw(
          "JSON_ARRAY(JSON_OBJECT('column', ?, 'value', CONVERT(line_no USING utf8mb4), 'reason', ?))",
          ['상품주문번호', reason],
        ),
      });
    const { waiting_count, rejected_count } = await rowCounts(tx, importId);
    await tx.db('imports').where({ id: importId }).update({ waiting_count, rejected_count });
    await record(tx, 'import.waiting_dismissed', 'import', importId, { rows: rows.length });
    return rows.length;
  });
}
