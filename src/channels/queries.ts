import type { Ctx } from '#lib/ctx.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';
import { type ContentField, fieldNames, fieldText, type KeptCell, readKeptCells, type Value } from '#orders';
import { visibleImports } from './imports.ts';
import { layoutOf } from './layouts/index.ts';
import {
  type ChangeRecord,
  type ImportRow,
  type ImportState,
  type Problem,
  type RowKind,
  rowKinds,
  type StagedRow,
} from './tables.ts';

export const importList: ListDefinition = {
  sorts: ['created_at', 'file_name'],
  defaultSort: { key: 'created_at', dir: 'desc' },
  filters: { state: ['open', 'applied', 'undone', 'failed'] },
};

const statesOf: Record<string, readonly ImportState[]> = {
  open: ['waiting', 'reading', 'locked', 'proposed', 'applying', 'undoing'],
  applied: ['applied'],
  undone: ['undone'],
  failed: ['refused', 'cancelled', 'discarded'],
};

export type ListedImport = Omit<ImportRow, 'password'> & { channel_name: string };

/** The imports of a list page, with how many there are in each tab. */
export async function listImports(
  ctx: Ctx,
  query: ListQuery,
): Promise<{ imports: ListedImport[]; counts: Record<string, number> }> {
  const matching = () => {
    const imports = visibleImports(ctx).join('channels', 'channels.id', 'imports.channel_id');
    if (query.q) imports.where('imports.file_name', 'like', `%${query.q.replace(/[\\%_]/g, '\\$&')}%`);
    if (query.from) imports.where('imports.created_at', '>=', `${query.from} 00:00:00`);
    if (query.to) imports.where('imports.created_at', '<=', `${query.to} 23:59:59`);
    return imports;
  };
  const states: { state: ImportState; n: number }[] = await matching()
    .select('imports.state')
    .count({ n: '*' })
    .groupBy('imports.state');
  const counts = Object.fromEntries(
    Object.entries(statesOf).map(([tab, of]) => [tab, sum(states.filter((row) => of.includes(row.state)))]),
  );
  const page = matching();
  if (query.filters.state) page.whereIn('imports.state', statesOf[query.filters.state]!);
  const imports: ListedImport[] = await page
    .select('imports.*', { channel_name: 'channels.name' })
    .orderBy(`imports.${query.sort}`, query.dir)
    .orderBy('imports.id', query.dir)
    .limit(query.size)
    .offset(offsetOf(query));
  return { imports, counts: { ...counts, all: sum(states) } };
}

function sum(rows: readonly { n: number }[]): number {
  return rows.reduce((total, row) => total + Number(row.n), 0);
}

export const rowList: ListDefinition = {
  sorts: ['row_no'],
  defaultSort: { key: 'row_no', dir: 'asc' },
  filters: { kind: [...rowKinds, 'all'] },
};

/** What the page of a proposal begins with: every row that is not simply the same. */
export const tellingKinds: readonly RowKind[] = rowKinds.filter((kind) => kind !== 'same');

/** A row of a proposal as the page shows it. */
export interface ProposedRow {
  rowNo: number;
  kind: RowKind;
  orderNo: string;
  lineNo: string;
  recipient: string;
  product: string;
  option: string;
  quantity: number | null;
  amount: number | null;
  changes: ShownChange[];
  kept: (ShownChange & { why: string })[];
  problems: Problem[];
  undone: StagedRow['undone'];
}

interface ShownChange {
  name: string;
  before: string;
  after: string;
}

const whys: Record<KeptCell['why'], string> = {
  older: '파일의 상태가 더 예전입니다. 지금 상태를 그대로 둡니다.',
  by_hand: '사람이 고친 값입니다. 고친 값을 그대로 둡니다.',
};

/** The rows of one page of a proposal, in file order. */
export async function listProposedRows(ctx: Ctx, row: ImportRow, query: ListQuery): Promise<ProposedRow[]> {
  const rows = ctx
    .db('import_rows')
    .where({ import_id: row.id })
    .orderBy('row_no', query.dir)
    .limit(query.size)
    .offset(offsetOf(query));
  const { kind } = query.filters;
  if (kind === '') rows.whereIn('kind', tellingKinds);
  else if (kind !== 'all') rows.where({ kind });
  const staged: StagedRow[] = await rows;
  const layout = layoutOf(JSON.parse(row.columns_json ?? '[]') as string[]);
  const optionNames = await findOptionNames(ctx, staged);
  const kept = await readKeptCells(
    ctx,
    row.id,
    staged.map((item) => item.row_no),
  );

  return staged.map((item) => {
    const cells = kept.get(item.row_no) ?? [];
    const line = item.kind === 'rejected' || cells.length === 0 ? undefined : layout.parseTexts(cells);
    const found = item.changes ? (JSON.parse(item.changes) as ChangeRecord) : { changes: [], kept: [] };
    const option = line ? [line.productName, line.optionText].filter(Boolean).join(' · ') : '';
    const show = (change: { field: ContentField; before: Value; after: Value }) =>
      shownChange(change, optionNames, option);
    return {
      rowNo: item.row_no,
      kind: item.kind,
      orderNo: line?.orderNo ?? layout.textOf(cells, '주문번호'),
      lineNo: line?.lineNo ?? layout.textOf(cells, '상품주문번호'),
      recipient: line?.recipientName ?? layout.textOf(cells, '수취인명'),
      product: line?.productName ?? layout.textOf(cells, '상품명'),
      option: line?.optionText ?? layout.textOf(cells, '옵션정보'),
      quantity: line?.quantity ?? null,
      amount: line?.amount ?? null,
      changes: found.changes.map(show),
      kept: found.kept.map((cell) => ({ ...show(cell), why: whys[cell.why] })),
      problems: item.problems ? (JSON.parse(item.problems) as Problem[]) : [],
      undone: item.undone,
    };
  });
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

async function findOptionNames(ctx: Ctx, staged: readonly StagedRow[]): Promise<Map<number, string>> {
  const ids = staged
    .flatMap((item) => (item.changes ? (JSON.parse(item.changes) as ChangeRecord).changes : []))
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
