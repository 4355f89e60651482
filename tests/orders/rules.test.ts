import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '#lib/dates.ts';
import { maskAddress, maskName, maskPhone } from '#lib/masking.ts';
import { arrangeNeighbours, arrangeOrder } from '../../src/orders/arranging.rules.ts';
import { compareLine } from '../../src/orders/changes.rules.ts';
import { daysOfPage, fromNearerEnd, joinDays } from '../../src/orders/pages.rules.ts';
import type { LineRow } from '../../src/orders/tables.ts';
import { totalsOf } from '../../src/orders/totals.rules.ts';

test('a page is where its days and offset lead, whatever the days hold', () => {
  const days = fc
    .array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 })
    .map((counts) => counts.map((n, at) => ({ day: addDays('2026-01-01', at), n })).filter(({ n }) => n > 0));
  const dirs = fc.constantFrom('asc' as const, 'desc' as const);
  fc.assert(
    fc.property(days, dirs, fc.nat(60), fc.integer({ min: 1, max: 20 }), (counted, dir, offset, size) => {
      const rows = counted.flatMap(({ day, n }) => Array.from({ length: n }, (_, at) => `${day} ${at}`));
      const inOrder = dir === 'asc' ? rows : rows.toReversed();
      const page = daysOfPage(counted, dir, offset, size);
      const there = inOrder.filter((row) =>
        page.spans.some((span) => span.from <= row.slice(0, 10) && row.slice(0, 10) <= span.to),
      );
      assert.deepEqual(there.slice(page.offset, page.offset + size), inOrder.slice(offset, offset + size));
    }),
  );
});

test('days that follow each other are one span, also across a month', () => {
  assert.deepEqual(joinDays(['2026-01-30', '2026-01-31', '2026-02-01', '2026-02-03']), [
    { from: '2026-01-30', to: '2026-02-01' },
    { from: '2026-02-03', to: '2026-02-03' },
  ]);
});

test('a page in the further half is read from the end, and is the same page', () => {
  const rows = Array.from({ length: 103 }, (_, at) => at);
  for (let offset = 0; offset < 103; offset += 10) {
    const found = fromNearerEnd(103, offset, 10);
    const read = (found.turned ? rows.toReversed() : rows).slice(found.offset, found.offset + found.limit);
    assert.deepEqual(found.turned ? read.reverse() : read, rows.slice(offset, offset + 10));
    assert.ok(found.offset <= 52, `${found.offset} steps`);
  }
});

const line = (order_id: number, line_no: string, main: string | null = null) => ({
  order_id,
  line_no,
  kind: main ? ('addon' as const) : ('main' as const),
  main_line_no: main,
});

test('add-ons stand below their main, and the lines of an order side by side', () => {
  const numbers = (lines: { line_no: string }[]) => lines.map(({ line_no }) => line_no).join(' ');
  assert.equal(numbers(arrangeOrder([line(1, '31', '11'), line(1, '21'), line(1, '11')])), '11 31 21');
  assert.equal(
    numbers(arrangeOrder([line(1, '31', '99'), line(1, '11')])),
    '11 31',
    'the main is on another page',
  );
  const mixed = [line(2, '51'), line(1, '31'), line(2, '41'), line(1, '11')];
  assert.equal(numbers(arrangeNeighbours(mixed, () => 'same time')), '41 51 11 31');
  assert.equal(
    numbers(arrangeNeighbours(mixed, (one) => one.line_no)),
    '51 31 41 11',
    'the order asked for wins',
  );
});

test('the fee of a bundle counts once, what was cancelled is told apart', () => {
  const bed = { quantity: 1, amount: 500_000, shipping_fee: 30_000, bundle_no: 'a', status: 'new' } as const;
  assert.deepEqual(
    totalsOf([
      bed,
      { ...bed, status: 'cancelled' },
      { ...bed, bundle_no: 'b', shipping_fee: 3_000, quantity: 2 },
    ]),
    { quantity: 4, goods: 1_500_000, shipping: 33_000, sum: 1_533_000, gone: 500_000 },
  );
});

test('names, phones and addresses are masked as Koreans expect', () => {
  assert.deepEqual(['홍길동', '김솔', '남궁민수', '김', ''].map(maskName), [
    '홍*동',
    '김*',
    '남**수',
    '*',
    '',
  ]);
  assert.deepEqual(['01012345678', '021234567', '15881234', '050712345678', '123456', ''].map(maskPhone), [
    '010-****-5678',
    '02-***-4567',
    '****-1234',
    '0507-****-5678',
    '**3456',
    '',
  ]);
  assert.equal(maskAddress('서울특별시 강남구 테헤란로 12'), '서울특별시 강남구 테헤란로 ***');
});

test('a line acknowledged by hand stays so while the mall has not heard of it, without a conflict', () => {
  const current = { status: 'acknowledged', hand_fields: 'status', mall_detail: '' } as LineRow;
  assert.equal(compareLine(current, { status: 'new' }).kind, 'same');
  assert.deepEqual(compareLine(current, { status: 'dispatched' }).changes, [
    { field: 'status', before: 'acknowledged', after: 'dispatched' },
  ]);
});
