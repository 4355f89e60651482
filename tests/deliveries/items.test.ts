import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangeItems, type DeliveryItem, itemMarks, itemName } from '../../src/deliveries/items.rules.ts';

function anItem(values: Partial<DeliveryItem> & { line_no: string }): DeliveryItem {
  return {
    line_id: 1,
    order_id: 1,
    order_no: '1',
    kind: 'main',
    main_line_no: null,
    name: '모아 매트리스 퀸(Q)',
    quantity: 1,
    status: 'acknowledged',
    claim: null,
    joined_by: 'bundle',
    added: 0,
    memo: '',
    ordered_at: new Date(2026, 10, 10, 9),
    created_at: new Date(2026, 10, 10, 10),
    ...values,
  };
}

const numbers = (items: DeliveryItem[]) => items.map((item) => item.line_no);

test('add-ons stand under their product, whatever order the lines come in', () => {
  const lines = [
    anItem({ line_no: '11' }),
    anItem({ line_no: '21', kind: 'addon', main_line_no: '11' }),
    anItem({ line_no: '31' }),
    anItem({ line_no: '41', kind: 'addon', main_line_no: '11' }),
    anItem({ line_no: '51', kind: 'addon', main_line_no: '31' }),
  ];
  assert.deepEqual(numbers(arrangeItems(lines)), ['11', '21', '41', '31', '51']);
  assert.deepEqual(numbers(arrangeItems(lines.toReversed())), ['11', '21', '41', '31', '51']);
});

test('an add-on whose product is not in the delivery is not lost', () => {
  const lines = [
    anItem({ line_no: '21', kind: 'addon', main_line_no: '11' }),
    anItem({ line_no: '31', kind: 'addon', main_line_no: null }),
  ];
  assert.deepEqual(numbers(arrangeItems(lines)), ['21', '31']);
});

test('a later order stands below the first', () => {
  const lines = [
    anItem({ line_no: '01', ordered_at: new Date(2026, 10, 12) }),
    anItem({ line_no: '91', ordered_at: new Date(2026, 10, 10) }),
  ];
  assert.deepEqual(numbers(arrangeItems(lines)), ['91', '01']);
});

test('an item says only what is out of the ordinary', () => {
  const marks = (values: Partial<DeliveryItem>, state: Parameters<typeof itemMarks>[1]) =>
    itemMarks(anItem({ line_no: '1', ...values }), state);
  assert.deepEqual(marks({}, 'waiting'), []);
  assert.deepEqual(marks({ status: 'held', added: 1 }, 'waiting'), ['추가', '보류']);
  assert.deepEqual(marks({ status: 'cancelled', added: 1 }, 'waiting'), ['취소']);
  assert.deepEqual(marks({ status: 'claimed', claim: 'return_requested' }, 'partial'), ['반품 요청']);
  assert.deepEqual(marks({ status: 'dispatched' }, 'dispatched'), []);
  assert.deepEqual(
    marks({ status: 'dispatched' }, 'partial'),
    ['배송중'],
    'it has left and the others have not',
  );
});

test('an item is named by product and option', () => {
  assert.equal(itemName('모아 매트리스', '퀸(Q)'), '모아 매트리스 퀸(Q)');
  assert.equal(itemName('방수 커버', ''), '방수 커버');
  assert.equal(itemName(null, null), '이름 없는 상품');
});
