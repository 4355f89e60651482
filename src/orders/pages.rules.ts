import { addDays } from '#lib/dates.ts';
import type { SortDir } from '#lib/lists.ts';

/** Days of the order, both included. */
export interface DaySpan {
  from: string;
  to: string;
}

export interface DayCount {
  day: string;
  n: number;
}

/** The days that hold a page of a list in order of time, and where in them it begins. */
export function daysOfPage(
  days: readonly DayCount[],
  dir: SortDir,
  offset: number,
  size: number,
): { spans: DaySpan[]; offset: number } {
  const inOrder = dir === 'asc' ? days : [...days].reverse();
  const touched: string[] = [];
  let passed = 0;
  let skipped = 0;
  for (const { day, n } of inOrder) {
    if (passed >= offset + size) break;
    if (passed + n <= offset) skipped += n;
    else touched.push(day);
    passed += n;
  }
  return { spans: joinDays(dir === 'asc' ? touched : touched.reverse()), offset: offset - skipped };
}

/** Days in order, those that follow each other as one span. */
export function joinDays(days: readonly string[]): DaySpan[] {
  const spans: DaySpan[] = [];
  for (const day of days) {
    const last = spans.at(-1);
    if (last && addDays(last.to, 1) === day) last.to = day;
    else spans.push({ from: day, to: day });
  }
  return spans;
}

/** A page in the further half is nearer from the other end: the same rows, to be turned round once they are read. */
export function fromNearerEnd(
  total: number,
  offset: number,
  size: number,
): { turned: boolean; offset: number; limit: number } {
  const limit = Math.max(Math.min(size, total - offset), 0);
  const behind = total - offset - limit;
  return behind < offset ? { turned: true, offset: behind, limit } : { turned: false, offset, limit };
}
