import type { Knex } from 'knex';
import { noteSearch } from '#lib/access.ts';
import { type Snapshot, shownAlongKey, snapshot } from '#lib/batches.ts';
import { type Ctx, may, withinScope } from '#lib/ctx.ts';
import { addDays } from '#lib/dates.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf, type SortDir, withinTotal } from '#lib/lists.ts';
import { arrangeNeighbours } from './arranging.rules.ts';
import { type CountFilter, countLinesByDay, countLinesByStatus, dayOfNoTime } from './counts.ts';
import { visibleLines } from './lines.ts';
import { type DaySpan, daysOfPage, fromNearerEnd, joinDays } from './pages.rules.ts';
import { readSearch, type Search, searchForRecord } from './search.rules.ts';
import { foundIds } from './searching.ts';
import { type ShownLine, showLines } from './shown-lines.ts';
import { type DeliveryMethod, type LineStatus, methods, statuses } from './status.rules.ts';

export const lineList: ListDefinition = {
  sorts: ['ordered_at', 'ship_by', 'recipient'],
  defaultSort: { key: 'ordered_at', dir: 'desc' },
  filters: { status: statuses, method: methods },
};

type LineSort = 'ordered_at' | 'ship_by' | 'recipient';

export interface LineListing {
  lines: ShownLine[];
  /** Lines per status; a status without any is left out. */
  counts: Map<LineStatus, number>;
  total: number;
  /** How the text in the search box was understood. */
  search: Search | undefined;
  /** So many lines were found that only the first of them are shown. */
  cut: boolean;
  /** The query as it was answered: on an existing page. */
  query: ListQuery;
}

interface Filter extends CountFilter {
  sort: LineSort;
  dir: SortDir;
}

/** A page of the lines, with the counts of the tabs. */
export async function listLines(ctx: Ctx, asked: ListQuery): Promise<LineListing> {
  return snapshot(ctx, async (snap) => {
    const { total, counts, search, cut, ids } = await openLines(snap, asked);
    const sought = search && searchForRecord(search);
    if (sought) noteSearch(snap, sought, total);
    const query = withinTotal(asked, total);
    const page = await ids({ offset: offsetOf(query), size: query.size });
    const lines = arrangeNeighbours(await showLines(snap, page), rankIn(asked));
    return { lines, counts, total, search, cut, query };
  });
}

export interface OpenLines extends Pick<LineListing, 'total' | 'counts' | 'search' | 'cut'> {
  /** Row ids of this snapshot in the order asked for: those of a page, or all. */
  ids(page?: { offset: number; size: number }): Promise<number[]>;
}

/** Counts the lines of a filter, for whoever then reads some or all of them on the same snapshot. */
export async function openLines(snap: Snapshot, asked: ListQuery): Promise<OpenLines> {
  if (!may(snap, 'orders.view')) throw new NotFound();
  const search = readSearch(asked.q);
  const filter: Filter = {
    status: (asked.filters.status || undefined) as LineStatus | undefined,
    method: (asked.filters.method || undefined) as DeliveryMethod | undefined,
    from: asked.from || undefined,
    to: asked.to || undefined,
    sort: asked.sort as LineSort,
    dir: asked.dir,
  };
  const found = search ? await findLines(snap, search, filter) : undefined;
  const counts = found?.counts ?? (await countLinesByStatus(snap, { ...filter, status: undefined }));
  const total = filter.status ? (counts.get(filter.status) ?? 0) : sum(counts.values());
  const ids: OpenLines['ids'] = async (page) => {
    if (found) return page ? found.ids.slice(page.offset, page.offset + page.size) : found.ids;
    return page ? pageOfIds(snap, filter, { ...page, total }) : allIds(snap, filter);
  };
  return { total, counts, search, cut: found?.cut ?? false, ids };
}

/** Lines of the same rank stand in no order of their own; see `arrangeNeighbours`. */
export function rankIn({ sort }: Pick<ListQuery, 'sort'>): (line: ShownLine) => string {
  const sorted = (line: ShownLine) =>
    sort === 'recipient' ? line.sortName : sort === 'ship_by' ? line.ship_by?.getTime() : '';
  return (line) => `${line.ordered_at?.getTime()} ${sorted(line)}`;
}

/** A search that finds more is cut here; nobody pages through so much. */
export const mostFound = 20_000;

/** All lines a search finds, in the order asked for, counted by status. */
async function findLines(
  snap: Snapshot,
  search: Search,
  filter: Filter,
): Promise<{ ids: number[]; counts: Map<LineStatus, number>; cut: boolean }> {
  const query = visibleLines(snap)
    .join(foundIds(snap, search).as('found'), 'found.id', 'order_lines.id')
    .modify(onDays, daysOf(filter))
    .orderBy(orderOf(filter.sort, filter.dir))
    .limit(mostFound);
  if (filter.method) query.where('order_lines.method', filter.method);
  const rows = (await query.select('order_lines.id', 'order_lines.status')) as {
    id: number;
    status: LineStatus;
  }[];

  const counts = new Map<LineStatus, number>();
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1);
  const ids = rows.filter(({ status }) => !filter.status || status === filter.status).map(({ id }) => id);
  return { ids, counts, cut: rows.length === mostFound };
}

