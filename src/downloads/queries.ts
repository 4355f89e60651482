import type { Knex } from 'knex';
import { type Ctx, may } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';
import { type DownloadRow, type DownloadState, downloadStates } from './tables.ts';

export const downloadList: ListDefinition = {
  sorts: ['created_at', 'row_count'],
  defaultSort: { key: 'created_at', dir: 'desc' },
  filters: { state: downloadStates },
  defaultRange: 'week',
};

/** One's own, or everybody's for those who watch over them and work with all channels. */
export function visibleDownloads(ctx: Ctx): Knex.QueryBuilder {
  const query = ctx.db('downloads');
  if (may(ctx, 'downloads.all') && ctx.actor.scope === 'all') return query;
  return query.where('downloads.created_by', ctx.actor.id);
}

export async function findDownload(ctx: Ctx, id: number): Promise<DownloadRow> {
  return found(await visibleDownloads(ctx).where('downloads.id', id).first());
}

/** Whether the actor may hear how a download comes along. */
export async function mayWatchDownload(ctx: Ctx, id: number): Promise<boolean> {
  if (!may(ctx, 'downloads.view')) return false;
  return (await visibleDownloads(ctx).where('downloads.id', id).first('downloads.id')) !== undefined;
}

export async function lockDownload(tx: Ctx, id: number): Promise<DownloadRow> {
  return found(await visibleDownloads(tx).where('downloads.id', id).forUpdate().first());
}

function found(row: DownloadRow | undefined): DownloadRow {
  if (!row) throw new NotFound('찾는 다운로드가 없습니다.');
  return row;
}

/** A page of the history, with how many there are in each state. */
export async function listDownloads(
  ctx: Ctx,
  query: ListQuery,
): Promise<{ downloads: DownloadRow[]; counts: Map<DownloadState, number> }> {
  const states: { state: DownloadState; n: number }[] = await matching(ctx, query)
    .select('state')
    .count({ n: '*' })
    .groupBy('state');
  const page = matching(ctx, query);
  if (query.filters.state) page.where({ state: query.filters.state });
  const downloads: DownloadRow[] = await page
    .orderBy([
      { column: query.sort, order: query.dir },
      { column: 'id', order: query.dir },
    ])
    .limit(query.size)
    .offset(offsetOf(query));
  return { downloads, counts: new Map(states.map(({ state, n }) => [state, Number(n)])) };
}

function matching(ctx: Ctx, { q, from, to }: ListQuery): Knex.QueryBuilder {
  const downloads = visibleDownloads(ctx);
  if (q) {
    const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    downloads.where((any) => {
      for (const column of ['title', 'filter_words', 'reason', 'created_by_name']) {
        any.orWhere(column, 'like', like);
      }
    });
  }
  if (from) downloads.where('created_at', '>=', `${from} 00:00:00`);
  if (to) downloads.where('created_at', '<=', `${to} 23:59:59`);
  return downloads;
}
