import { type AddressNames, indexNames } from './address-names.rules.ts';
import type { RegionTables } from './tables.ts';

export interface RegionName {
  sido: string;
  sigungu: string;
}

/** Codes from one to another, both included, in five digits. */
export interface Span {
  from: string;
  to: string;
}

export type BookRange = Span & RegionName;
export type RemoteArea = Span & { kind: 'jeju' | 'island'; label: string };
export type SharedSpan = Span & { sigungu: readonly string[] };
export type RetiredSpan = Span & { newFrom: string; newTo: string };

/** The tables as they hold on one day, made for quick reading; every list is in the order of the codes. */
export interface RegionBook {
  readonly day: string;
  readonly ranges: readonly BookRange[];
  readonly remotes: readonly RemoteArea[];
  readonly shared: readonly SharedSpan[];
  readonly retired: readonly RetiredSpan[];
  readonly names: AddressNames;
}

export function buildBook(tables: RegionTables, day: string): RegionBook {
  const ranges = tables.ranges
    .filter((row) => row.valid_from <= day && (row.valid_to === null || row.valid_to >= day))
    .map((row) => ({ ...span(row), sido: row.sido, sigungu: row.sigungu }))
    .sort(byCode);
  const changes = tables.changes.filter((change) => change.effective <= day);

  return {
    day,
    ranges,
    remotes: tables.remotes.map((row) => ({ ...span(row), kind: row.kind, label: row.label })).sort(byCode),
    shared: tables.shared.map((row) => ({ ...span(row), sigungu: row.sigungu.split('/') })).sort(byCode),
    retired: tables.retired
      .filter((row) => row.effective <= day)
      .map((row) => ({ ...span(row), newFrom: row.new_from_code, newTo: row.new_to_code }))
      .sort(byCode),
    names: indexNames(ranges, tables.aliases, changes),
  };
}

/** The span that holds the code; the spans stand in order and do not overlap. */
export function findSpan<S extends Span>(spans: readonly S[], code: string): S | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle]!;
    if (code < span.from) high = middle - 1;
    else if (code > span.to) low = middle + 1;
    else return span;
  }
  return undefined;
}

/** In the order of their codes: 서울 first, 제주 last. */
export function listSido(book: RegionBook): string[] {
  return [...new Set(book.ranges.map((range) => range.sido))];
}

/** The districts of a 시도 in Korean order; none for 세종. */
export function listSigungu(book: RegionBook, sido: string): string[] {
  const names = book.ranges.filter((range) => range.sido === sido && range.sigungu !== '');
  return [...new Set(names.map((range) => range.sigungu))].sort((a, b) => a.localeCompare(b, 'ko'));
}

function span(row: { from_code: string; to_code: string }): Span {
  return { from: row.from_code, to: row.to_code };
}

function byCode(a: Span, b: Span): number {
  return a.from < b.from ? -1 : 1;
}
