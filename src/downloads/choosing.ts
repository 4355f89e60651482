import type { Ctx } from '#lib/ctx.ts';
import type { ListColumn, ListSource } from '#lib/list-source.ts';
import type { ListQuery } from '#lib/lists.ts';

/** What a file of these rows may hold, and the name by which a person's choice of it is remembered. */
export interface Offer {
  columns: readonly ListColumn<unknown>[];
  rememberedAs: string;
}

export async function offerOf(ctx: Ctx, source: ListSource, query: ListQuery): Promise<Offer> {
  const own = await source.ownColumns?.(ctx, query);
  if (!own) return { columns: source.columns, rememberedAs: source.name };
  return { columns: [...source.columns, ...own.columns], rememberedAs: `${source.name}:${own.kind}` };
}

/** The columns this person last took of a list, in their order. */
export async function chosenKeys(ctx: Ctx, listName: string): Promise<string[] | undefined> {
  const row: { columns_json: string } | undefined = await ctx
    .db('download_columns')
    .where({ user_id: ctx.actor.id, list_name: listName })
    .first('columns_json');
  return row && (JSON.parse(row.columns_json) as string[]);
}

export async function rememberColumns(tx: Ctx, listName: string, keys: readonly string[]): Promise<void> {
  await tx
    .db('download_columns')
    .insert({ user_id: tx.actor.id, list_name: listName, columns_json: JSON.stringify(keys) })
    .onConflict()
    .merge();
}

export async function forgetColumns(ctx: Ctx, listName: string): Promise<void> {
  await ctx.db('download_columns').where({ user_id: ctx.actor.id, list_name: listName }).delete();
}
