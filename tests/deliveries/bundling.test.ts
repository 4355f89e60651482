import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type BundleLine,
  bundleKey,
  hasHome,
  homeKey,
  stateOf,
  summarise,
} from '../../src/deliveries/bundling.rules.ts';
import { type LineStatus, statuses } from '../../src/orders/status.rules.ts';

function aLine(values: Partial<BundleLine> = {}): BundleLine {
  return {
    line_no: '2026111000000011',
    order_no: '2026111000000001',
    kind: 'main',
    main_line_no: null,
    channel_option_id: 1,
    quantity: 1,
    amount: 100_000,
    status: 'new',
    claim: null,
    mall_status: '발송대기',
    mall_detail: '신규주문',
    method: 'direct',
    method_text: '직접전달',
    courier: '',
    tracking_no: '',
    bundle_no: '9990000000000001',
    shipping_fee: 0,
    buyer_name: '김하나',
    buyer_id: 'ha****',
    buyer_phone: '01011112222',
    recipient_name: '김하나',
    recipient_phone: '01011112222',
    recipient_phone2: '',
    postcode: '06236',
    address: '서울특별시 강남구 테헤란로 1',
    address_detail: '101동 202호',
    memo: '',
    ordered_at: '2026-11-10 10:00:00',
    paid_at: null,
    ship_by: null,
    wished_on: null,
    acknowledged_at: null,
    dispatched_at: null,
    added: 0,
    ...values,
  };
}

test('a cancelled line leaves its siblings alone', () => {
  assert.equal(stateOf(['cancelled', 'new']), 'waiting');
  const summary = summarise([aLine(), aLine({ line_no: '2', status: 'cancelled' })]);
  assert.deepEqual([summary.live_count, summary.cancelled_count, summary.line_count], [1, 1, 2]);
});

test('a delivery with nothing left is cancelled, not gone', () => {
  assert.equal(summarise([aLine({ status: 'cancelled' })]).state, 'cancelled');
});

test('a delivery of which a part has left is partly out', () => {
  assert.equal(stateOf(['dispatched', 'acknowledged']), 'partial');
  assert.equal(stateOf(['delivered', 'dispatched', 'cancelled']), 'dispatched');
  assert.equal(stateOf(['delivered', 'confirmed', 'returned']), 'delivered');
  assert.equal(stateOf(['returned', 'cancelled']), 'returned');
});

test('the summary does not depend on the order of the lines', () => {
  const anyLine = fc
    .record({
      at: fc.integer({ min: 0, max: 5 }),
      status: fc.constantFrom(...statuses),
      added: fc.constantFrom(0, 1),
    })
    .map(({ at, status, added }) => ({ at, status: status as LineStatus, added: added as 0 | 1 }));
  fc.assert(
    fc.property(
      fc.array(anyLine, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (given, dice) => {
        const lines = given.map(({ at, status, added }, index) =>
          aLine({
            line_no: String(index),
            ordered_at: `2026-11-10 1${at}:00:00`,
            status,
            added,
            recipient_name: `수취인${at}`,
            memo: `메모${index}`,
          }),
        );
        const shuffled = lines
          .map((line) => ({ line, key: dice.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ line }) => line);
        assert.deepEqual(summarise(shuffled), summarise(lines));
      },
    ),
  );
});

test('the mall without a bundle number bundles by order', () => {
  assert.equal(bundleKey(aLine({ bundle_no: '' })), 'order:2026111000000001');
});

test('the same home is known by recipient, phone and address, however they are spaced', () => {
  const key = homeKey(aLine());
  assert.ok(hasHome(key));
  assert.deepEqual(
    homeKey(aLine({ address: '서울특별시 강남구  테헤란로 1 101동 202호', address_detail: '' })),
    key,
  );
  assert.notDeepEqual(homeKey(aLine({ address_detail: '101동 203호' })), key);
  assert.notDeepEqual(homeKey(aLine({ recipient_phone: '01033334444' })), key);
});

test('a safe number differs from order to order, so the buyer’s phone is compared instead', () => {
  const first = homeKey(aLine({ recipient_phone: '050712345678' }));
  assert.deepEqual(homeKey(aLine({ recipient_phone: '050787654321' })), first);
  assert.notDeepEqual(homeKey(aLine({ recipient_phone: '050787654321', buyer_phone: '01099998888' })), first);
});

test('a masked or missing part makes no home', () => {
  for (const values of [
    { recipient_name: '김*나' },
    { recipient_phone: '' },
    { address: '', address_detail: '' },
  ]) {
    assert.equal(hasHome(homeKey(aLine(values))), false);
  }
});

test('lines that name different homes are pointed out', () => {
  assert.equal(summarise([aLine(), aLine({ line_no: '2', address_detail: '505호' })]).address_differs, 1);
  assert.equal(summarise([aLine(), aLine({ line_no: '2' })]).address_differs, 0);
});

test('returned, exchanged and claimed lines are counted where they belong', () => {
  const summary = summarise([
    aLine({ line_no: '1', status: 'returned' }),
    aLine({ line_no: '2', status: 'claimed', claim: 'return_requested' }),
    aLine({ line_no: '3', status: 'exchanged' }),
    aLine({ line_no: '4', added: 1 }),
  ]);
  assert.deepEqual(
    [summary.returned_count, summary.exchanged_count, summary.added_count, summary.live_count],
    [2, 1, 1, 4],
  );
});
