import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';
import { cleanPostcode } from './postcode.rules.ts';
import type { ChangeRow, RangeRow } from './tables.ts';

export const rangeStates = ['current', 'scheduled', 'past'] as const;
export type RangeState = (typeof rangeStates)[number];

export const rangeList: ListDefinition = {
  sorts: ['code', 'region', 'since'],
  defaultSort: { key: 'code', dir: 'asc' },
  filters: { state: ['scheduled', 'past'], sido: 'text' },
};

const sortColumns: Record<string, string[]> = {
  code: ['from_code'],
  region: ['sido', 'sigungu', 'from_code'],
  since: ['valid_from', 'from_code'],
};

export async function listRanges(ctx: Ctx, query: ListQuery): Promise<RangeRow[]> {
  const columns = [...sortColumns[query.sort]!, 'id'];
  return matchingRanges(ctx, query, (query.filters.state || 'current') as RangeState)
    .orderBy(columns.map((column) => ({ column, order: query.dir })))
    .limit(query.size)
    .offset(offsetOf(query));
}

/** How many match the search, by when they hold. */
export async function countRanges(ctx: Ctx, query: ListQuery): Promise<Record<RangeState, number>> {
  const counts = await Promise.all(
    rangeStates.map(async (state) => {
      const row = await matchingRanges(ctx, query, state).count({ n: '*' }).first();
      return [state, Number(row?.n ?? 0)] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<RangeState, number>;
}

/** The newest first; `made_by_name` tells ours from those that came with the table. */
export async function listChanges(ctx: Ctx, limit = 200): Promise<ChangeRow[]> {
  return ctx
    .db('region_changes')
    .orderBy([
      { column: 'effective', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit);
}

function matchingRanges(ctx: Ctx, { q, filters, today }: ListQuery, state: RangeState): Knex.QueryBuilder {
  const ranges = ctx.db('region_ranges');
  if (state === 'scheduled') ranges.where('valid_from', '>', today);
  if (state === 'past') ranges.where('valid_to', '<', today);
  if (state === 'current') {
    ranges.where('valid_from', '<=', today);
    ranges.where((open) => open.whereNull('valid_to').orWhere('valid_to', '>=', today));
  }
  if (filters.sido) ranges.where({ sido: filters.sido });

  const digits = cleanPostcode(q);
  if (/^\d{1,5}$/.test(digits)) {
    ranges.where('from_code', '<=', digits.padEnd(5, '9')).where('to_code', '>=', digits.padEnd(5, '0'));
  } else if (q) {
    ranges.whereRaw("concat(sido, ' ', sigungu) like ?", [`%${q.replace(/[\\%_]/g, '\\$&')}%`]);
  }
  return ranges;
}
