import {
  type Field,
  type FieldKey,
  fields,
  fieldValue,
  type RowKind,
  rowKindNames,
  rowKinds,
  type SheetLine,
} from './fields.rules.ts';
import { type CellChange, changesInWords } from './supplement.rules.ts';
import { type Column, fillWords, type HeadingWord, type Template } from './template.rules.ts';

/** A row of a sheet before its columns are chosen. */
export interface SheetEntry {
  kind: RowKind;
  line: SheetLine;
  /** Number and day of the sheet that ordered the line: what the partner finds it under. */
  number: string;
  day: string;
  changes: readonly CellChange[];
  note: string;
}

/** What the heading of a sheet tells. */
export interface SheetHead {
  number: string;
  day: string;
  partner: string;
  contact: string;
  sender: string;
  isSupplement: boolean;
}

export type Cell = string | number;

/** One sheet of the file, cell by cell. */
export interface Grid {
  name: string;
  title: string;
  heading: string[];
  columns: GridColumn[];
  rows: GridRow[];
  /** The last row: how many, and the sums of the columns that are numbers. */
  totals: Cell[];
}
export interface GridColumn {
  title: string;
  isNumber: boolean;
}
export interface GridRow {
  kind: RowKind;
  cells: Cell[];
  /** Places of the cells the partner knew otherwise. */
  changed: number[];
}

/** '12', and '12-2' for its first supplement. */
export function sheetNumber({ sheet_no, part }: { sheet_no: number; part: number }): string {
  return part > 1 ? `${sheet_no}-${part}` : String(sheet_no);
}

/**
 * The sheets of a file. A supplement is always one sheet: what changed must be seen at a glance. `first` is the
 * number of the first entry; they are counted through the whole file.
 */
export function layOut(template: Template, head: SheetHead, given: readonly SheetEntry[], first = 1): Grid[] {
  const entries = given.map((entry, at) => ({ ...entry, position: first + at }));
  if (head.isSupplement) return [gridOf(template, head, '보충 발주서', entries, '')];
  if (template.split === 'none') return [gridOf(template, head, '발주서', entries, '')];
  const products = Map.groupBy(entries, (entry) => entry.line.product_id);
  const names = new Set<string>();
  return [...products.values()].map((own) => {
    const product = own[0]!.line.product;
    const name = unusedName(product, names);
    names.add(name.toLowerCase());
    return gridOf(template, head, name, own, product);
  });
}

function gridOf(
  template: Template,
  head: SheetHead,
  name: string,
  entries: readonly PlacedEntry[],
  product: string,
): Grid {
  const columns = head.isSupplement ? supplementColumns(template.columns) : template.columns.map(columnCells);
  const words = wordsOf(head, entries, product);
  const title = fillWords(template.title, words);
  const rows = entries.map((entry) => ({
    kind: entry.kind,
    cells: columns.map((column) => column.cell(entry)),
    changed: columns.flatMap((column, place) =>
      entry.changes.some(({ key }) => column.tellsOf.includes(key)) ? [place] : [],
    ),
  }));
  return {
    name,
    title: head.isSupplement && title ? `${title} (보충)` : title,
    heading: template.heading.map((line) => fillWords(line, words)).filter(Boolean),
    columns: columns.map(({ title, isNumber }) => ({ title, isNumber })),
    rows,
    totals: head.isSupplement
      ? columns.map((_column, at) => (at === 0 ? `합계 ${countsInWords(entries)}` : ''))
      : totalsOf(columns, rows),
  };
}

interface PlacedEntry extends SheetEntry {
  position: number;
}

interface ColumnCells extends GridColumn {
  cell: (entry: PlacedEntry) => Cell;
  tellsOf: readonly (keyof SheetLine)[];
  isSum: boolean;
}

function columnCells(column: Column): ColumnCells {
  const { title, format } = column;
  const isNumber = format === 'number';
  if (!('field' in column)) {
    const value = isNumber ? Number(column.constant) : column.constant;
    return { title, isNumber, isSum: false, tellsOf: [], cell: () => value };
  }
  const { field } = column;
  return {
    title,
    isNumber,
    isSum: isNumber && (field === 'quantity' || field === 'amount'),
    tellsOf: sourcesOf(field),
    cell: ({ line, kind, number, day, position }) =>
      fieldValue(field, format, line, { number, day, position, kind }),
  };
}

/** What happened to each row stands first, whatever columns the partner has otherwise. */
function supplementColumns(columns: readonly Column[]): ColumnCells[] {
  const text = { isNumber: false, isSum: false, tellsOf: [] };
  return [
    { ...text, title: rowKindTitle(columns), cell: ({ kind }) => rowKindNames[kind] },
    { ...text, title: '바뀐 내용', cell: (entry) => changesInWords(entry) },
    ...columns.filter((column) => !('field' in column && column.field === 'row_kind')).map(columnCells),
  ];
}

function rowKindTitle(columns: readonly Column[]): string {
  const own = columns.find((column) => 'field' in column && column.field === 'row_kind');
  return own?.title ?? (fields.row_kind satisfies Field).name;
}

/** The values of the line that a field is made of. */
function sourcesOf(field: FieldKey): (keyof SheetLine)[] {
  if (field === 'goods') return ['product', 'option'];
  if (field === 'full_address') return ['address', 'address_detail'];
  if (field === 'sido' || field === 'sigungu') return ['postcode'];
  return [field as keyof SheetLine];
}

function totalsOf(columns: readonly ColumnCells[], rows: readonly GridRow[]): Cell[] {
  return columns.map((column, at) => {
    if (at === 0) return `합계 ${rows.length.toLocaleString('ko-KR')}건`;
    return column.isSum ? rows.reduce((sum, { cells }) => sum + Number(cells[at]), 0) : '';
  });
}

/** '추가 1 · 변경 2' in the order of the kinds. */
export function countsInWords(entries: readonly { kind: RowKind }[]): string {
  return rowKinds
    .map((kind) => ({ kind, n: entries.filter((entry) => entry.kind === kind).length }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => `${rowKindNames[kind]} ${n.toLocaleString('ko-KR')}`)
    .join(' · ');
}

function wordsOf(
  head: SheetHead,
  entries: readonly SheetEntry[],
  product: string,
): Record<HeadingWord, string> {
  return {
    발주번호: head.number,
    발주일: head.day,
    협력사: head.partner,
    담당자: head.contact,
    보낸이: head.sender,
    상품: product,
    건수: entries.length.toLocaleString('ko-KR'),
    수량: itemCount(entries).toLocaleString('ko-KR'),
  };
}

/** How many pieces the rows ask for; what is not to be made asks for none. */
export function itemCount(entries: readonly SheetEntry[]): number {
  return entries
    .filter(({ kind }) => kind !== 'held' && kind !== 'cancelled')
    .reduce((sum, { line }) => sum + line.quantity, 0);
}

/** Excel takes 31 letters, none of `* ? : \ / [ ]`, no apostrophe at the ends, and no name twice. */
function unusedName(product: string, taken: ReadonlySet<string>): string {
  const plain = product
    .replace(/[*?:\\/[\]\p{Cc}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^['\s]+|['\s]+$/g, '');
  const base = plain === '' || plain.toLowerCase() === 'history' ? '상품' : plain;
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : ` (${n})`;
    const name = cut(base, 31 - ending.length) + ending;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/** Never through the middle of a letter that takes two places. */
function cut(text: string, length: number): string {
  let short = '';
  for (const letter of text) {
    if (short.length + letter.length > length) break;
    short += letter;
  }
  return short.trimEnd();
}
