import type { Ctx, Scope } from '#lib/ctx.ts';
import { may } from '#lib/ctx.ts';
import type { ListColumn, ListSource } from '#lib/list-source.ts';
import { type ListQuery, listParams, readListQuery } from '#lib/lists.ts';
import { columnsOf } from './columns.rules.ts';
import type { DownloadRow, KeptColumn } from './tables.ts';

/** What was asked for, so that it means the same days later: the days are written out. */
interface AskedQuery {
  params: Record<string, string>;
  today: string;
}

export function keepQuery(query: ListQuery): string {
  const params = Object.fromEntries(listParams(query));
  const asked: AskedQuery = { params: { ...params, from: query.from, to: query.to }, today: query.today };
  return JSON.stringify(asked);
}

/** For the event, which outlives the download by years: what was typed into the search box may name somebody. */
export function withoutSearch(row: Pick<DownloadRow, 'query_json'>): AskedQuery {
  const { params, today } = JSON.parse(row.query_json) as AskedQuery;
  const { q: _typed, ...others } = params;
  return { params: others, today };
}

export function keptQuery(row: Pick<DownloadRow, 'query_json'>, source: ListSource): ListQuery {
  const { params, today } = JSON.parse(row.query_json) as AskedQuery;
  return readListQuery(params, source.definition, today);
}

export function keepColumns(columns: readonly ListColumn<unknown>[]): string {
  return JSON.stringify(columns.map(({ key, title }): KeptColumn => ({ key, title })));
}

export function keptColumns(
  row: Pick<DownloadRow, 'columns_json'>,
  offered: readonly ListColumn<unknown>[],
): ListColumn<unknown>[] {
  const kept = JSON.parse(row.columns_json) as KeptColumn[];
  return columnsOf(
    offered,
    kept.map(({ key }) => key),
  );
}

/** The channels a file was made of, so that it is not given to somebody who no longer works with all of them. */
export function keepScope(scope: Scope): string | null {
  return scope === 'all' ? null : JSON.stringify([...scope]);
}

export function keptScope({ scope_json }: Pick<DownloadRow, 'scope_json'>): Scope {
  return scope_json === null ? 'all' : new Set(JSON.parse(scope_json) as number[]);
}

export function permissionOf(source: Pick<ListSource, 'name'>): string {
  return `downloads.${source.name}`;
}

/** Who takes a list away must also be allowed to look at it. */
export function mayDownload(ctx: Ctx, source: ListSource): boolean {
  return may(ctx, source.view) && may(ctx, permissionOf(source));
}
