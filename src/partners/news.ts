import type { Snapshot } from '#lib/batches.ts';
import { addDays, day } from '#lib/dates.ts';
import type { LineStatus } from '#orders';
import { type RowKind, rowKinds } from './fields.rules.ts';
import { frozenOf } from './frozen.ts';
import { linesWithOwner, readPresent, standingsWithLine } from './lines.ts';
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
  const told = await readTold(snap, partnerId);
  const present = await readPresentById(
    snap,
    told.flatMap(({ row_id }) => row_id ?? []),
  );
  const news = new Map<number, NewsEntry[]>();
  for (const { partner_id, state, frozen, row_id } of told) {
    const { line, number, day } = frozenOf(frozen);
    const found = newsOf({ standing: state, line }, row_id ? present.get(row_id) : undefined, partner_id);
    if (!found) continue;
    const own = news.get(partner_id) ?? [];
    own.push({ ...entryOf(found), number, day });
    news.set(partner_id, own);
  }
  for (const own of news.values()) own.sort(byKind);
  return news;
}

interface ToldRow {
  partner_id: number;
  state: Standing;
  frozen: string;
  /** The row of the line on this snapshot, null where there is none. */
  row_id: number | null;
}

/** What partners were told last of the lines that may still change, or are gone; in the order they were told. */
async function readTold(snap: Snapshot, partnerId: number | undefined): Promise<ToldRow[]> {
  const query = standingsWithLine(snap)
    .join('partner_sheet_lines as told', (on) =>
      on
        .on('told.line_no', 'standing.line_no')
        .andOn('told.channel_id', 'standing.channel_id')
        .andOn('told.sheet_id', 'standing.told_sheet_id'),
    )
    .whereNot('standing.state', 'cancelled')
    .where('standing.ordered_at', '>=', `${addDays(day(snap.now()), -watchedDays)} 00:00:00`)
    .where((any) =>
      any.whereNull('order_lines.id').orWhereIn('order_lines.status', open).orWhere('standing.state', 'held'),
    );
  if (partnerId !== undefined) query.where('standing.partner_id', partnerId);
  return query
    .orderBy(['told.sheet_id', 'told.position'])
    .select('standing.partner_id', 'standing.state', 'told.frozen', { row_id: 'order_lines.id' });
}

const idsPerQuery = 5000;

async function readPresentById(snap: Snapshot, ids: readonly number[]): Promise<Map<number, Present>> {
  const found = new Map<number, Present>();
  for (let at = 0; at < ids.length; at += idsPerQuery) {
    const lines = linesWithOwner(snap).whereIn('order_lines.id', ids.slice(at, at + idsPerQuery));
    for (const present of await readPresent(snap, lines, { row_id: 'order_lines.id' })) {
      found.set(present.extra.row_id as number, present);
    }
  }
  return found;
}

function entryOf({ kind, standing, line, changes, note }: News): Omit<NewsEntry, 'number' | 'day'> {
  return { kind, standing, line, changes, note };
}

function byKind(a: { kind: RowKind }, b: { kind: RowKind }): number {
  return rowKinds.indexOf(a.kind) - rowKinds.indexOf(b.kind);
}
