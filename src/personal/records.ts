import type { Knex } from 'knex';
import { type AccessKind, accessKinds } from '#lib/access.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { addDays } from '#lib/dates.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';
import type { AccessRecord } from './chain.rules.ts';
import { readSought, type Sought } from './records.rules.ts';

export const recordList: ListDefinition = {
  sorts: ['at'],
  defaultSort: { key: 'at', dir: 'desc' },
  filters: { kind: accessKinds, person: 'text' },
  defaultRange: 'week',
};

/** Records per kind, with those of a search and filter, but of every kind. */
export async function countRecords(ctx: Ctx, query: ListQuery): Promise<Map<AccessKind, number>> {
  const anyKind = { ...query, filters: { ...query.filters, kind: '' } };
  const rows = (await matching(ctx, anyKind, await sought(ctx, query))
    .select('access_records.kind')
    .count({ n: '*' })
    .groupBy('access_records.kind')) as { kind: AccessKind; n: number }[];
  return new Map(rows.map(({ kind, n }) => [kind, Number(n)]));
}

/** A page of records: ids are found along a key alone, and only then rows are read. */
export async function listRecords(ctx: Ctx, query: ListQuery): Promise<AccessRecord[]> {
  const ids: number[] = await inOrder(matching(ctx, query, await sought(ctx, query)), query)
    .limit(query.size)
    .offset(offsetOf(query))
    .pluck('access_records.id');
  return readRecords(ctx, ids);
}

/** All record ids of a filter in the order of the list, for a file. */
export async function allRecordIds(ctx: Ctx, query: ListQuery): Promise<number[]> {
  return inOrder(matching(ctx, query, await sought(ctx, query)), query).pluck('access_records.id');
}

export async function readRecords(ctx: Ctx, ids: readonly number[]): Promise<AccessRecord[]> {
  const rows: AccessRecord[] = await ctx.db('access_records').whereIn('id', ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}

/** Who can have left records: everybody who ever had an account, and the system. */
export async function listPeople(ctx: Ctx): Promise<{ id: number; name: string }[]> {
  const users: { id: number; name: string }[] = await ctx.db('users').select('id', 'name').orderBy('name');
  return [...users, { id: 0, name: '모아(자동)' }];
}

function inOrder(query: Knex.QueryBuilder, { dir }: ListQuery): Knex.QueryBuilder {
  return query.orderBy([
    { column: 'access_records.at', order: dir },
    { column: 'access_records.id', order: dir },
  ]);
}

type Subject = { type: string; id: number };
type Narrowing = Exclude<Sought, { kind: 'number' | 'subject' }> | { kind: 'subjects'; subjects: Subject[] };

/** What the search box asks for; the number of an order becomes what is known by it. */
async function sought(ctx: Ctx, { q }: ListQuery): Promise<Narrowing | undefined> {
  if (!q) return undefined;
  const read = readSought(q);
  if (read.kind === 'subject') return { kind: 'subjects', subjects: [read.subject] };
  if (read.kind === 'number') return { kind: 'subjects', subjects: await subjectsOfNumber(ctx, read.text) };
  return read;
}

function matching(
  ctx: Ctx,
  { from, to, filters }: ListQuery,
  narrowing: Narrowing | undefined,
): Knex.QueryBuilder {
  if (!may(ctx, 'personal.records')) throw new NotFound();
  const records = ctx.db('access_records');
  if (narrowing) narrow(ctx, records, narrowing);
  if (from) records.where('access_records.at', '>=', from);
  if (to) records.where('access_records.at', '<', addDays(to, 1));
  if (filters.kind) records.where('access_records.kind', filters.kind);
  const { person = '' } = filters;
  if (person === '0') records.whereNull('access_records.actor_id');
  else if (/^\d{1,15}$/.test(person)) records.where('access_records.actor_id', Number(person));
  return records;
}

function narrow(ctx: Ctx, records: Knex.QueryBuilder, by: Narrowing): void {
  if (by.kind === 'address') records.where('access_records.address', by.text);
  else if (by.kind === 'request') records.where('access_records.request_id', by.text);
  else if (by.kind === 'subjects') ofSubjects(ctx, records, by.subjects);
  else {
    const like = `%${by.text.replace(/[\\%_]/g, '\\$&')}%`;
    records.where((any) => {
      for (const column of ['actor_name', 'reason', 'detail']) {
        any.orWhere(`access_records.${column}`, 'like', like);
      }
    });
  }
}

function ofSubjects(ctx: Ctx, records: Knex.QueryBuilder, subjects: readonly Subject[]): void {
  if (subjects.length === 0) return void records.whereRaw('1 = 0');
  const own = ctx.db('access_subjects').distinct('record_id');
  own.where((any) => {
    for (const { type, id } of subjects) any.orWhere({ subject_type: type, subject_id: id });
  });
  records.join(own.as('sought'), 'sought.record_id', 'access_records.id');
}

/** The order with this number, or with a line of it, and the deliveries its lines go with. */
async function subjectsOfNumber(ctx: Ctx, text: string): Promise<Subject[]> {
  const ofLine = ctx.db('order_lines').where({ line_no: text }).select('order_id', 'delivery_id');
  const ofOrder = ctx
    .db('order_lines')
    .whereIn('order_id', ctx.db('orders').select('id').where({ order_no: text }))
    .select('order_id', 'delivery_id');
  // each along its own key: either of them in one condition would look through all orders
  const lines: { order_id: number; delivery_id: number | null }[] = await ofLine.union(ofOrder);
  const orders = [...new Set(lines.map((line) => line.order_id))];
  const deliveries = [...new Set(lines.flatMap((line) => line.delivery_id ?? []))];
  return [
    ...orders.map((id) => ({ type: 'order', id })),
    ...deliveries.map((id) => ({ type: 'delivery', id })),
  ];
}
