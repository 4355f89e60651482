import { type Ctx, may } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import type { TimelineEntry } from '#orders';
import { type RowKind, rowKinds } from './fields.rules.ts';
import { sheetNumber } from './sheet.rules.ts';
import { visibleSheets } from './sheets.ts';
import type { Standing } from './supplement.rules.ts';
import type { SheetRow } from './tables.ts';

/** That a line was ordered from a partner. */
export interface Purchase {
  /** Undefined when the sheet also holds lines of channels the actor does not work with. */
  sheetId: number | undefined;
  partner: string;
  /** '12' or '12-2'. */
  number: string;
  /** The day it was ordered. */
  day: string;
  state: Standing;
}

/** What orders know of a line, enough to find its purchase. */
export interface PurchasedLine {
  id: number;
  order_id: number;
  line_no: string;
}

/** The purchases of lines, by line id; one query, and none for those who may not see partners. */
export async function purchasesOf(ctx: Ctx, lines: readonly PurchasedLine[]): Promise<Map<number, Purchase>> {
  if (!may(ctx, 'partners.view') || lines.length === 0) return new Map();
  const rows: (Pick<SheetRow, 'sheet_no' | 'part'> & {
    order_id: number;
    line_no: string;
    sheet_id: number;
    partner: string;
    state: Standing;
    ordered_at: Date;
  })[] = await ctx
    .db('partner_lines')
    .join('partner_sheets', 'partner_sheets.id', 'partner_lines.sheet_id')
    .join('partners', 'partners.id', 'partner_lines.partner_id')
    .join('orders', 'orders.channel_id', 'partner_lines.channel_id')
    .whereIn(
      'partner_lines.line_no',
      lines.map((line) => line.line_no),
    )
    .whereIn('orders.id', [...new Set(lines.map((line) => line.order_id))])
    .select(
      { order_id: 'orders.id', partner: 'partners.name', sheet_id: 'partner_sheets.id' },
      'partner_lines.line_no',
      'partner_lines.state',
      'partner_lines.ordered_at',
      'partner_sheets.sheet_no',
      'partner_sheets.part',
    );
  const found = new Map(rows.map((row) => [`${row.order_id}/${row.line_no}`, row]));
  const open = await openSheets(
    ctx,
    rows.map((row) => row.sheet_id),
  );
  return new Map(
    lines.flatMap((line): [number, Purchase][] => {
      const row = found.get(`${line.order_id}/${line.line_no}`);
      if (!row) return [];
      const { partner, state } = row;
      const sheetId = open.has(row.sheet_id) ? row.sheet_id : undefined;
      return [[line.id, { sheetId, partner, number: sheetNumber(row), day: day(row.ordered_at), state }]];
    }),
  );
}

async function openSheets(ctx: Ctx, ids: readonly number[]): Promise<ReadonlySet<number>> {
  if (ctx.actor.scope === 'all') return new Set(ids);
  const open = visibleSheets(ctx).whereIn('partner_sheets.id', [...new Set(ids)]);
  return new Set((await open.pluck('partner_sheets.id')) as number[]);
}

/** What partners were told of an order's lines, as its timeline says it. */
export async function purchaseTimeline(
  ctx: Ctx,
  orderId: number,
  lines: readonly Pick<PurchasedLine, 'line_no'>[],
): Promise<TimelineEntry[]> {
  if (!may(ctx, 'partners.view') || lines.length === 0) return [];
  const rows: (Pick<
    SheetRow,
    'id' | 'sheet_no' | 'part' | 'made_at' | 'made_by_name' | 'undone_at' | 'undone_by_name'
  > & { partner: string; line_no: string; kind: RowKind })[] = await ctx
    .db('partner_sheet_lines')
    .join('partner_sheets', 'partner_sheets.id', 'partner_sheet_lines.sheet_id')
    .join('partners', 'partners.id', 'partner_sheets.partner_id')
    .join('orders', 'orders.channel_id', 'partner_sheet_lines.channel_id')
    .where({ 'orders.id': orderId })
    .whereIn(
      'partner_sheet_lines.line_no',
      lines.map((line) => line.line_no),
    )
    .select(
      'partner_sheets.id',
      'sheet_no',
      'part',
      'made_at',
      'made_by_name',
      'undone_at',
      'undone_by_name',
      'partner_sheet_lines.line_no',
      'partner_sheet_lines.kind',
      { partner: 'partners.name' },
    );
  const told = Map.groupBy(rows, (row) => `${row.id}/${row.kind}`);
  const undone = Map.groupBy(
    rows.filter((row) => row.undone_at),
    (row) => row.id,
  );
  const numbersOf = (own: readonly { line_no: string }[]) => {
    const numbers = new Set(own.map((row) => row.line_no));
    return numbers.size === lines.length ? [] : [...numbers];
  };
  return [
    ...[...told.values()]
      .sort(([a], [b]) => rowKinds.indexOf(a!.kind) - rowKinds.indexOf(b!.kind))
      .map(([first, ...rest]) => ({
        at: first!.made_at,
        who: first!.made_by_name,
        words: `${kindWords[first!.kind](first!.partner)}: 발주 ${sheetNumber(first!)}`,
        lineNos: numbersOf([first!, ...rest]),
        changes: [],
      })),
    ...[...undone.values()].map(([first, ...rest]) => ({
      at: first!.undone_at!,
      who: first!.undone_by_name ?? '',
      words: `협력사 ‘${first!.partner}’에 보낸 발주 ${sheetNumber(first!)}을 되돌렸습니다.`,
      lineNos: numbersOf([first!, ...rest]),
      changes: [],
    })),
  ];
}

const kindWords: Record<RowKind, (partner: string) => string> = {
  new: (partner) => `협력사 ‘${partner}’에 발주했습니다`,
  added: (partner) => `협력사 ‘${partner}’에 추가로 발주했습니다`,
  again: (partner) => `협력사 ‘${partner}’에 발주서를 다시 보냈습니다`,
  changed: (partner) => `협력사 ‘${partner}’에 바뀐 내용을 알렸습니다`,
  resumed: (partner) => `협력사 ‘${partner}’에 보류가 풀렸음을 알렸습니다`,
  held: (partner) => `협력사 ‘${partner}’에 보류를 알렸습니다`,
  cancelled: (partner) => `협력사 ‘${partner}’에 취소를 알렸습니다`,
};