/** Sorting so many rows is quicker than walking along a key past those that do not belong. */
const fewEnoughToSort = 15_000;

/** The row ids of a page. The keys hold all that is filtered and sorted by, so the rows themselves are not read. */
async function pageOfIds(
  snap: Snapshot,
  filter: Filter,
  page: { offset: number; size: number; total: number },
): Promise<number[]> {
  if (page.total === 0) return [];
  const { sort, dir } = filter;
  if (sort === 'ordered_at') {
    const days = daysOfPage(await countLinesByDay(snap, filter), dir, page.offset, page.size);
    const lines = alongKey(snap, 'ordered_at', filter).modify(onDays, days.spans);
    return lines.orderBy(orderOf(sort, dir)).offset(days.offset).limit(page.size).pluck('order_lines.id');
  }
  const isNarrowed = filter.from || filter.to || filter.method || snap.actor.scope !== 'all';
  if (page.total <= fewEnoughToSort && isNarrowed) {
    const days = (await countLinesByDay(snap, filter)).map(({ day }) => day);
    const lines = alongKey(snap, 'ordered_at', filter).modify(onDays, joinDays(days));
    return lines.orderBy(orderOf(sort, dir)).offset(page.offset).limit(page.size).pluck('order_lines.id');
  }
  const { turned, offset, limit } = fromNearerEnd(page.total, page.offset, page.size);
  const ids: number[] = await alongKey(snap, sort, filter)
    .modify(onDays, daysOf(filter))
    .orderBy(orderOf(sort, turned ? opposite[dir] : dir))
    .offset(offset)
    .limit(limit)
    .pluck('order_lines.id');
  return turned ? ids.reverse() : ids;
}

/** Walks the key once from end to end. */
async function allIds(snap: Snapshot, filter: Filter): Promise<number[]> {
  return alongKey(snap, filter.sort, filter)
    .modify(onDays, daysOf(filter))
    .orderBy(orderOf(filter.sort, filter.dir))
    .pluck('order_lines.id');
}

const opposite = { asc: 'desc', desc: 'asc' } as const;

const keys: Record<LineSort, { all: string; ofStatus: string; columns: readonly string[] }> = {
  ordered_at: { all: 'by_time', ofStatus: 'by_status_time', columns: ['ordered_at'] },
  ship_by: { all: 'by_ship_by', ofStatus: 'by_status_ship_by', columns: ['ship_by', 'ordered_at'] },
  recipient: {
    all: 'by_recipient',
    ofStatus: 'by_status_recipient',
    columns: ['recipient_name', 'ordered_at'],
  },
};

/**
 * The lines of a status and method in the order of a key. The counts know better than the optimizer which one. For
 * those who work with some channels only there is one key by time, which holds all of this as well.
 */
function alongKey(snap: Snapshot, sort: LineSort, { status, method }: Filter): Knex.QueryBuilder {
  const ofAll = status ? keys[sort].ofStatus : keys[sort].all;
  const key = snap.actor.scope !== 'all' && sort === 'ordered_at' ? 'by_time_channel' : ofAll;
  const table = snap.db.raw('order_lines force index (??)', [key]);
  const all = shownAlongKey(snap.db(table as unknown as string), 'order_lines', snap.window);
  const lines = withinScope(all, snap, 'order_lines.channel_id');
  if (status) lines.where('order_lines.status', status);
  if (method) lines.where('order_lines.method', method);
  return lines;
}

function orderOf(sort: LineSort, dir: SortDir): { column: string; order: SortDir }[] {
  return [...keys[sort].columns, 'method', 'id'].map((column) => ({
    column: `order_lines.${column}`,
    order: dir,
  }));
}

function daysOf({ from, to }: CountFilter): DaySpan[] | undefined {
  return from || to ? [{ from: from ?? dayOfNoTime, to: to ?? lastDay }] : undefined;
}

const lastDay = '9998-12-31';

/** Narrows to days of the order; undefined is all of them. Lines without a time belong to the first day there is. */
function onDays(query: Knex.QueryBuilder, spans: readonly DaySpan[] | undefined): void {
  if (!spans) return;
  query.where((either) => {
    for (const { from, to } of spans) {
      either.orWhere((span) => {
        span.where('order_lines.ordered_at', '>=', from).where('order_lines.ordered_at', '<', addDays(to, 1));
      });
    }
    if (spans[0]?.from === dayOfNoTime) either.orWhereNull('order_lines.ordered_at');
  });
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, n) => total + n, 0);
}
