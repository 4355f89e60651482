import type { SheetLine } from './fields.rules.ts';
import type { SheetEntry } from './sheet.rules.ts';

/** What a row of a sheet keeps of its line. */
export interface Frozen {
  line: SheetLine;
  number: string;
  day: string;
}

export function frozenOf(text: string): Frozen {
  return JSON.parse(text) as Frozen;
}

export function freeze({ line, number, day }: SheetEntry): string {
  return JSON.stringify({ line, number, day } satisfies Frozen);
}
