import { putMany } from '#lib/bulk.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { lockPartner } from './partners.ts';
import { sheetNumber } from './sheet.rules.ts';
import { findSheet, latestSheet } from './sheets.ts';

interface UndoneLine {
  line_no: string;
  channel_id: number;
  standing_before: string | null;
}

/**
 * Takes a sending back that was a mistake: its lines stand with the partner as they stood before. Only the partner's
 * latest can be taken back, and none whose lines somebody else ordered since. The number is not used again.
 */
export async function undoSheet(ctx: Ctx, sheetId: number): Promise<void> {
  if (!may(ctx, 'partners.purchase')) throw new NotFound();
  const { partner_id } = await findSheet(ctx, sheetId);
  await transaction(ctx, async (tx) => {
    await lockPartner(tx, partner_id);
    const sheet = await findSheet(tx, sheetId);
    const number = sheetNumber(sheet);
    if (sheet.undone_at) throw new Refusal(`발주 ${number}은 이미 되돌렸습니다.`);
    const latest = await latestSheet(tx, partner_id);
    if (latest?.id !== sheet.id) {
      throw new Refusal(
        `가장 나중에 보낸 것만 되돌릴 수 있습니다. 먼저 발주 ${sheetNumber(latest!)}을 되돌려 주세요.`,
      );
    }

    const lines: UndoneLine[] = await tx
      .db('partner_sheet_lines')
      .where({ sheet_id: sheet.id })
      .select('line_no', 'channel_id', 'standing_before');
    await dropStandings(tx, sheet.id, partner_id, lines);
    await putMany(
      tx,
      'partner_lines',
      lines.flatMap(({ standing_before }) =>
        standing_before ? [JSON.parse(standing_before) as object] : [],
      ),
    );
    await tx
      .db('partner_sheets')
      .where({ id: sheet.id })
      .update({ undone_at: tx.now(), undone_by_name: tx.actor.name });
    await record(tx, 'partner.sheet_undone', 'partner_sheet', sheet.id, {
      partner_id,
      partner: sheet.partner,
      number,
      lines: lines.length,
    });
  });
}

async function dropStandings(
  tx: Ctx,
  sheetId: number,
  partnerId: number,
  lines: readonly UndoneLine[],
): Promise<void> {
  let dropped = 0;
  for (let at = 0; at < lines.length; at += 500) {
    dropped += await tx
      .db('partner_lines')
      .whereIn(
        ['line_no', 'channel_id'],
        lines.slice(at, at + 500).map((line) => [line.line_no, line.channel_id]),
      )
      .where({ told_sheet_id: sheetId, partner_id: partnerId })
      .delete();
  }
  if (dropped < lines.length) {
    throw new Refusal(
      `이 발주서의 상품주문 가운데 ${lines.length - dropped}건은 그 뒤 다른 협력사에 발주되어 되돌릴 수 없습니다.`,
    );
  }
}
