import type { Snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { type ListDefinition, type ListQuery, listUrl } from '#lib/lists.ts';
import { maskPhone } from '#lib/masking.ts';
import type { Role } from '#lib/module.ts';
import { phoneDigits } from '#lib/phone.ts';
import type { CellKind, CellValue } from '#lib/xlsx/cells.rules.ts';

/** A list that can be taken away as a file: its module declares it once, beside the page that shows it. */
export interface ListSource<Row = unknown> {
  /** Names the list in addresses, in what people have chosen, and in the permission `downloads.name`. */
  name: string;
  /** What people call it; the file begins with it. */
  title: string;
  /** Its page; `:import` in it stands for the filter of that name. */
  path: string;
  /** Who may take it from the start; everybody needs `view` besides. */
  roles: readonly Role[];
  /** The permission of its page. */
  view: string;
  definition: ListDefinition;
  columns: readonly ListColumn<Row>[];
  /** Columns that only these rows have, behind the others. */
  ownColumns?(ctx: Ctx, query: ListQuery): Promise<OwnColumns<Row>>;
  /** What the filter leaves, as a person says it; '' for everything. */
  inWords(query: ListQuery): string;
  /** Reads on this snapshot alone, with the page's own query: what its actor may not see does not come, or comes masked. */
  open(snap: Snapshot, query: ListQuery): Promise<OpenList<Row>>;
}

export interface ListColumn<Row> {
  key: string;
  title: string;
  kind: CellKind;
  value: (row: Row) => CellValue;
  /** Names or reaches a customer: a reason is asked for. */
  personal?: true;
  /** Not in the file until somebody chooses it. */
  extra?: true;
  /** Stands in the last row. A key names what repeats one amount on several rows: it counts once, the largest. */
  sum?: true | ((row: Row) => string);
  /** In characters. */
  width?: number;
}

/** Columns of the file that the rows came from, say. */
export interface OwnColumns<Row> {
  /** What a person chooses is remembered for all rows of one kind. Ascii, at most 20 characters. */
  kind: string;
  columns: readonly ListColumn<Row>[];
}

/** All rows of a filter, in the list's order. */
export interface OpenList<Row> {
  total: number;
  /** Whose rows these are, where the list is a part of something: the name of a file or a partner. */
  of?: string;
  /** A thousand rows or so at a time; together exactly `total`. */
  pages(): AsyncIterable<readonly Row[]>;
  /** What a person must know of these rows besides the filter. */
  note?: string;
}

/** Forgets the type of the rows, which only their own columns need to know. */
export function listSource<Row>(source: ListSource<Row>): ListSource {
  return source as unknown as ListSource;
}

/** The page that shows just these rows. */
export function pageOf({ path }: Pick<ListSource, 'path'>, query: ListQuery): string {
  const [filters, inPath] = [{ ...query.filters }, /:(\w+)/g];
  for (const [, name] of path.matchAll(inPath)) filters[name!] = '';
  return listUrl(
    path.replace(inPath, (_, name: string) => encodeURIComponent(query.filters[name] ?? '')),
    query,
    { filters },
  );
}

/** The number a filter names; 0, which nothing has, for anything else. */
export function idIn(query: ListQuery, filter: string): number {
  const text = query.filters[filter] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

const pageSize = 1000;

/** Pages of rows that are found by ids known beforehand; the next is on its way while one is used. */
export async function* pagesOfIds<Row>(
  ids: readonly number[],
  read: (ids: readonly number[]) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  const pageAt = (at: number) => {
    const page = at < ids.length ? read(ids.slice(at, at + pageSize)) : undefined;
    page?.catch(() => {}); // whoever has stopped reading does not hear of it
    return page;
  };
  let next = pageAt(0);
  for (let at = pageSize; next; at += pageSize) {
    const page: readonly Row[] = await next;
    next = pageAt(at);
    yield page;
  }
}

/** A list that is small enough to be here already. */
export function allAtOnce<Row>(rows: readonly Row[]): Pick<OpenList<Row>, 'total' | 'pages'> {
  return {
    total: rows.length,
    async *pages() {
      yield rows;
    },
  };
}

/** Pages of a list that is small enough to skip from its beginning each time. */
export async function* pagesOfQuery<Row>(
  query: ListQuery,
  total: number,
  read: (query: ListQuery) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let page = 1; (page - 1) * pageSize < total; page++)
    yield await read({ ...query, page, size: pageSize });
}

/** '주문일 2026-11-01~2026-11-21'; '' without days. */
export function daysInWords(label: string, { from, to }: Pick<ListQuery, 'from' | 'to'>): string {
  if (!from && !to) return '';
  return from === to ? `${label} ${from}` : `${label} ${from}~${to}`;
}

/** The parts of a filter on one line; what is empty is left out. */
export function wordsOf(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}

/** A whole phone number is not kept in the words of a filter, which many may read. */
export function searchWords({ q }: Pick<ListQuery, 'q'>): string {
  return q ? `검색 ‘${looksLikePhone(q) ? maskPhone(phoneDigits(q)) : q}’` : '';
}

function looksLikePhone(text: string): boolean {
  return /^[\d\s().+-]+$/.test(text) && /^(0\d{8,11}|82\d{8,10})$/.test(phoneDigits(text));
}
