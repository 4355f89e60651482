import { noteSearch, noteSeen } from '#lib/access.ts';
import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import type { ListDefinition, ListQuery } from '#lib/lists.ts';
import { maskName } from '#lib/masking.ts';
import { sees } from '#lib/sight.ts';
import {
  type ContentField,
  fieldNames,
  fieldText,
  findKeptRows,
  type KeptCell,
  maskedValue,
  readKeptCells,
  readSearch,
  searchForRecord,
  type Value,
  visibleLines,
} from '#orders';
import { hideCell } from './hiding.rules.ts';
import { findKeptLayout } from './kept-layout.ts';
import type { MallLine } from './layouts/index.ts';
import { lineContent } from './mall-lines.ts';
import { outcomeOf } from './outcomes.rules.ts';
import {
  type ImportRow,
  type Outcome,
  type Problem,
  type RowKind,
  rowKinds,
  type StagedRow,
} from './tables.ts';
import { lastEventOf, listTouches, type Touch } from './touches.ts';

export const rowList: ListDefinition = {
  sorts: ['row_no'],
  defaultSort: { key: 'row_no', dir: 'asc' },
  filters: { kind: [...rowKinds, 'moved', 'kept', 'all'] },
};

/** What the page of a proposal begins with: every row that is not simply the same. */
export const tellingKinds: readonly RowKind[] = rowKinds.filter((kind) => kind !== 'same');

/** How many rows stand in each tab. */
export type RowCounts = Record<RowKind | 'moved' | 'kept' | 'telling' | 'all', number>;

export const mostFound = 2000;

/** The rows that have `q` in one of their cells, at most 2,000; undefined where nothing is searched for. */
export async function findRows(ctx: Ctx, row: ImportRow, q: string): Promise<number[] | undefined> {
  if (!q) return undefined;
  const found = await findKeptRows(ctx, row.id, q, mostFound);
  const search = readSearch(q);
  const sought = search && searchForRecord(search);
  if (sought) noteSearch(ctx, sought, found.length);
  return found;
}

export async function countRows(
  ctx: Ctx,
  row: ImportRow,
  found: readonly number[] | undefined,
): Promise<RowCounts> {
  if (!found) {
    const { new_count, changed_count, same_count, conflict_count, rejected_count } = row;
    const { waiting_count, met_count } = row;
    const telling = new_count + changed_count + conflict_count + waiting_count + met_count + rejected_count;
    return {
      new: new_count,
      changed: changed_count,
      same: same_count,
      conflict: conflict_count,
      waiting: waiting_count,
      met: met_count,
      rejected: rejected_count,
      moved: row.moved_count,
      kept: row.kept_count,
      telling,
      all: telling + same_count,
    };
  }
  const rows: Pick<StagedRow, 'kind' | 'moved' | 'undone'>[] =
    found.length === 0
      ? []
      : await ctx
          .db('import_rows')
          .where({ import_id: row.id })
          .whereIn('row_no', found)
          .select('kind', 'moved', 'undone');
  const count = (is: (one: (typeof rows)[number]) => boolean) => rows.filter(is).length;
  return {
    new: count(({ kind }) => kind === 'new'),
    changed: count(({ kind }) => kind === 'changed'),
    same: count(({ kind }) => kind === 'same'),
    conflict: count(({ kind }) => kind === 'conflict'),
    waiting: count(({ kind }) => kind === 'waiting'),
    met: count(({ kind }) => kind === 'met'),
    rejected: count(({ kind }) => kind === 'rejected'),
    moved: count(({ moved }) => moved !== null),
    kept: count(({ undone }) => undone === 'kept'),
    telling: count(({ kind }) => kind !== 'same'),
    all: rows.length,
  };
}

