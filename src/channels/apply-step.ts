import { advance, type Batch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import {
  type Comparison,
  compareLine,
  ensureOrders,
  type LineChange,
  type LineContent,
  type LineRow,
  lockLines,
  type MallReport,
  writeLineChanges,
} from '#orders';
import { dictionaryKey, ensureChannelOptions } from '#products';
import type { StepWriters } from './batch-runs.ts';
import { layoutOf } from './layouts/index.ts';
import type { MallLine } from './layouts/layout.ts';
import { channelText, lineContent, wholeContent } from './mall-lines.ts';
import type { ChangeRecord, ImportRow, StagedRow } from './tables.ts';

const rowsPerStep = 1000;

/** How far a run has come, and the dictionary entries it need not look up again. */
export interface Reached {
  position: number;
  options: ReadonlyMap<string, number>;
}

interface Item {
  staged: StagedRow;
  line: MallLine;
  content: Partial<LineContent>;
  current: LineRow | undefined;
  found: Comparison;
}

/** Applies the next rows of an import in the open transaction. Undefined when none is left. */
export async function applyStep(
  tx: Ctx,
  batch: Batch,
  row: ImportRow,
  reached: Reached,
  writers: StepWriters,
): Promise<Reached | undefined> {
  const staged: StagedRow[] = await tx
    .db('import_rows')
    .where({ import_id: row.id })
    .where('row_no', '>', reached.position)
    .orderBy('row_no')
    .limit(rowsPerStep);
  const last = staged.at(-1);
  if (!last) return undefined;

  const read = readStaged(row, staged);
  const options = await knowOptions(tx, batch, reached.options, read);
  const items = await compareAgain(tx, batch, options, read);
  const toWrite = items.filter((item) => item.found.kind === 'new' || item.found.changes.length > 0);
  const orderIds = await ensureOrders(tx, batch.channel_id, [
    ...new Set(toWrite.map((item) => item.line.orderNo)),
  ]);
  const changes = toWrite.map((item) => changeOf(item, batch, orderIds.get(item.line.orderNo)!));

  await writers.place(tx, batch, changes);
  await writeLineChanges(tx, batch.id, changes);
  await saveOutcomes(tx, items);
  await advance(tx, batch, { position: last.row_no });
  return { position: last.row_no, options };
}

type Read = Pick<Item, 'staged' | 'line'>;

function readStaged(row: ImportRow, staged: readonly StagedRow[]): Read[] {
  const layout = layoutOf(JSON.parse(row.columns_json ?? '[]') as string[]);
  return staged
    .filter((item) => item.kind !== 'rejected' && item.kind !== 'same')
    .map((item) => ({ staged: item, line: layout.parseTexts(JSON.parse(item.cells) as string[]) }));
}

async function knowOptions(
  tx: Ctx,
  batch: Batch,
  known: ReadonlyMap<string, number>,
  read: readonly Read[],
): Promise<ReadonlyMap<string, number>> {
  const texts = read.map(({ line }) => channelText(line));
  const unknown = new Map(
    texts.map((text) => [dictionaryKey(text), text] as const).filter(([key]) => !known.has(key)),
  );
  if (unknown.size === 0) return known;
  return new Map([...known, ...(await ensureChannelOptions(tx, batch.channel_id, batch.id, unknown))]);
}

/** The proposal may be hours old: what counts is what the rows say against the lines as they are now. */
async function compareAgain(
  tx: Ctx,
  batch: Batch,
  options: ReadonlyMap<string, number>,
  read: readonly Read[],
): Promise<Item[]> {
  const current = await lockLines(
    tx,
    batch.channel_id,
    read.map(({ line }) => line.lineNo),
  );
  return read.map(({ staged, line }) => {
    const content = lineContent(line, options.get(dictionaryKey(channelText(line)))!, staged.main_line_no);
    const known = current.get(line.lineNo);
    return { staged, line, content, current: known, found: compareLine(known, content) };
  });
}

function changeOf(
  { staged, line, content, current, found }: Item,
  batch: Batch,
  orderId: number,
): LineChange {
  const source = { source_import_id: staged.import_id, source_row: staged.row_no };
  if (!current) {
    const fresh = wholeContent(content);
    return {
      after: {
        ...fresh,
        ...source,
        channel_id: batch.channel_id,
        order_id: orderId,
        line_no: line.lineNo,
        mall_report: reportOf(fresh.status, 'none'),
        hand_fields: '',
        delivery_id: null,
        joined_by: null,
        added: 0,
      },
    };
  }
  const changed = Object.fromEntries(
    found.changes.map((change) => [change.field, change.after]),
  ) as Partial<LineContent>;
  const after = { ...current, ...changed, ...source, order_id: orderId };
  after.mall_report = reportOf(changed.status, current.mall_report);
  after.revision = current.revision + 1;
  return { before: current, after };
}

/** Once the mall itself says that a line is on its way, there is nothing left to tell it. */
function reportOf(status: LineContent['status'] | undefined, before: MallReport): MallReport {
  return status === 'dispatched' || status === 'delivered' || status === 'confirmed' ? 'seen' : before;
}

/** Notes what each row came to, where it is not what the proposal said or an undo will ask for it. */
async function saveOutcomes(tx: Ctx, items: readonly Item[]): Promise<void> {
  const rows = items
    .filter(({ staged, found }) => found.kind !== 'new' || staged.kind !== 'new')
    .map(({ staged, found, current }) => ({
      import_id: staged.import_id,
      row_no: staged.row_no,
      cells: '',
      kind: found.kind,
      changes: recordText(found, current),
      applied_revision: found.kind === 'new' ? 1 : found.changes.length > 0 ? current!.revision + 1 : null,
    }));
  for (let at = 0; at < rows.length; at += 500) {
    await tx
      .db('import_rows')
      .insert(rows.slice(at, at + 500))
      .onConflict()
      .merge(['kind', 'changes', 'applied_revision']);
  }
}

function recordText(found: Comparison, current: LineRow | undefined): string | null {
  if (!current || (found.changes.length === 0 && found.kept.length === 0)) return null;
  const record: ChangeRecord = {
    changes: found.changes,
    kept: found.kept,
    source: {
      import_id: current.source_import_id,
      row: current.source_row,
      mall_report: current.mall_report,
    },
  };
  return JSON.stringify(record);
}
