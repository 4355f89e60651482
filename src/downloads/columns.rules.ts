import type { ListColumn } from '#lib/list-source.ts';

type Column = ListColumn<unknown>;

/** A column of the list's page for choosing: in the file or not. */
export interface Choice {
  column: Column;
  chosen: boolean;
}

/**
 * The columns to offer, those in the file first in their order. `kept` are the keys somebody chose before, in order; a
 * column that is gone is left out, and one that is new waits unchosen at the end.
 */
export function choicesOf(columns: readonly Column[], kept: readonly string[] | undefined): Choice[] {
  const chosen = kept ? columnsOf(columns, kept) : [];
  const inFile = chosen.length > 0 ? chosen : columns.filter((column) => !column.extra);
  const rest = columns.filter((column) => !inFile.includes(column));
  return [
    ...inFile.map((column) => ({ column, chosen: true })),
    ...rest.map((column) => ({ column, chosen: false })),
  ];
}

/** The columns of these keys in the order of the keys; what names no column is left out. */
export function columnsOf(columns: readonly Column[], keys: readonly string[]): Column[] {
  return [...new Set(keys)].flatMap((key) => columns.find((column) => column.key === key) ?? []);
}

export function holdsPersonal(columns: readonly Column[]): boolean {
  return columns.some((column) => column.personal);
}