/** A row of a proposal as the page shows it. */
export interface ProposedRow {
  rowNo: number;
  kind: RowKind;
  orderNo: string;
  lineNo: string;
  /** The order as it is known now, where there is one. */
  orderId: number | undefined;
  recipient: string;
  /** As the file had them; empty once they have been destroyed. */
  cells: readonly string[];
  product: string;
  option: string;
  quantity: number | null;
  amount: number | null;
  changes: ShownChange[];
  kept: (ShownChange & { why: string })[];
  /** What a row says that waits for its order, or has waited. */
  says: Omit<ShownChange, 'before'>[];
  /** The import that proposes the row by now. */
  metIn: number | null;
  problems: Problem[];
  undone: StagedRow['undone'];
  /** What the row was when the file was read, where it has become something else. */
  moved: { kind: RowKind; changes: ShownChange[] } | undefined;
  /** Who moved it, or touched it so that an undo left it; newest first. */
  touches: Touch[];
}

export interface ShownChange {
  name: string;
  before: string;
  after: string;
}

const whys: Record<KeptCell['why'], string> = {
  older: '파일의 상태가 더 예전입니다. 지금 상태를 그대로 둡니다.',
  by_hand: '사람이 고친 값입니다. 고친 값을 그대로 둡니다.',
};

/** The rows of one page of a proposal, in file order. */
export async function listProposedRows(
  ctx: Ctx,
  row: ImportRow,
  query: Pick<ListQuery, 'page' | 'size' | 'dir' | 'filters'>,
  found?: readonly number[],
): Promise<ProposedRow[]> {
  const rows = ctx
    .db('import_rows')
    .where({ import_id: row.id })
    .orderBy('row_no', query.dir)
    .limit(query.size)
    .offset((query.page - 1) * query.size);
  const { kind } = query.filters;
  if (found) rows.whereIn('row_no', found);
  if (kind === 'moved') rows.whereNotNull('moved');
  else if (kind === 'kept') rows.where({ undone: 'kept' });
  else if (!kind) rows.whereIn('kind', tellingKinds);
  else if (kind !== 'all') rows.where({ kind });
  const staged: StagedRow[] = await rows;
  return showRows(ctx, row, staged);
}

async function showRows(ctx: Ctx, row: ImportRow, staged: readonly StagedRow[]): Promise<ProposedRow[]> {
  const layout = await findKeptLayout(ctx, row);
  const outcomes = new Map(staged.map((item) => [item, outcomeOf(item)]));
  const before = new Map(
    staged.filter((item) => item.moved).map((item) => [item, JSON.parse(item.moved!) as Outcome]),
  );
  const optionNames = await findOptionNames(ctx, [...outcomes.values(), ...before.values()]);
  const orderIds = await findOrderIds(ctx, row, staged);
  const touches = await findTouches(ctx, row, staged, orderIds);
  const kept = await readKeptCells(
    ctx,
    row.id,
    staged.map((item) => item.row_no),
  );

  const open = sees(ctx, 'orders.personal', 'import', row.id);
  const hide = (field: ContentField, value: Value) => (open ? value : maskedValue(field, value));
  return staged.map((item) => {
    const cells = kept.get(item.row_no) ?? [];
    const line = item.kind === 'rejected' || cells.length === 0 ? undefined : layout.parseTexts(cells);
    const now = outcomes.get(item)!;
    const moved = before.get(item);
    const option = line ? [line.productName, line.optionText].filter(Boolean).join(' · ') : '';
    const show = ({ field, before: was, after }: { field: ContentField; before: Value; after: Value }) =>
      shownChange({ field, before: hide(field, was), after: hide(field, after) }, optionNames, option);
    const name = line?.recipientName ?? layout.valueOf(cells, 'recipientName');
    if (open) noteSeen(ctx, 'import', row.id, `${name} ${line?.recipientPhone ?? ''}`);
    return {
      rowNo: item.row_no,
      kind: item.kind,
      orderNo: line?.orderNo ?? item.order_no ?? layout.valueOf(cells, 'orderNo'),
      lineNo: line?.lineNo ?? item.line_no ?? layout.valueOf(cells, 'lineNo'),
      orderId: orderIds.get(item.line_no ?? ''),
      cells,
      recipient: recipientOf(line, open ? name : maskName(name)),
      product: line?.productName ?? layout.valueOf(cells, 'productName'),
      option: line?.optionText ?? layout.valueOf(cells, 'option'),
      quantity: line?.quantity ?? null,
      amount: line?.amount ?? null,
      changes: now.changes.map(show),
      kept: now.kept.map((cell) => ({ ...show(cell), why: whys[cell.why] })),
      says: line && (item.kind === 'waiting' || item.kind === 'met') ? saysOf(line) : [],
      metIn: item.met_import_id ?? null,
      problems: problemsOf(item).map((problem) =>
        open ? problem : { ...problem, value: hideCell(problem.column, problem.value) },
      ),
      undone: item.undone,
      moved: moved && { kind: moved.kind, changes: moved.changes.map(show) },
      touches: touches.get(item) ?? [],
    };
  });
}

