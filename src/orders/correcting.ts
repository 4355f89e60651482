import { recordAccess } from '#lib/access.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { type CorrectedField, changeByHand, type HandChange, plain } from './by-hand.ts';
import type { Change } from './changes.rules.ts';
import { fieldNames, isAboutPeople } from './field-names.ts';
import { lockLinesById } from './lines.ts';
import { refuseLines } from './naming-lines.ts';
import { canDispatch } from './status.rules.ts';
import type { LineRow } from './tables.ts';

/** New values of a line that was entered by hand. */
export interface Correction {
  lineId: number;
  values: Partial<Pick<LineRow, CorrectedField>>;
}

/** A change of a cell, once for all lines that share it. */
interface ToldChange extends Change {
  lineNos: string[];
}

/**
 * Corrects lines of orders that people entered, leaving out what is so already; returns the lines that changed, as
 * they were before. Throws `Refusal` when one of those was sent or cancelled meanwhile.
 */
export async function correctLines(ctx: Ctx, corrections: readonly Correction[]): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const locked = await lockLinesById(
      tx,
      corrections.map(({ lineId }) => lineId),
    );
    const changes = corrections
      .map(({ lineId, values }) => onlyNew(locked.find((line) => line.id === lineId)!, values))
      .filter(({ values }) => Object.keys(values).length > 0);
    refuseLines(
      changes.map(({ line }) => line).filter((line) => !canDispatch(line.status) && line.status !== 'held'),
      '이미 발송했거나 취소한 상품주문은 고칠 수 없습니다.',
    );
    await changeByHand(tx, 'order.corrected', changes, { changes: told(changes) });
    await recordPeople(tx, changes);
    return changes.map(({ line }) => line);
  });
}

/** Says whose name, phone or address was changed; which one is what the order's own history tells. */
async function recordPeople(tx: Ctx, changes: readonly HandChange[]): Promise<void> {
  for (const [orderId, own] of Map.groupBy(changes, ({ line }) => line.order_id)) {
    const fields = own.flatMap(({ values }) => Object.keys(values) as CorrectedField[]);
    const changed = [...new Set(fields.filter((field) => field !== 'paid_at' && isAboutPeople(field)))];
    if (changed.length === 0) continue;
    await recordAccess(tx, {
      kind: 'change',
      subject: { type: 'order', id: orderId },
      people: 1,
      detail: changed.map((field) => fieldNames[field]).join(', '),
    });
  }
}

function onlyNew(line: LineRow, values: Correction['values']): HandChange {
  const entries = Object.entries(values) as [CorrectedField, LineRow[CorrectedField]][];
  return {
    line,
    values: Object.fromEntries(entries.filter(([field, value]) => plain(line[field]) !== plain(value))),
  };
}

function told(changes: readonly HandChange[]): ToldChange[] {
  const byCell = new Map<string, ToldChange>();
  for (const { line, values } of changes) {
    for (const [field, value] of Object.entries(values) as [CorrectedField, LineRow[CorrectedField]][]) {
      if (field === 'method_text') continue; // says what the method says
      const change = { field, before: plain(line[field]), after: plain(value) };
      const known = byCell.get(JSON.stringify(change)) ?? { ...change, lineNos: [] };
      known.lineNos.push(line.line_no);
      byCell.set(JSON.stringify(change), known);
    }
  }
  return [...byCell.values()];
}
