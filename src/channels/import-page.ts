import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { sees } from '#lib/sight.ts';
import { mayHaveMoved } from './basis.ts';
import { findChannelOf } from './channels.ts';
import { listImportActs } from './import-events.ts';
import { findImport } from './imports.ts';
import { hasHead } from './mapping/heads.ts';
import { mappableStates } from './mapping/saving.ts';
import { earlierTwins, keptUntil } from './originals.ts';
import { type Movement, movementsInWords } from './outcomes.rules.ts';
import { countRows, findRows, listProposedRows, type ProposedRow, rowList } from './queries.ts';
import { movedRows } from './recomparing.ts';
import {
  type ImportRow,
  type ImportState,
  importStateNames,
  importStateTones,
  rowKindNames,
  rowKindTones,
} from './tables.ts';
import { listAwaiting, listRelated } from './waiting/awaited.ts';
import { listUnknownWords, meaningNames } from './words.ts';

const statesWithRows: readonly ImportState[] = [
  'proposed',
  'applying',
  'applied',
  'undoing',
  'undone',
  'discarded',
];

/** All that the page of an import shows. */
export async function importPage(ctx: Ctx, id: number, asked: Record<string, unknown>) {
  const row = await findImport(ctx, id);
  const channel = await findChannelOf(ctx, row);
  const hasRows = statesWithRows.includes(row.state);
  const query = readListQuery(asked, rowList);
  const found = hasRows ? await findRows(ctx, row, query.q) : undefined;
  const counts = await countRows(ctx, row, found);
  const total = counts[(query.filters.kind || 'telling') as keyof typeof counts];
  const shown = withinTotal(query, total);
  return {
    row,
    channel,
    words: await listUnknownWords(ctx, row),
    mappable: mappableStates.includes(row.state) && (await hasHead(ctx, row.id)),
    meaningNames,
    query: shown,
    counts,
    total,
    hasRows,
    masked: !sees(ctx, 'orders.personal', 'import', id),
    rows: hasRows ? await listProposedRows(ctx, row, shown, found) : [],
    stale: row.state === 'proposed' ? await howStale(ctx, row) : undefined,
    moved: row.moved_count > 0 ? await whatMoved(ctx, row) : undefined,
    twins: row.follows_import_id ? [] : (await earlierTwins(ctx, [row])).get(row.id)!,
    keptUntil: keptUntil(row),
    awaiting: await listAwaiting(ctx, row),
    ...(await listRelated(ctx, row)),
    acts: await listImportActs(ctx, row.id),
    stateNames: importStateNames,
    tones: importStateTones,
    kindNames: rowKindNames,
    kindTones: rowKindTones,
  };
}

/** Above this, looking at each line would keep the page waiting. */
const linesCounted = 20_000;

/** How many lines have changed since the file was compared with them; 'maybe' where counting would take too long. */
async function howStale(ctx: Ctx, row: ImportRow): Promise<number | 'maybe'> {
  if (!(await mayHaveMoved(ctx, row))) return 0;
  if (row.line_count > linesCounted) return 'maybe';
  return snapshot(ctx, async (snap) => {
    const moved = await movedRows(snap, row).count({ n: '*' }).first();
    return Number(moved?.n ?? 0);
  });
}

const movedShown = 10;

/** What moved between reading and now: in sentences, with the first rows. */
async function whatMoved(ctx: Ctx, row: ImportRow): Promise<{ words: string[]; rows: ProposedRow[] }> {
  const from = ctx.db.raw("JSON_VALUE(moved, '$.kind')");
  const movements: Movement[] = await ctx
    .db('import_rows')
    .where({ import_id: row.id })
    .whereNotNull('moved')
    .groupBy('kind', from)
    .select({ from, to: 'kind' })
    .count({ rows: '*' });
  const first = { page: 1, size: movedShown, dir: 'asc', filters: { kind: 'moved' } } as const;
  return { words: movementsInWords(movements), rows: await listProposedRows(ctx, row, first) };
}