function problemsOf({ problems }: StagedRow): Problem[] {
  return problems ? (JSON.parse(problems) as Problem[]) : [];
}

async function findOrderIds(
  ctx: Ctx,
  row: ImportRow,
  staged: readonly StagedRow[],
): Promise<Map<string, number>> {
  const lineNos = staged.map((item) => item.line_no).filter((lineNo) => lineNo !== null);
  if (lineNos.length === 0) return new Map();
  const lines: { line_no: string; order_id: number }[] = await snapshot(ctx, (snap) =>
    visibleLines(snap)
      .where({ 'order_lines.channel_id': row.channel_id })
      .whereIn('order_lines.line_no', lineNos)
      .select('order_lines.line_no', 'order_lines.order_id'),
  );
  return new Map(lines.map((line) => [line.line_no, line.order_id]));
}

/** Who changed the lines of rows that moved since the file came, and of those that an undo left as they were. */
async function findTouches(
  ctx: Ctx,
  row: ImportRow,
  staged: readonly StagedRow[],
  orderIds: ReadonlyMap<string, number>,
): Promise<Map<StagedRow, Touch[]>> {
  const touches = new Map<StagedRow, Touch[]>();
  for (const [event, items] of [
    ['import.received', staged.filter((item) => item.moved)],
    ['import.applied', staged.filter((item) => item.undone === 'kept')],
  ] as const) {
    if (items.length === 0) continue;
    const lines = items.map((item) => ({
      line_no: item.line_no!,
      order_id: orderIds.get(item.line_no!) ?? null,
    }));
    const found = await listTouches(ctx, row, lines, await lastEventOf(ctx, row.id, event));
    for (const item of items) touches.set(item, found.get(item.line_no!) ?? []);
  }
  return touches;
}

const standingFields = [
  'status',
  'claim',
  'courier',
  'tracking_no',
] as const satisfies readonly ContentField[];

/** Where a line stands by a file, though nobody knows the line yet. */
function saysOf(line: MallLine): Omit<ShownChange, 'before'>[] {
  const content = lineContent(line, 0, null);
  return standingFields.flatMap((field) => {
    const value = content[field];
    return value ? [{ name: fieldNames[field], after: fieldText(field, value) }] : [];
  });
}

/** A gift may wait until its receiver has said where to. */
function recipientOf(line: MallLine | undefined, name: string): string {
  return line?.tells === 'all' && line.address === ''
    ? [name, '배송지 입력 전'].filter(Boolean).join(' · ')
    : name;
}

function shownChange(
  { field, before, after }: { field: ContentField; before: Value; after: Value },
  optionNames: ReadonlyMap<number, string>,
  option: string,
): ShownChange {
  if (field === 'channel_option_id') {
    return { name: fieldNames[field], before: optionNames.get(Number(before)) ?? '', after: option };
  }
  return { name: fieldNames[field], before: fieldText(field, before), after: fieldText(field, after) };
}

async function findOptionNames(ctx: Ctx, outcomes: readonly Outcome[]): Promise<Map<number, string>> {
  const ids = outcomes
    .flatMap((outcome) => outcome.changes)
    .filter((change) => change.field === 'channel_option_id')
    .map((change) => Number(change.before));
  if (ids.length === 0) return new Map();
  const rows: { id: number; product_name: string; option_text: string }[] = await ctx
    .db('channel_options')
    .select('id', 'product_name', 'option_text')
    .whereIn('id', ids);
  return new Map(
    rows.map((row) => [row.id, [row.product_name, row.option_text].filter(Boolean).join(' · ')]),
  );
}
