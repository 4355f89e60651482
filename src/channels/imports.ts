import type { Knex } from 'knex';
import { type Ctx, may, withinScope } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import type { ImportRow, RowKind } from './tables.ts';

/** The imports the actor may see: a file that nobody knows the channel of yet is its uploader's. */
export function visibleImports(ctx: Ctx): Knex.QueryBuilder {
  const query = ctx.db('imports');
  if (!may(ctx, 'imports.view')) return query.whereRaw('1 = 0');
  if (ctx.actor.scope === 'all') return query;
  return query.where((any) => {
    any.where((known) => withinScope(known, ctx, 'imports.channel_id'));
    any.orWhere({ 'imports.channel_id': 0, 'imports.created_by': ctx.actor.id });
  });
}

export async function findImport(ctx: Ctx, id: number): Promise<ImportRow> {
  const row: ImportRow | undefined = await visibleImports(ctx).where('imports.id', id).first();
  if (!row) throw new NotFound('없는 가져오기입니다.');
  return row;
}

/** Whether the actor may hear how an import comes along. */
export async function mayWatchImport(ctx: Ctx, id: number): Promise<boolean> {
  return (await visibleImports(ctx).where('imports.id', id).first('imports.id')) !== undefined;
}

export async function lockImport(tx: Ctx, id: number): Promise<ImportRow> {
  const row: ImportRow | undefined = await visibleImports(tx).where('imports.id', id).forUpdate().first();
  if (!row) throw new NotFound('없는 가져오기입니다.');
  return row;
}

/** How many rows of each kind an import holds, as its own columns. */
export async function rowCounts(ctx: Ctx, importId: number): Promise<Partial<ImportRow>> {
  const rows: { kind: RowKind; n: number }[] = await ctx
    .db('import_rows')
    .select('kind')
    .count({ n: '*' })
    .where({ import_id: importId })
    .groupBy('kind');
  const of = (kind: RowKind) => Number(rows.find((row) => row.kind === kind)?.n ?? 0);
  return {
    new_count: of('new'),
    changed_count: of('changed'),
    same_count: of('same'),
    conflict_count: of('conflict'),
    waiting_count: of('waiting'),
    met_count: of('met'),
    rejected_count: of('rejected'),
    line_count: of('new') + of('changed') + of('same') + of('conflict'),
  };
}
