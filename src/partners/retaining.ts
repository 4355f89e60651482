import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import type { Retention } from '#lib/retention.ts';
import { keptDays } from '#personal';
import type { SheetLine } from './fields.rules.ts';
import type { CellChange } from './supplement.rules.ts';

const people = [
  'buyer_name',
  'buyer_phone',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'postcode',
  'address',
  'address_detail',
  'memo',
] as const satisfies readonly (keyof SheetLine)[];

const rowsAtOnce = 500;

/** The people on old sheets, and the files; what was ordered of whom and when stays. */
export const retains: readonly Retention[] = [
  {
    name: 'partner_sheets',
    days: keptDays.partnerSheets,
    due: (ctx, before, limit) =>
      ctx
        .db('partner_sheets')
        .whereNull('personal_destroyed_at')
        .where('made_at', '<', before)
        .orderBy('id')
        .limit(limit)
        .pluck('id'),
    async destroy(ctx, id) {
      const positions: number[] = await ctx
        .db('partner_sheet_lines')
        .where({ sheet_id: id })
        .orderBy('position')
        .pluck('position');
      for (let at = 0; at < positions.length; at += rowsAtOnce)
        await forgetLines(ctx, id, positions.slice(at, at + rowsAtOnce));
      await transaction(ctx, async (tx) => {
        await tx.db('partner_sheet_files').where({ sheet_id: id }).delete();
        const done = await tx
          .db('partner_sheets')
          .where({ id })
          .whereNull('personal_destroyed_at')
          .update({ personal_destroyed_at: tx.now() });
        if (done > 0) await record(tx, 'partner.sheet_forgotten', 'partner_sheet', id);
      });
    },
  },
];

async function forgetLines(ctx: Ctx, sheetId: number, positions: readonly number[]): Promise<void> {
  const own = () =>
    ctx
      .db('partner_sheet_lines')
      .where({ sheet_id: sheetId })
      .whereIn('position', [...positions]);
  const blanks = people.map((name) => `'$.line.${name}', ''`).join(', ');
  await own().update({ frozen: ctx.db.raw(`JSON_SET(frozen, ${blanks})`) });
  const changed: { position: number; changes: string }[] = await own()
    .whereNotNull('changes')
    .select('position', 'changes');
  for (const { position, changes } of changed) {
    const kept = (JSON.parse(changes) as CellChange[]).filter(
      ({ key }) => !(people as readonly string[]).includes(key),
    );
    await ctx
      .db('partner_sheet_lines')
      .where({ sheet_id: sheetId, position })
      .update({ changes: JSON.stringify(kept) });
  }
}
