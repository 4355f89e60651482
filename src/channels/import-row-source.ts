import { createHash } from 'node:crypto';
import { type Ctx, may } from '#lib/ctx.ts';
import {
  idIn,
  type ListColumn,
  type ListSource,
  listSource,
  type OwnColumns,
  pagesOfQuery,
  wordsOf,
} from '#lib/list-source.ts';
import type { ListDefinition, ListQuery } from '#lib/lists.ts';
import { soughtWords } from '#orders';
import { findImport } from './imports.ts';
import { findKeptLayout } from './kept-layout.ts';
import { type Column, isOurNote, noteTitle, numberedHeader } from './layouts/index.ts';
import {
  countRows,
  findRows,
  listProposedRows,
  mostFound,
  type ProposedRow,
  rowList,
  type ShownChange,
} from './queries.ts';
import { type ImportRow, type RowKind, rowKindNames } from './tables.ts';

export const importRowList: ListDefinition = {
  ...rowList,
  filters: { ...rowList.filters, import: 'text' },
};

const tabNames: Record<string, string> = {
  ...rowKindNames,
  '': '같지 않은 행',
  moved: '달라진 행',
  kept: '그대로 둔 행',
  all: '모든 행',
};

/** What we say of a row stands before its own cells, under titles that a file which comes back is read without. */
const notes: readonly ListColumn<ProposedRow>[] = [
  { key: 'row', title: noteTitle('행'), kind: 'text', width: 9, value: (row) => String(row.rowNo) },
  { key: 'kind', title: noteTitle('결과'), kind: 'text', width: 12, value: outcomeInWords },
  {
    key: 'column',
    title: noteTitle('열'),
    kind: 'text',
    width: 18,
    value: ({ problems }) => inOneCell(problems.map(({ column }) => column)),
  },
  {
    key: 'value',
    title: noteTitle('값'),
    kind: 'text',
    width: 20,
    personal: true,
    value: ({ problems }) => inOneCell(problems.map(({ value }) => value || '빈 칸')),
  },
  {
    key: 'reason',
    title: noteTitle('까닭'),
    kind: 'text',
    width: 48,
    value: ({ problems, kept }) =>
      inOneCell([...problems.map(({ reason }) => reason), ...kept.map(({ name, why }) => `${name}: ${why}`)]),
  },
  {
    key: 'changes',
    title: noteTitle('바뀌는 값'),
    kind: 'text',
    width: 40,
    personal: true,
    value: ({ changes, kept }) =>
      inOneCell([
        ...changes.map(changeInWords),
        ...kept.map((cell) => `${changeInWords(cell)} (바꾸지 않음)`),
      ]),
  },
];

/** The rows of one import as a file that can be put right and taken in again: with every cell they came with. */
export const importRowSource: ListSource = listSource<ProposedRow>({
  name: 'import-rows',
  title: '가져온 행',
  path: '/imports/:import',
  roles: ['admin', 'office'],
  view: 'imports.view',
  definition: importRowList,
  columns: notes,
  ownColumns: async (ctx, query) => cellColumns(ctx, await findImport(ctx, idIn(query, 'import'))),
  inWords: (query) => wordsOf([tabNames[query.filters.kind ?? ''], soughtWords(query)]),
  async open(snap, query) {
    const row = await findImport(snap, idIn(query, 'import'));
    const found = await findRows(snap, row, query.q);
    const counts = await countRows(snap, row, found);
    const total = counts[tabOf(query)];
    return {
      total,
      of: row.file_name,
      note: found?.length === mostFound ? `찾은 것이 많아 앞의 ${mostFound}행에서` : undefined,
      pages: () => pagesOfQuery(query, total, (page) => listProposedRows(snap, row, page, found)),
    };
  },
});

function tabOf({ filters }: ListQuery): RowKind | 'moved' | 'kept' | 'all' | 'telling' {
  return (filters.kind || 'telling') as RowKind | 'telling';
}

/** The file's own columns under their own names; who may not know the people gets those that tell nothing of them. */
async function cellColumns(ctx: Ctx, row: ImportRow): Promise<OwnColumns<ProposedRow>> {
  const titles = JSON.parse(row.columns_json ?? '[]') as string[];
  const layout = await findKeptLayout(ctx, row);
  const columns = numberedHeader(titles)
    .map(
      (name, at): ListColumn<ProposedRow> => ({
        key: `cell ${name || at}`,
        title: titles[at] || `(제목 없는 열 ${at + 1})`,
        kind: 'text',
        width: widthOf(layout.readAs(at)),
        value: ({ cells }) => cells[at] ?? '',
        ...(tellsNobody(layout.readAs(at)) ? {} : { personal: true }),
      }),
    )
    .filter(({ title, personal }) => !isOurNote(title) && (!personal || may(ctx, 'orders.personal')));
  return { kind: createHash('md5').update(JSON.stringify(titles)).digest('hex').slice(0, 16), columns };
}

const ofPeople: ReadonlySet<Column> = new Set([
  'buyerName',
  'buyerId',
  'buyerPhone',
  'recipientName',
  'recipientPhone',
  'recipientPhone2',
  'baseAddress',
  'detailAddress',
  'wholeAddress',
  'memo',
]);

const widths: Partial<Record<Column, number>> = {
  productName: 28,
  option: 28,
  baseAddress: 40,
  wholeAddress: 40,
  memo: 30,
  quantity: 8,
  postcode: 9,
};

/** An id of sixteen digits must not be cut where nothing says how long a column is. */
function widthOf(columns: readonly Column[]): number {
  return Math.max(0, ...columns.map((column) => widths[column] ?? 19)) || 19;
}

/** What a column holds that we do not read, nobody knows. */
function tellsNobody(columns: readonly Column[]): boolean {
  return columns.length > 0 && columns.every((column) => !ofPeople.has(column));
}

function outcomeInWords({ kind, undone }: ProposedRow): string {
  if (!undone) return rowKindNames[kind];
  return `${rowKindNames[kind]} · ${undone === 'undone' ? '되돌림' : '그대로 둠'}`;
}

function changeInWords({ name, before, after }: ShownChange): string {
  return `${name}: ${before || '없음'} → ${after || '없음'}`;
}

function inOneCell(texts: readonly string[]): string {
  return texts.join(' / ');
}
