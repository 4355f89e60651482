import { advance, type Batch } from '#lib/batches.ts';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import {
  ensureOrders,
  findLineIds,
  type LineChange,
  type LineContent,
  type LineRow,
  lockLines,
  type MallReport,
  readKeptCells,
  writeLineChanges,
} from '#orders';
import { dictionaryKey, ensureChannelOptions } from '#products';
import type { StepWriters } from './batch-runs.ts';
import { findKeptLayout } from './kept-layout.ts';
import type { MallLine } from './layouts/layout.ts';
import { channelText, compareWith, lineContent, wholeContent } from './mall-lines.ts';
import { movedText, outcomeOf, sameOutcome } from './outcomes.rules.ts';
import type { ChangeRecord, ImportRow, Outcome, RowKind, StagedRow } from './tables.ts';

const rowsPerStep = 1000;

/** Rows an import has nothing to do for. */
const settledKinds: readonly RowKind[] = ['same', 'met', 'rejected'];

/** The next rows of an import, read and ready to be written; `last` is the row they reach to. */
export interface Part {
  last: number;
  read: Read[];
}

/** What a run knows of the channel's option dictionary. */
export type KnownOptions = ReadonlyMap<string, number>;

interface Item {
  staged: StagedRow;
  line: MallLine;
  /** Names the dictionary entry of what was ordered. */
  key: string;
  content: Partial<LineContent>;
  current: LineRow | undefined;
  found: Outcome;
}

/** A line that stays with its order need not look for it. */
function isKnownOrder({ line, current }: Item): boolean {
  return line.tells === 'standing' || current?.order_no === line.orderNo;
}

export type Read = Pick<Item, 'staged' | 'line' | 'key'>;

/** Takes up the rows after `position`. Undefined when none is left. */
export async function readPart(ctx: Ctx, row: ImportRow, position: number): Promise<Part | undefined> {
  const following: StagedRow[] = await ctx
    .db('import_rows')
    .where({ import_id: row.id })
    .where('row_no', '>', position)
    .orderBy('row_no')
    .limit(rowsPerStep + 1);
  const staged = wholeOrders(following);
  const last = staged.at(-1);
  if (!last) return undefined;

  const wanted = staged.filter((item) => !settledKinds.includes(item.kind));
  return { last: last.row_no, read: await readStaged(ctx, row, wanted) };
}

/** The lines of staged rows, from the cells that were kept of them. */
export async function readStaged(ctx: Ctx, row: ImportRow, staged: readonly StagedRow[]): Promise<Read[]> {
  const rowNos = staged.map((item) => item.row_no);
  const [layout, cells] = await Promise.all([findKeptLayout(ctx, row), readKeptCells(ctx, row.id, rowNos)]);
  return staged.map((item) => {
    const line = layout.parseTexts(cells.get(item.row_no)!);
    return { staged: item, line, key: dictionaryKey(channelText(line)) };
  });
}

/** A full part ends with an order, where it can: one that goes on would make the next part wait for its lines. */
function wholeOrders(following: readonly StagedRow[]): readonly StagedRow[] {
  const part = following.slice(0, rowsPerStep);
  const next = following[rowsPerStep];
  if (!next?.order_no) return part;
  const end = part.findLastIndex((item) => item.order_no !== next.order_no) + 1;
  return end > 0 ? part.slice(0, end) : part;
}

/** A part whose orders and deliveries are written. */
export interface Placed {
  options: KnownOptions;
  /** Writes its lines; undefined when that has been done already. */
  writeLines: ((tx: Ctx) => Promise<void>) | undefined;
}

/**
 * Writes the orders and deliveries of a part in the open transaction. Lines that are all new are left for a
 * transaction of their own, which may run beside the next part: nobody can see or lock them yet. Lines that change
 * known ones are written at once, while those are locked. `earlier` waits until the parts before have their lines.
 * Doing a part again after a crash finds its deliveries made and comes to the same.
 */
