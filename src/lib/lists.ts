import { addDays, day, isDay } from '#lib/dates.ts';

/** What one list offers: everything else in its URL falls back to the default. */
export interface ListDefinition {
  /** Keys of the columns that sort; the caller maps them to SQL. */
  sorts: readonly string[];
  defaultSort: { key: string; dir: SortDir };
  /** The values a filter takes, or 'text' for any. */
  filters?: Record<string, readonly string[] | 'text'>;
  /** The range shown when the URL names none; without it everything is shown. */
  defaultRange?: QuickRangeKey;
}

export type SortDir = 'asc' | 'desc';

export interface ListQuery {
  page: number;
  size: number;
  sort: string;
  dir: SortDir;
  /** What was typed into the search box, NFC and without control characters. */
  q: string;
  /** Korean days, both included; '' is open. */
  from: string;
  to: string;
  filters: Record<string, string>;
  definition: ListDefinition;
  today: string;
}

export const pageSizes = [20, 50, 100, 500] as const;
const defaultSize = 50;
const lastPossiblePage = 1_000_000;

/** Reads a list's state from the URL. Unknown and broken values become the default. */
export function readListQuery(
  input: Record<string, unknown>,
  definition: ListDefinition,
  today = day(new Date()),
): ListQuery {
  const text = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : undefined);
  const number = (name: string) => (/^\d{1,7}$/.test(text(name) ?? '') ? Number(text(name)) : 0);
  const sort = text('sort');
  const known = sort !== undefined && definition.sorts.includes(sort);
  const dir = text('dir');
  const size = number('size');

  return {
    page: Math.min(Math.max(number('page'), 1), lastPossiblePage),
    size: (pageSizes as readonly number[]).includes(size) ? size : defaultSize,
    sort: known ? sort : definition.defaultSort.key,
    dir: known && (dir === 'asc' || dir === 'desc') ? dir : known ? 'asc' : definition.defaultSort.dir,
    q: cleanText(text('q')),
    ...readRange(text('from'), text('to'), defaultRangeOf(definition, today)),
    filters: readFilters(text, definition.filters ?? {}),
    definition,
    today,
  };
}

/** How many rows to skip. */
export function offsetOf(query: ListQuery): number {
  return (query.page - 1) * query.size;
}

/** The same list, on its last page when the page asked for lies behind it. */
export function withinTotal(query: ListQuery, total: number): ListQuery {
  return { ...query, page: Math.min(query.page, Math.max(Math.ceil(total / query.size), 1)) };
}

export type ListChanges = Partial<Pick<ListQuery, 'page' | 'size' | 'sort' | 'dir' | 'q' | 'from' | 'to'>> & {
  filters?: Record<string, string>;
};

/** The list's address after `changes`: all of its state, defaults left out. Anything but a page turn goes to page 1. */
export function listUrl(path: string, query: ListQuery, changes: ListChanges = {}): string {
  const params = new URLSearchParams(listParams(query, changes)).toString();
  return params ? `${path}?${params}` : path;
}

/** The state as name and value pairs; a GET form carries them on in hidden fields. */
export function listParams(query: ListQuery, changes: ListChanges = {}): [string, string][] {
  const next = {
    ...query,
    page: 1,
    ...changes,
    filters: { ...query.filters, ...changes.filters },
  };
  const { definition } = query;
  const range = defaultRangeOf(definition, query.today);
  const isDefaultSort = next.sort === definition.defaultSort.key && next.dir === definition.defaultSort.dir;

  const params: [string, string][] = [];
  for (const [name, value] of Object.entries(next.filters)) if (value !== '') params.push([name, value]);
  if (next.q) params.push(['q', next.q]);
  if (next.from !== range.from || next.to !== range.to) params.push(['from', next.from], ['to', next.to]);
  if (!isDefaultSort) params.push(['sort', next.sort], ['dir', next.dir]);
  if (next.size !== defaultSize) params.push(['size', String(next.size)]);
  if (next.page > 1) params.push(['page', String(next.page)]);
  return params.filter(([name, value]) => value !== '' || name === 'from' || name === 'to');
}

export interface Pager {
  page: number;
  pages: number;
  total: number;
  /** The first and last row of this page, counted from 1; both 0 when the list is empty. */
  first: number;
  last: number;
  numbers: number[];
}

/** Up to seven page numbers around the present one. */
export function pager(query: ListQuery, total: number): Pager {
  const pages = Math.max(Math.ceil(total / query.size), 1);
  const page = Math.min(query.page, pages);
  const start = Math.max(Math.min(page - 3, pages - 6), 1);
  const numbers = Array.from({ length: Math.min(7, pages) }, (_, i) => start + i);
  const first = total === 0 ? 0 : (page - 1) * query.size + 1;
  return { page, pages, total, first, last: Math.min(page * query.size, total), numbers };
}

/** Clicking a sorted column turns it round; a new column starts upwards. */
export function nextDir(query: ListQuery, key: string): SortDir {
  return query.sort === key && query.dir === 'asc' ? 'desc' : 'asc';
}

const quickRangeNames = {
  today: '오늘',
  yesterday: '어제',
  week: '7일',
  month: '1개월',
  quarter: '3개월',
  all: '전체',
} as const;
export type QuickRangeKey = keyof typeof quickRangeNames;
export interface DayRange {
  from: string;
  to: string;
}

/** The buttons beside the date fields. */
export function quickRanges(today: string): ({ key: QuickRangeKey; label: string } & DayRange)[] {
  return (Object.keys(quickRangeNames) as QuickRangeKey[]).map((key) => ({
    key,
    label: quickRangeNames[key],
    ...rangeOf(key, today),
  }));
}

function rangeOf(key: QuickRangeKey, today: string): DayRange {
  if (key === 'all') return { from: '', to: '' };
  if (key === 'yesterday') return { from: addDays(today, -1), to: addDays(today, -1) };
  if (key === 'week') return { from: addDays(today, -6), to: today };
  if (key === 'month') return { from: monthsBefore(today, 1), to: today };
  if (key === 'quarter') return { from: monthsBefore(today, 3), to: today };
  return { from: today, to: today };
}

function defaultRangeOf(definition: ListDefinition, today: string): DayRange {
  return rangeOf(definition.defaultRange ?? 'all', today);
}

/** A day that the shorter month lacks becomes its last one. */
function monthsBefore(today: string, months: number): string {
  const [year, month, date] = today.split('-').map(Number) as [number, number, number];
  const lastDay = new Date(year, month - months, 0).getDate();
  return day(new Date(year, month - 1 - months, Math.min(date, lastDay)));
}

/** An absent bound is the default, an empty one is open, and a range typed backwards is turned round. */
function readRange(from: string | undefined, to: string | undefined, fallback: DayRange): DayRange {
  if (from === undefined && to === undefined) return fallback;
  const bound = (text: string | undefined, otherwise: string) =>
    text === undefined || text === '' ? '' : isDay(text) ? text : otherwise;
  const range = { from: bound(from, fallback.from), to: bound(to, fallback.to) };
  return range.from && range.to && range.from > range.to ? { from: range.to, to: range.from } : range;
}

function readFilters(
  text: (name: string) => string | undefined,
  filters: Record<string, readonly string[] | 'text'>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).map(([name, allowed]) => {
      const value = cleanText(text(name));
      return [name, allowed === 'text' || allowed.includes(value) ? value : ''];
    }),
  );
}

/** Macs send Hangul in pieces (NFD); the database holds it whole. */
function cleanText(text: string | undefined): string {
  return (text ?? '')
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 100);
}
