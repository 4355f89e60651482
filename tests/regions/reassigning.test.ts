import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  latestStart,
  type Reassignment,
  type ReassignmentPlan,
  reassign,
  type TimedRange,
} from '../../src/regions/reassigning.rules.ts';

const start = '2015-08-01';
const days = ['2015-08-01', '2026-11-30', '2026-12-01', '2027-01-01', '2027-06-30', '2030-01-01'];

function carriedOut(ranges: readonly TimedRange[], plan: ReassignmentPlan<TimedRange>): TimedRange[] {
  return [...ranges.filter((range) => !plan.removed.includes(range)), ...plan.added];
}

function holding(ranges: readonly TimedRange[], code: string, day: string): TimedRange[] {
  return ranges.filter(
    (range) =>
      range.from <= code && code <= range.to && range.validFrom <= day && (range.validTo ?? '9999') >= day,
  );
}

function regionOn(ranges: readonly TimedRange[], code: string, day: string): string {
  return holding(ranges, code, day)
    .map((range) => range.sigungu)
    .join('+');
}

function range(from: string, to: string, sigungu: string): TimedRange {
  return { from, to, sido: '경기도', sigungu, validFrom: start, validTo: null };
}

test('the middle of a range moves and its outer parts stay as they were', () => {
  const plan = reassign([range('18200', '18299', '가시')], {
    ...{ from: '18210', to: '18219', sido: '경기도', sigungu: '나시' },
    effective: '2027-01-01',
  });
  assert.deepEqual(plan.added, [
    { ...range('18210', '18219', '나시'), validFrom: '2027-01-01' },
    range('18200', '18209', '가시'),
    { ...range('18210', '18219', '가시'), validTo: '2026-12-31' },
    range('18220', '18299', '가시'),
  ]);
  assert.deepEqual(plan.moved, [{ from: '18210', to: '18219', old: { sido: '경기도', sigungu: '가시' } }]);
});

test('neighbours that move together become one range', () => {
  const plan = reassign([range('18200', '18209', '가시'), range('18210', '18219', '나시')], {
    ...{ from: '18200', to: '18229', sido: '경기도', sigungu: '다시' },
    effective: '2027-01-01',
  });
  assert.deepEqual(plan.added[0], { ...range('18200', '18229', '다시'), validFrom: '2027-01-01' });
  assert.deepEqual(
    plan.moved.map(({ from, to, old }) => [from, to, old?.sigungu]),
    [
      ['18200', '18209', '가시'],
      ['18210', '18219', '나시'],
      ['18220', '18229', undefined],
    ],
  );
});

test('codes that belong to the region already are left alone', () => {
  const plan = reassign([range('18200', '18209', '가시')], {
    ...{ from: '18200', to: '18205', sido: '경기도', sigungu: '가시' },
    effective: '2027-01-01',
  });
  assert.deepEqual(plan, { removed: [], added: [], moved: [] });
});

test('a change corrected on its own day leaves no trace of the first', () => {
  const first = { from: '18200', to: '18299', sido: '경기도', sigungu: '틀린시', effective: '2027-01-01' };
  const before = [range('18200', '18299', '가시')];
  const wrong = carriedOut(before, reassign(before, first));
  const right = carriedOut(wrong, reassign(wrong, { ...first, sigungu: '맞는시' }));
  assert.deepEqual(right.map(({ sigungu }) => sigungu).sort(), ['가시', '맞는시']);
});

// Small codes, so that spans often touch, cover and miss each other.
const code = fc.integer({ min: 0, max: 40 }).map((n) => String(n).padStart(5, '0'));
const change: fc.Arbitrary<Reassignment> = fc
  .record({
    ends: fc.tuple(code, code),
    sigungu: fc.constantFrom('가시', '나시', '다시', '라군'),
    effective: fc.constantFrom(...days),
  })
  .map(({ ends, ...rest }) => {
    const [from, to] = ends.sort() as [string, string];
    return { from, to, sido: '경기도', ...rest };
  });

test('after any changes no code has two regions, the changed codes have the new one, and others keep theirs', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      let ranges: TimedRange[] = [range('00003', '00012', '가시'), range('00013', '00020', '나시')];
      for (const next of changes) {
        const latest = latestStart(ranges, next);
        if (latest && next.effective < latest) continue;
        const after = carriedOut(ranges, reassign(ranges, next));

        for (let n = 0; n <= 41; n++) {
          const at = String(n).padStart(5, '0');
          for (const day of days) {
            const moved = next.from <= at && at <= next.to && day >= next.effective;
            assert.ok(holding(after, at, day).length <= 1, `${at} on ${day} has two regions`);
            assert.equal(regionOn(after, at, day), moved ? next.sigungu : regionOn(ranges, at, day));
          }
        }
        assert.ok(after.every((row) => row.from <= row.to && row.validFrom <= (row.validTo ?? '9999')));
        const keys = after.map((row) => `${row.from} ${row.validFrom}`);
        assert.equal(new Set(keys).size, keys.length, 'first code and first day name one range');
        ranges = after;
      }
    }),
    { numRuns: 300 },
  );
});

test('the moved codes are exactly those whose region is another', () => {
  fc.assert(
    fc.property(change, (next) => {
      const ranges = [range('00003', '00012', '가시'), range('00020', '00030', '나시')];
      const { moved } = reassign(ranges, next);
      for (let n = 0; n <= 41; n++) {
        const at = String(n).padStart(5, '0');
        const inside = next.from <= at && at <= next.to;
        const span = moved.filter(({ from, to }) => from <= at && at <= to);
        const old = regionOn(ranges, at, next.effective);
        assert.equal(span.length, inside && old !== next.sigungu ? 1 : 0);
        if (span[0]) assert.equal(span[0].old?.sigungu ?? '', old);
      }
    }),
  );
});
