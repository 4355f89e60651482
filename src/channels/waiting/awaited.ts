import type { Ctx } from '#lib/ctx.ts';
import { findImport } from '../imports.ts';
import type { ImportRow, ImportState } from '../tables.ts';

/** Rows of an earlier import that wait, or waited, for lines another import brings. */
export interface Awaiting {
  importId: number;
  fileName: string;
  rows: number;
  /** The import that proposes them, once the lines are there. */
  metIn: { id: number; state: ImportState } | undefined;
}

/** What other imports say of the lines this one brings, and could not say because nobody knew these yet. */
export async function listAwaiting(ctx: Ctx, row: ImportRow): Promise<Awaiting[]> {
  if (row.new_count === 0 || !['proposed', 'applying', 'applied'].includes(row.state)) return [];
  const origins = await findOrigins(ctx, row);
  if (origins.length === 0) return [];
  const groups: { import_id: number; met_import_id: number | null; n: number }[] = await ctx
    .db('import_rows as waiting')
    .join('import_rows as own', 'own.line_no', 'waiting.line_no')
    .whereIn('waiting.import_id', origins)
    .whereIn('waiting.kind', ['waiting', 'met'])
    .where({ 'own.import_id': row.id, 'own.kind': 'new' })
    .whereNull('own.undone')
    .where((open) => open.whereNull('waiting.met_import_id').orWhere('waiting.met_import_id', '>', row.id))
    .groupBy('waiting.import_id', 'waiting.met_import_id')
    .orderBy('waiting.import_id')
    .select('waiting.import_id', 'waiting.met_import_id')
    .count({ n: '*' });
  return Promise.all(
    groups.map(async ({ import_id, met_import_id, n }) => ({
      importId: import_id,
      fileName: (await findImport(ctx, import_id)).file_name,
      rows: Number(n),
      metIn: met_import_id ? await findImport(ctx, met_import_id) : undefined,
    })),
  );
}

/** Imports of the channel whose rows wait, and those whose rows have met their orders after this import came. */
async function findOrigins(ctx: Ctx, { id, channel_id }: ImportRow): Promise<number[]> {
  const waiting: number[] = await ctx
    .db('imports')
    .where({ channel_id, state: 'applied' })
    .where('waiting_count', '>', 0)
    .pluck('id');
  const met: number[] = await ctx
    .db('imports')
    .where({ channel_id })
    .where('id', '>', id)
    .whereNotNull('follows_import_id')
    .pluck('follows_import_id');
  return [...new Set([...waiting, ...met])];
}

/** The import a proposal of waiting rows comes from, and those that came from an import's own waiting rows. */
export async function listRelated(
  ctx: Ctx,
  row: ImportRow,
): Promise<{ origin: ImportRow | undefined; followers: Pick<ImportRow, 'id' | 'state' | 'rows_read'>[] }> {
  const followers = await ctx
    .db('imports')
    .where({ follows_import_id: row.id })
    .whereNotIn('state', ['reading'])
    .where('rows_read', '>', 0)
    .orderBy('id')
    .select('id', 'state', 'rows_read');
  return {
    origin: row.follows_import_id ? await findImport(ctx, row.follows_import_id) : undefined,
    followers,
  };
}
