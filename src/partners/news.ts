import type { Knex } from 'knex';
import type { Snapshot } from '#lib/batches.ts';
import { addDays, day } from '#lib/dates.ts';
import type { LineStatus } from '#orders';
import { type RowKind, rowKinds } from './fields.rules.ts';
import { frozenOf } from './frozen.ts';
import { linesWithOwner, readPresent, withoutLine } from './lines.ts';
import type { SheetEntry } from './sheet.rules.ts';
import { type News, newsOf, type Present, type Standing } from './supplement.rules.ts';

/** A row of a supplement, with how its line will stand. */
export interface NewsEntry extends SheetEntry {
  standing: Standing;
}

/** After so many days a line that was ordered is no longer watched. */
export const watchedDays = 180;

/** Where a line may still be changed, held or cancelled; one on its way is past that. */
const open: readonly LineStatus[] = ['new', 'acknowledged', 'held', 'claimed', 'cancelled'];

/** What changed since partners were last told, by partner; of one partner only when `partnerId` is given. */
export async function readNews(snap: Snapshot, partnerId?: number): Promise<Map<number, NewsEntry[]>> {
  const told: Record<'partner_id' | 'state' | 'frozen', string> = {
    partner_id: 'standing.partner_id',
    state: 'standing.state',
    frozen: 'told.frozen',
  };
  const there = await readPresent(
    snap,
    toldLines(
      linesWithOwner(snap).join('partner_lines as standing', (on) =>
        on
          .on('standing.line_no', 'order_lines.line_no')
          .andOn('standing.channel_id', 'order_lines.channel_id'),
      ),
      snap,
      partnerId,
    ).where((any) => any.whereIn('order_lines.status', open).orWhere('standing.state', 'held')),
    told,
  );
  const gone = (await toldLines(
    withoutLine(snap, snap.db('partner_lines as standing')),
    snap,
    partnerId,
  ).select(told)) as ToldRow[];

  const news = new Map<number, NewsEntry[]>();
  const tell = (row: ToldRow, present: Present | undefined) => {
    const { line, number, day } = frozenOf(row.frozen);
    const found = newsOf({ standing: row.state, line }, present, row.partner_id);
    if (!found) return;
    const own = news.get(row.partner_id) ?? [];
    own.push({ ...entryOf(found), number, day });
    news.set(row.partner_id, own);
  };
  for (const present of there) tell(present.extra as unknown as ToldRow, present);
  for (const row of gone) tell(row, undefined);
  for (const own of news.values()) own.sort(byKind);
  return news;
}

interface ToldRow {
  partner_id: number;
  state: Standing;
  frozen: string;
}

/** Joins what each line's partner was told of it last. */
function toldLines(
  query: Knex.QueryBuilder,
  snap: Snapshot,
  partnerId: number | undefined,
): Knex.QueryBuilder {
  query
    .join('partner_sheet_lines as told', (on) =>
      on
        .on('told.line_no', 'standing.line_no')
        .andOn('told.channel_id', 'standing.channel_id')
        .andOn('told.sheet_id', 'standing.told_sheet_id'),
    )
    .whereNot('standing.state', 'cancelled')
    .where('standing.ordered_at', '>=', `${addDays(day(snap.now()), -watchedDays)} 00:00:00`);
  if (partnerId !== undefined) query.where('standing.partner_id', partnerId);
  return query;
}

function entryOf({ kind, standing, line, changes, note }: News): Omit<NewsEntry, 'number' | 'day'> {
  return { kind, standing, line, changes, note };
}

function byKind(a: { kind: RowKind }, b: { kind: RowKind }): number {
  return rowKinds.indexOf(a.kind) - rowKinds.indexOf(b.kind);
}