export async function placePart(
  tx: Ctx,
  batch: Batch,
  { last, read }: Part,
  known: KnownOptions,
  writers: StepWriters,
  earlier: () => Promise<void>,
): Promise<Placed> {
  const options = await knowOptions(tx, batch, known, read);
  const items = await compareAgain(tx, batch, options, read, earlier);
  const toWrite = items.filter((item) => item.found.kind === 'new' || item.found.changes.length > 0);
  const orderIds = await ensureOrders(tx, batch.channel_id, [
    ...new Set(toWrite.filter((item) => !isKnownOrder(item)).map((item) => item.line.orderNo)),
  ]);
  const changes = toWrite.map((item) =>
    changeOf(item, batch, orderIds.get(item.line.orderNo) ?? item.current!.order_id),
  );
  await writers.place(tx, batch, changes, earlier);

  const writeLines = async (own: Ctx) => {
    await writeLineChanges(own, batch.id, changes);
    await saveOutcomes(own, items);
    await advance(own, batch, { position: last });
  };
  if (items.every((item) => !item.current)) {
    await advance(tx, batch, {}); // last, for the lines before may be waiting to say how far they are
    return { options, writeLines };
  }
  await writeLines(tx);
  return { options, writeLines: undefined };
}

async function knowOptions(
  tx: Ctx,
  batch: Batch,
  known: KnownOptions,
  read: readonly Read[],
): Promise<KnownOptions> {
  const unknown = new Map(
    read
      .filter(({ key, line }) => line.tells === 'all' && !known.has(key))
      .map(({ key, line }) => [key, channelText(line)] as const),
  );
  if (unknown.size === 0) return known;
  return new Map([...known, ...(await ensureChannelOptions(tx, batch.channel_id, batch.id, unknown))]);
}

/** The proposal may be hours old: what counts is what the rows say against the lines as they are now. */
async function compareAgain(
  tx: Ctx,
  batch: Batch,
  options: KnownOptions,
  read: readonly Read[],
  earlier: () => Promise<void>,
): Promise<Item[]> {
  const known = await findLineIds(
    tx,
    batch.channel_id,
    read.map(({ line }) => line.lineNo),
  );
  if (known.length > 0) await earlier();
  const current = await lockLines(tx, known);
  return read.map((one) => {
    const { staged, line, key } = one;
    const content = lineContent(line, options.get(key) ?? 0, staged.main_line_no);
    const locked = current.get(line.lineNo);
    return { ...one, content, current: locked, found: compareWith(locked, line, content) };
  });
}

function changeOf(
  { staged, line, content, current, found }: Item,
  batch: Batch,
  orderId: number,
): LineChange {
  const source = { source_import_id: staged.import_id, source_row: staged.row_no };
  if (!current) {
    const fresh = wholeContent(content, line);
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
  after.mall_report = reportOf(content.status, current.mall_report);
  after.revision = current.revision + 1;
  return { before: current, after };
}

/** Once the mall itself says that a line is on its way, there is nothing left to tell it, also where we knew already. */
function reportOf(status: LineContent['status'] | undefined, before: MallReport): MallReport {
  return status === 'dispatched' || status === 'delivered' || status === 'confirmed' ? 'seen' : before;
}

/** Notes what each row came to, where it is not what the proposal said or an undo will ask for it. */
async function saveOutcomes(tx: Ctx, items: readonly Item[]): Promise<void> {
  const telling = items.filter(({ staged, found }) => found.kind !== 'new' || staged.kind !== 'new');
  const rows = telling.map(({ staged, found, current }) => ({
    import_id: staged.import_id,
    row_no: staged.row_no,
    kind: found.kind,
    changes: recordText(found, current),
    applied_revision: found.kind === 'new' ? 1 : found.changes.length > 0 ? current!.revision + 1 : null,
    moved: movedText(staged, found),
  }));
  await putMany(tx, 'import_rows', rows, ['kind', 'changes', 'applied_revision', 'moved']);

  // a hand may have been quicker than we while the batch was at work; the page tells of it afterwards
  const moved = telling.filter(({ staged, found }) => !sameOutcome(outcomeOf(staged), found));
  if (moved.length > 0) {
    const { import_id } = moved[0]!.staged;
    await tx.db('imports').where({ id: import_id }).increment('moved_count', moved.length);
  }
}

function recordText(found: Outcome, current: LineRow | undefined): string | null {
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
