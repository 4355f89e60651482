import { noteSeen } from '#lib/access.ts';
import { beyondScope, type Ctx, may } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { sees } from '#lib/sight.ts';
import { maskedLine, type RowKind } from './fields.rules.ts';
import { frozenOf } from './frozen.ts';
import type { SheetEntry } from './sheet.rules.ts';
import type { CellChange } from './supplement.rules.ts';
import type { SheetRow } from './tables.ts';

export type FoundSheet = SheetRow & { partner: string };

/** The sheets the actor may see, with the partner's name: those that hold lines of the actor's channels only. */
export function visibleSheets(ctx: Ctx) {
  const query = ctx.db('partner_sheets').join('partners', 'partners.id', 'partner_sheets.partner_id');
  if (!may(ctx, 'partners.view')) return query.whereRaw('1 = 0');
  if (ctx.actor.scope === 'all') return query;
  const others = ctx
    .db('partner_sheet_lines')
    .whereRaw('partner_sheet_lines.sheet_id = partner_sheets.id')
    .select(ctx.db.raw('1'));
  return query.whereNotExists(beyondScope(others, ctx, 'partner_sheet_lines.channel_id'));
}

export async function findSheet(ctx: Ctx, id: number): Promise<FoundSheet> {
  const sheet = await visibleSheets(ctx)
    .where({ 'partner_sheets.id': id })
    .first('partner_sheets.*', { partner: 'partners.name' });
  if (!sheet) throw new NotFound('찾는 발주서가 없습니다.');
  return sheet as FoundSheet;
}

/** The last thing a partner was sent that stands: what supplements build on, and the only one that can be undone. */
export async function latestSheet(ctx: Ctx, partnerId: number): Promise<SheetRow | undefined> {
  return ctx
    .db('partner_sheets')
    .where({ partner_id: partnerId })
    .whereNull('undone_at')
    .orderBy('id', 'desc')
    .first();
}

/** The same, as far as the actor may see. */
export async function latestVisibleSheet(ctx: Ctx, partnerId: number): Promise<SheetRow | undefined> {
  return visibleSheets(ctx)
    .where({ 'partner_sheets.partner_id': partnerId })
    .whereNull('undone_at')
    .orderBy('partner_sheets.id', 'desc')
    .first('partner_sheets.*');
}

export const sheetList: ListDefinition = { sorts: ['made_at'], defaultSort: { key: 'made_at', dir: 'desc' } };

/** What a partner was sent; the days are those of sending, the search takes a number. */
export async function listSheets(
  ctx: Ctx,
  partnerId: number,
  asked: ListQuery,
): Promise<{ sheets: FoundSheet[]; total: number; query: ListQuery }> {
  const within = () => {
    const sheets = visibleSheets(ctx).where({ 'partner_sheets.partner_id': partnerId });
    if (asked.from) sheets.where('made_at', '>=', `${asked.from} 00:00:00`);
    if (asked.to) sheets.where('made_at', '<=', `${asked.to} 23:59:59`);
    if (asked.q) sheets.where({ sheet_no: Number(asked.q.replace(/\D.*$/, '').slice(0, 9)) || 0 });
    return sheets;
  };
  const counted = await within().count({ n: '*' }).first();
  const total = Number((counted as { n: number } | undefined)?.n ?? 0);
  const query = withinTotal(asked, total);
  const sheets = (await within()
    .select('partner_sheets.*', { partner: 'partners.name' })
    .orderBy('partner_sheets.id', query.dir)
    .offset(offsetOf(query))
    .limit(query.size)) as FoundSheet[];
  return { sheets, total, query };
}

interface FrozenRow {
  kind: RowKind;
  note: string;
  changes: string | null;
  frozen: string;
}

/** Rows of a sheet as they were frozen; masked until the sheet, or the order of a row, is uncovered. */
export async function sheetEntries(
  ctx: Ctx,
  sheet: Pick<SheetRow, 'id'>,
  { offset, limit }: { offset: number; limit: number },
): Promise<ShownEntry[]> {
  const rows: FrozenRow[] = await ctx
    .db('partner_sheet_lines')
    .where({ sheet_id: sheet.id })
    .orderBy('position')
    .offset(offset)
    .limit(limit)
    .select('kind', 'note', 'changes', 'frozen');
  return rows.map(({ kind, note, changes, frozen }) => {
    const told: CellChange[] = changes ? JSON.parse(changes) : [];
    return shownEntry(ctx, { kind, note, changes: told, ...frozenOf(frozen) }, sheet.id);
  });
}

/** How many rows of each kind a sheet holds. */
export async function countKinds(
  ctx: Ctx,
  sheet: Pick<SheetRow, 'id'>,
): Promise<{ kind: RowKind; n: number }[]> {
  const rows = (await ctx
    .db('partner_sheet_lines')
    .where({ sheet_id: sheet.id })
    .groupBy('kind')
    .select('kind')
    .count({ n: '*' })) as { kind: RowKind; n: number }[];
  return rows.map(({ kind, n }) => ({ kind, n: Number(n) }));
}

export type ShownEntry<E extends SheetEntry = SheetEntry> = E & { masked: boolean };

/** An entry as this person may see it: without people, changed cells say only which. */
export function shownEntry<E extends SheetEntry>(ctx: Ctx, entry: E, sheetId?: number): ShownEntry<E> {
  const { line } = entry;
  const open =
    sees(ctx, 'orders.personal', 'order', line.order_id) ||
    (sheetId !== undefined && sees(ctx, 'orders.personal', 'partner_sheet', sheetId));
  if (open) {
    noteSeen(ctx, 'order', line.order_id, `${line.recipient_name} ${line.recipient_phone}`);
    return { ...entry, masked: false };
  }
  return {
    ...entry,
    masked: true,
    line: maskedLine(entry.line),
    changes: entry.changes.map((change) =>
      aboutPeople.has(change.key) ? { ...change, before: '***', after: '***' } : change,
    ),
  };
}

const aboutPeople: ReadonlySet<string> = new Set([
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'address',
  'address_detail',
  'memo',
]);
