import { addDays } from '#lib/dates.ts';
import type { RegionName, Span } from './book.rules.ts';

/** A range with its time; `validTo` is its last day, null while it has none. */
export interface TimedRange extends Span, RegionName {
  validFrom: string;
  validTo: string | null;
}

/** From `effective` on, the codes belong to the region. */
export interface Reassignment extends Span, RegionName {
  effective: string;
}

/** Codes that leave a region; `old` is null for codes that had none. */
export interface MovedSpan extends Span {
  old: RegionName | null;
}

export interface ReassignmentPlan<R extends TimedRange> {
  removed: R[];
  added: TimedRange[];
  moved: MovedSpan[];
}

/**
 * What a reassignment does to the ranges. A range it cuts leaves its outer parts as they were and its inner part
 * ended the day before; codes that belong to the region already stay untouched. The reassignment must not be
 * earlier than `latestStart`.
 */
export function reassign<R extends TimedRange>(
  ranges: readonly R[],
  change: Reassignment,
): ReassignmentPlan<R> {
  const { effective, sido, sigungu } = change;
  const moved = movedSpans(ranges, change, effective);
  const removed = standing(ranges, change, effective).filter((range) => !sameRegion(range, change));
  return {
    removed,
    added: [
      ...joined(moved).map((span) => ({ ...span, sido, sigungu, validFrom: effective, validTo: null })),
      ...removed.flatMap((range) => remains(range, change)),
    ],
    moved,
  };
}

/** The codes that lie elsewhere on `day`, and where. */
export function movedSpans(ranges: readonly TimedRange[], change: Reassignment, day: string): MovedSpan[] {
  const there = standing(ranges, change, day);
  const leaving = there
    .filter((range) => !sameRegion(range, change))
    .map((range) => ({ ...common(range, change), old: { sido: range.sido, sigungu: range.sigungu } }));
  return [...leaving, ...gaps(there, change).map((gap) => ({ ...gap, old: null }))].sort(byCode);
}

/** The first day of the newest range among these codes, which no later reassignment may precede. */
export function latestStart(ranges: readonly TimedRange[], span: Span): string | undefined {
  const starts = ranges.filter((range) => overlaps(range, span)).map((range) => range.validFrom);
  return starts.sort().at(-1);
}

/** A range that began on the very day leaves nothing of its inner part. */
function remains(range: TimedRange, change: Reassignment): TimedRange[] {
  const { sido, sigungu, validFrom, validTo } = range;
  const region = { sido, sigungu, validFrom, validTo };
  const past = { sido, sigungu, validFrom, validTo: addDays(change.effective, -1) };
  return [
    ...(range.from < change.from ? [{ from: range.from, to: codeBefore(change.from), ...region }] : []),
    ...(validFrom < change.effective ? [{ ...common(range, change), ...past }] : []),
    ...(range.to > change.to ? [{ from: codeAfter(change.to), to: range.to, ...region }] : []),
  ];
}

function standing<R extends TimedRange>(ranges: readonly R[], span: Span, day: string): R[] {
  return ranges
    .filter((range) => range.validFrom <= day && (range.validTo === null || range.validTo >= day))
    .filter((range) => overlaps(range, span))
    .sort(byCode);
}

function gaps(covered: readonly Span[], change: Span): Span[] {
  const found: Span[] = [];
  let next = change.from;
  for (const range of covered) {
    if (range.from > next) found.push({ from: next, to: codeBefore(range.from) });
    if (range.to >= change.to) return found;
    next = codeAfter(range.to);
  }
  return [...found, { from: next, to: change.to }];
}

function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of spans) {
    const last = result.at(-1);
    if (last && codeAfter(last.to) === from) last.to = to;
    else result.push({ from, to });
  }
  return result;
}

function overlaps(a: Span, b: Span): boolean {
  return a.from <= b.to && a.to >= b.from;
}

function common(a: Span, b: Span): Span {
  const [, from] = [a.from, b.from].sort() as [string, string];
  const [to] = [a.to, b.to].sort() as [string, string];
  return { from, to };
}

function byCode(a: Span, b: Span): number {
  return a.from < b.from ? -1 : 1;
}

function sameRegion(a: RegionName, b: RegionName): boolean {
  return a.sido === b.sido && a.sigungu === b.sigungu;
}

function codeBefore(code: string): string {
  return String(Number(code) - 1).padStart(5, '0');
}

function codeAfter(code: string): string {
  return String(Number(code) + 1).padStart(5, '0');
}
