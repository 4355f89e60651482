import { type Snapshot, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { type DeliveryMethod, type LineRow, type MallReport, visibleLines } from '#orders';
import type { ChannelRow } from './tables.ts';

/** What SmartStore's 엑셀 일괄발송 takes: this sheet name, these columns, a row per 상품주문번호. */
const sheet = '발송처리';
const header = ['상품주문번호', '배송방법', '택배사', '송장번호'];

const mallMethods: Partial<Record<DeliveryMethod, string>> = {
  courier: '택배,등기,소포',
  direct: '직접전달',
  quick: '퀵서비스',
  pickup: '방문수령',
};

/** `due`: only what stands in no file yet; `unseen`: also what was sent before and the mall has not shown yet. */
export type DispatchScope = 'due' | 'unseen';

type DispatchLine = Pick<
  LineRow,
  'line_no' | 'method' | 'method_text' | 'courier' | 'tracking_no' | 'mall_report'
>;

/** The lines a dispatch file would hold, in line number order. */
export function dispatchLines(snap: Snapshot, channelId: number, scope: DispatchScope) {
  const reports: MallReport[] = scope === 'due' ? ['due'] : ['due', 'sent'];
  return visibleLines(snap)
    .where({ 'order_lines.channel_id': channelId, 'order_lines.status': 'dispatched' })
    .whereIn('order_lines.mall_report', reports);
}

export async function countDispatchLines(
  ctx: Ctx,
  channelId: number,
): Promise<Record<DispatchScope, number>> {
  return snapshot(ctx, async (snap) => {
    const count = async (scope: DispatchScope) =>
      Number((await dispatchLines(snap, channelId, scope).count({ n: '*' }).first())?.n ?? 0);
    return { due: await count('due'), unseen: await count('unseen') };
  });
}

/**
 * Writes the mall's dispatch file and notes that its lines were sent. They stay in later `unseen` files until the
 * mall's own file shows them on their way, so a file that was lost loses nothing. Returns the number of rows.
 */
export async function exportDispatchFile(
  ctx: Ctx,
  channel: ChannelRow,
  scope: DispatchScope,
  path: string,
): Promise<number> {
  const lines = (await snapshot(ctx, (snap) =>
    dispatchLines(snap, channel.id, scope)
      .select('line_no', 'method', 'method_text', 'courier', 'tracking_no', 'mall_report')
      .orderBy('line_no'),
  )) as DispatchLine[];
  await writeTextSheet(path, sheet, header, lines.map(dispatchRow));

  await transaction(ctx, async (tx) => {
    await noteSent(
      tx,
      channel.id,
      lines.filter((line) => line.mall_report === 'due').map((line) => line.line_no),
    );
    const [id] = await tx.db('dispatch_files').insert({
      channel_id: channel.id,
      line_count: lines.length,
      made_by: tx.actor.id,
      made_by_name: tx.actor.name,
      made_at: tx.now(),
    });
    await record(tx, 'dispatch.exported', 'dispatch_file', id!, {
      channel: channel.code,
      scope,
      lines: lines.length,
    });
  });
  return lines.length;
}

/** By number, so that a line which an import is replacing at this moment is noted in both its versions. */
async function noteSent(tx: Ctx, channelId: number, lineNos: readonly string[]): Promise<void> {
  for (let at = 0; at < lineNos.length; at += 1000) {
    await tx
      .db('order_lines')
      .whereIn('line_no', lineNos.slice(at, at + 1000))
      .where({ channel_id: channelId, mall_report: 'due' })
      .update({ mall_report: 'sent' });
  }
}

function dispatchRow(line: DispatchLine): string[] {
  const byCourier = line.method === 'courier';
  return [
    line.line_no,
    mallMethods[line.method] ?? line.method_text,
    byCourier ? line.courier : '',
    byCourier ? line.tracking_no : '',
  ];
}
