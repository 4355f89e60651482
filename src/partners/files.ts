import { recordAccess } from '#lib/access.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import { sheetNumber } from './sheet.rules.ts';
import { findSheet } from './sheets.ts';

/** What the vault keeps the files of sheets for. */
export const filePurpose = 'partner-sheets';

export const sealedFiles: SealedColumn = {
  table: 'partner_sheet_files',
  column: 'sealed',
  key: ['sheet_id'],
  purpose: filePurpose,
  large: true,
};

/** The file of a sheet byte for byte as it was made; that it left is recorded. */
export async function takeSheetFile(ctx: Ctx, sheetId: number): Promise<{ name: string; content: Buffer }> {
  if (!may(ctx, 'partners.purchase') || !may(ctx, 'orders.personal')) throw new NotFound();
  return transaction(ctx, async (tx) => {
    const sheet = await findSheet(tx, sheetId);
    const file: { sealed: Buffer } | undefined = await tx
      .db('partner_sheet_files')
      .where({ sheet_id: sheet.id })
      .first('sealed');
    if (!file && sheet.personal_destroyed_at)
      throw new Refusal(
        '보관 기간 1년이 지나 지운 발주서 파일입니다. 무엇을 발주했는지는 화면에 남아 있습니다.',
      );
    if (!file) throw new NotFound('이 발주서의 파일은 남아 있지 않습니다.');
    const number = sheetNumber(sheet);
    await record(tx, 'partner.sheet_downloaded', 'partner_sheet', sheet.id, {
      partner_id: sheet.partner_id,
      partner: sheet.partner,
      number,
      lines: sheet.line_count,
      reason: sheet.purpose,
    });
    await recordAccess(tx, {
      kind: 'export',
      subject: { type: 'partner_sheet', id: sheet.id },
      people: sheet.line_count,
      detail: `발주서 ${number}`,
      reason: sheet.purpose,
    });
    return {
      name: `발주서_${sheet.partner}_${number}.xlsx`,
      content: tx.vault.open(filePurpose, file.sealed),
    };
  });
}
