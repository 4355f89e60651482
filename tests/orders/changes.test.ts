import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLine } from '../../src/orders/changes.rules.ts';
import type { LineContent, LineRow } from '../../src/orders/tables.ts';

const current = {
  quantity: 1,
  status: 'acknowledged',
  claim: null,
  mall_status: '발송대기',
  mall_detail: '발주확인',
  recipient_name: '홍길동',
  recipient_phone: '01012345678',
  address: '서울특별시 강남구 테헤란로 1',
  memo: '',
  courier: '',
  tracking_no: '',
  ship_by: new Date(2026, 10, 20, 23, 59, 59),
  hand_fields: '',
  revision: 1,
} as LineRow;

const compare = (incoming: Partial<LineContent>, known: Partial<LineRow> = {}) =>
  compareLine({ ...current, ...known }, incoming);

test('a line nobody knows is new', () => {
  assert.equal(compareLine(undefined, { quantity: 1 }).kind, 'new');
});

test('the same values change nothing, dates included', () => {
  assert.equal(compare({ quantity: 1, ship_by: '2026-11-20 23:59:59' }).kind, 'same');
});

test('a change names the cell with what was and what comes', () => {
  const found = compare({ quantity: 2, ship_by: '2026-11-21 23:59:59' });
  assert.deepEqual(found.changes, [
    { field: 'quantity', before: 1, after: 2 },
    { field: 'ship_by', before: '2026-11-20 23:59:59', after: '2026-11-21 23:59:59' },
  ]);
});

test('a field the file does not have is left alone', () => {
  assert.equal(compare({ memo: undefined }, { memo: '문 앞' }).kind, 'same');
});

test('a masked or emptied personal value never overwrites a real one', () => {
  const found = compare({ recipient_name: '홍*동', recipient_phone: '010-****-5678', address: '' });
  assert.equal(found.kind, 'same');
});

test('a postal code that lost its zero in Excel is the same code', () => {
  assert.equal(compare({ postcode: '6236' }, { postcode: '06236' }).kind, 'same');
  assert.equal(compare({ postcode: '06236' }, { postcode: '6236' }).kind, 'changed');
  assert.equal(compare({ postcode: '6237' }, { postcode: '06236' }).kind, 'changed');
});

test('a real value takes the place of a masked one', () => {
  const found = compare({ recipient_name: '홍길동' }, { recipient_name: '홍*동' });
  assert.equal(found.kind, 'changed');
});

test('a file that is older than what we know changes no status and says so', () => {
  const found = compare({ status: 'new', mall_detail: '신규주문', quantity: 2 }, { status: 'delivered' });
  assert.equal(found.kind, 'conflict');
  assert.deepEqual(
    found.kept.map((cell) => [cell.field, cell.why]),
    [['status', 'older']],
  );
  assert.deepEqual(
    found.changes.map((change) => change.field),
    ['quantity'],
  );
});

test('a line sent by hand stays sent while the mall does not know it yet', () => {
  const sent = {
    status: 'dispatched' as const,
    courier: 'CJ대한통운',
    tracking_no: '123456789012',
    hand_fields: 'status,courier,tracking_no',
  };
  assert.equal(compare({ status: 'acknowledged', courier: '', tracking_no: '' }, sent).kind, 'same');
  assert.equal(compare({ status: 'delivered' }, sent).kind, 'changed');
  const other = compare({ tracking_no: '999999999999' }, sent);
  assert.deepEqual(
    other.kept.map((cell) => cell.why),
    ['by_hand'],
  );
});

test('a cancellation reaches a line that was held by hand', () => {
  const found = compare({ status: 'cancelled' }, { status: 'held', hand_fields: 'status' });
  assert.deepEqual(
    found.changes.map((change) => change.after),
    ['cancelled'],
  );
});

test('a withdrawn claim lets the line go on', () => {
  const found = compare(
    { status: 'acknowledged', claim: null },
    { status: 'claimed', claim: 'cancel_requested' },
  );
  assert.equal(found.kind, 'changed');
});
