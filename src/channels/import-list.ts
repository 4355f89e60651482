import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';
import { visibleImports } from './imports.ts';
import type { ImportRow, ImportState, RowKind } from './tables.ts';

export const importList: ListDefinition = {
  sorts: ['created_at', 'file_name'],
  defaultSort: { key: 'created_at', dir: 'desc' },
  filters: { state: ['open', 'applied', 'undone', 'failed', 'waits'], channel: 'text', person: 'text' },
};

const statesOf: Record<string, readonly ImportState[]> = {
  open: ['waiting', 'reading', 'locked', 'unmapped', 'proposed', 'applying', 'undoing'],
  applied: ['applied'],
  undone: ['undone'],
  failed: ['refused', 'cancelled', 'discarded'],
};

/** Applied imports with rows whose order nobody knows yet. */
const waits = 'waits';

const columns = [
  'id',
  'file_name',
  'file_sha256',
  'state',
  'rows_read',
  'new_count',
  'changed_count',
  'same_count',
  'conflict_count',
  'waiting_count',
  'rejected_count',
  'kept_count',
  'moved_count',
  'created_by_name',
  'created_at',
  'applied_at',
  'undone_at',
  'failure',
  'follows_import_id',
] as const;

export type ListedImport = Pick<ImportRow, (typeof columns)[number]> & {
  /** NULL until the reader has found out whose file it is. */
  channel_name: string | null;
  /** What the import says of the order or line that was searched for. */
  found: RowKind[];
};

/** The imports of a list page, with how many there are in each tab. */
export async function listImports(
  ctx: Ctx,
  query: ListQuery,
): Promise<{ imports: ListedImport[]; counts: Record<string, number> }> {
  const found = await kindsFound(ctx, query.q);
  const matching = () => narrowed(ctx, query, [...found.keys()]);
  const states: { state: ImportState; n: number }[] = await matching()
    .select('imports.state')
    .count({ n: '*' })
    .groupBy('imports.state');
  const counts: Record<string, number> = Object.fromEntries(
    Object.entries(statesOf).map(([tab, of]) => [tab, sum(states.filter((row) => of.includes(row.state)))]),
  );
  counts[waits] = Number((await waiting(matching()).count({ n: '*' }).first())?.n ?? 0);
  const page = matching(); // ids first: sorting whole rows would carry far more
  if (query.filters.state === waits) waiting(page);
  else if (query.filters.state) page.whereIn('imports.state', statesOf[query.filters.state]!);
  const ids: number[] = await page
    .orderBy(`imports.${query.sort}`, query.dir)
    .orderBy('imports.id', query.dir)
    .limit(query.size)
    .offset(offsetOf(query))
    .pluck('imports.id');
  const imports: Omit<ListedImport, 'found'>[] = await visibleImports(ctx)
    .leftJoin('channels', 'channels.id', 'imports.channel_id')
    .whereIn('imports.id', ids)
    .select(...columns.map((column) => `imports.${column}`), { channel_name: 'channels.name' });
  imports.sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  return {
    imports: imports.map((row) => ({ ...row, found: found.get(row.id) ?? [] })),
    counts: { ...counts, all: sum(states) },
  };
}

function waiting(imports: Knex.QueryBuilder): Knex.QueryBuilder {
  return imports.where({ 'imports.state': 'applied' }).where('imports.waiting_count', '>', 0);
}

/** Who has uploaded anything; 0 stands for the command line. */
export async function listUploaders(ctx: Ctx): Promise<{ id: number; name: string }[]> {
  const people: { id: number | null; name: string }[] = await visibleImports(ctx)
    .groupBy('created_by')
    .select({ id: 'created_by' })
    .max({ name: 'created_by_name' });
  return people
    .map(({ id, name }) => ({ id: id ?? 0, name }))
    .sort((a, b) => a.name.localeCompare(b.name, 'ko'));
}

/** A number of an order or of a line; file names are searched for anything. */
export function isNumberOfOrder(q: string): boolean {
  return /^[0-9A-Za-z-]{6,40}$/.test(q) && /\d/.test(q);
}

/** The imports that name the order or line searched for, and what they say of it. */
async function kindsFound(ctx: Ctx, q: string): Promise<Map<number, RowKind[]>> {
  if (!isNumberOfOrder(q)) return new Map();
  const by = (column: 'line_no' | 'order_no') =>
    ctx.db('import_rows').where(column, q).select('import_id', 'kind');
  const rows: { import_id: number; kind: RowKind }[] = await by('line_no').union(by('order_no'));
  const kinds = new Map<number, RowKind[]>();
  for (const { import_id, kind } of rows) kinds.set(import_id, [...(kinds.get(import_id) ?? []), kind]);
  return kinds;
}

/** A number that imports know is meant as one; anything else is a part of a file's name. */
function narrowed(ctx: Ctx, query: ListQuery, found: readonly number[]): Knex.QueryBuilder {
  const imports = visibleImports(ctx);
  const { q, from, to, filters } = query;
  if (found.length > 0) imports.whereIn('imports.id', found);
  else if (q) imports.where('imports.file_name', 'like', `%${q.replace(/[\\%_]/g, '\\$&')}%`);
  if (from) imports.where('imports.created_at', '>=', `${from} 00:00:00`);
  if (to) imports.where('imports.created_at', '<=', `${to} 23:59:59`);
  if (isId(filters.channel)) imports.where('imports.channel_id', filters.channel);
  if (filters.person === '0') imports.whereNull('imports.created_by');
  else if (isId(filters.person)) imports.where('imports.created_by', filters.person);
  return imports;
}

function isId(text: string | undefined): text is string {
  return /^\d{1,15}$/.test(text ?? '');
}

function sum(rows: readonly { n: number }[]): number {
  return rows.reduce((total, row) => total + Number(row.n), 0);
}
