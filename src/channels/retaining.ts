import type { Knex } from 'knex';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import type { Retention } from '#lib/retention.ts';
import type { ContentField } from '#orders';
import { keptDays } from '#personal';
import { lockImport, rowCounts } from './imports.ts';
import type { ChangeRecord, ImportRow, ImportState, Problem, StagedRow } from './tables.ts';

const people: ReadonlySet<ContentField> = new Set([
  'buyer_name',
  'buyer_id',
  'buyer_phone',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'postcode',
  'address',
  'address_detail',
  'memo',
]);

const atWork: readonly ImportState[] = ['waiting', 'reading', 'applying', 'undoing'];
const used: readonly ImportState[] = ['applied'];

/** The mall's own columns of imports, and the people in what they changed; that and what came of it stays. */
export const retains: readonly Retention[] = [
  {
    name: 'unused_imports',
    days: keptDays.unusedImports,
    due: (ctx, before, limit) => dueOf(ctx, before, limit).whereNotIn('state', [...atWork, ...used]),
    destroy: forgetRows,
  },
  {
    name: 'imports',
    days: keptDays.imports,
    due: (ctx, before, limit) => dueOf(ctx, before, limit).whereIn('state', used),
    destroy: forgetRows,
  },
];

function dueOf(ctx: Ctx, before: Date, limit: number): Knex.QueryBuilder {
  return ctx
    .db('imports')
    .whereNull('cells_destroyed_at')
    .where('created_at', '<', before)
    .orderBy('id')
    .limit(limit)
    .pluck('id');
}

/** A proposal is put aside first: nobody can apply what is no longer there. */
async function forgetRows(ctx: Ctx, id: number): Promise<void> {
  const isMine = await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, id);
    if (row.cells_destroyed_at || atWork.includes(row.state)) return false;
    if (row.state === 'proposed') {
      const failure = `${keptDays.unusedImports}일 동안 적용하지 않아 버렸습니다.`;
      await tx.db('imports').where({ id }).update({ state: 'discarded', failure });
    }
    return true;
  });
  if (!isMine) return;
  await endWaiting(ctx, id);
  while ((await ctx.db('kept_cells').where({ import_id: id }).limit(100).delete()) > 0);
  for (let after = -1, more = true; more; ) {
    const rows: StagedRow[] = await ctx
      .db('import_rows')
      .where({ import_id: id })
      .where('row_no', '>', after)
      .orderBy('row_no')
      .limit(1000);
    more = rows.length > 0;
    after = rows.at(-1)?.row_no ?? after;
    const telling = rows.filter(({ changes, problems, moved }) => changes ?? problems ?? moved);
    if (telling.length > 0) await transaction(ctx, (tx) => forgetPeople(tx, telling));
  }
  await transaction(ctx, async (tx) => {
    const row: ImportRow = await lockImport(tx, id);
    if (row.cells_destroyed_at) return;
    await tx.db('imports').where({ id }).update({ cells_destroyed_at: tx.now(), moved_count: 0 });
    await record(tx, 'import.rows_forgotten', 'import', id, { file: row.file_name });
  });
}

async function endWaiting(ctx: Ctx, id: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    await lockImport(tx, id);
    const reason = '오래되어 더 기다리지 않습니다.';
    await tx
      .db('import_rows')
      .where({ import_id: id, kind: 'waiting' })
      .update({
        kind: 'rejected',
        problems: JSON.stringify([{ column: '상품주문번호', value: '', reason }]),
      });
    const { waiting_count, rejected_count } = await rowCounts(tx, id);
    await tx.db('imports').where({ id }).update({ waiting_count, rejected_count });
  });
}

async function forgetPeople(tx: Ctx, rows: readonly StagedRow[]): Promise<void> {
  await putMany(
    tx,
    'import_rows',
    rows.map(({ import_id, row_no, kind, changes, problems }) => ({
      import_id,
      row_no,
      kind,
      changes: changes && JSON.stringify(withoutPeople(JSON.parse(changes) as ChangeRecord)),
      problems:
        problems && JSON.stringify((JSON.parse(problems) as Problem[]).map((one) => ({ ...one, value: '' }))),
      moved: null,
    })),
    ['changes', 'problems', 'moved'],
  );
}

function withoutPeople(record: ChangeRecord): ChangeRecord {
  const stays = ({ field }: { field: ContentField }) => !people.has(field);
  return { ...record, changes: record.changes.filter(stays), kept: record.kept.filter(stays) };
}
