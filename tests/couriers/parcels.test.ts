import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isSameRecipient,
  itemsText,
  itemText,
  parcelIdsIn,
  parcelKey,
  parcelNo,
} from '../../src/couriers/parcels.rules.ts';

const line = {
  channel_id: 1,
  order_no: '2026111000000001',
  bundle_no: '700',
  recipient_name: '홍길동',
  recipient_phone: '01012345678',
  recipient_phone2: '0212345678',
  address: '서울특별시 강남구 테헤란로 1',
  address_detail: '101동 1호',
};

test('a parcel is one bundle of one channel for one recipient', () => {
  const same = { ...line, order_no: '2', recipient_name: '홍 길동', address_detail: '101동  1호' };
  assert.equal(parcelKey(same), parcelKey(line));
  for (const other of [
    { channel_id: 2 },
    { bundle_no: '701' },
    { recipient_name: '김길동' },
    { recipient_phone: '01012345679' },
    { address_detail: '102동 1호' },
    { bundle_no: '', order_no: '2' },
  ])
    assert.notEqual(parcelKey({ ...line, ...other }), parcelKey(line), JSON.stringify(other));
});

test('our number is found again in whatever text it stands', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.constantFrom('', ' ', '침대 (', '-'),
      (id, before) => {
        assert.deepEqual(parcelIdsIn(`${before}${parcelNo(id)})`), [id]);
      },
    ),
  );
  assert.deepEqual(parcelIdsIn('침대 MOA123 2026111012345678'), []);
});

test('a quantity of one is not said, more is', () => {
  assert.equal(itemText({ product: '침대', option: '퀸(Q)', quantity: 1 }), '침대 퀸(Q)');
  assert.equal(itemText({ product: '베개', option: '', quantity: 2 }), '베개 x2');
});

test('items fit the courier’s length, and what is left out is counted', () => {
  const items = [
    { product: '침대 프레임', option: '퀸', quantity: 1 },
    { product: '방수 커버', option: 'Q', quantity: 2 },
    { product: '라텍스 베개', option: '', quantity: 1 },
  ];
  assert.equal(itemsText(items, 100), '침대 프레임 퀸 / 방수 커버 Q x2 / 라텍스 베개');
  assert.equal(itemsText(items, 28), '침대 프레임 퀸 / 방수 커버 Q x2 외 1건');
  assert.equal(itemsText(items, 20), '침대 프레임 퀸 외 2건');
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ product: fc.string({ maxLength: 80 }), option: fc.string(), quantity: fc.nat(9) }),
        {
          minLength: 1,
        },
      ),
      fc.integer({ min: 30, max: 200 }),
      (some, limit) => assert.ok(itemsText(some, limit).length <= limit),
    ),
  );
});

test('a recipient is the same only when name, a phone and the address all agree', () => {
  const told = { name: '홍길동', phones: ['01012345678'], address: '서울특별시 강남구 테헤란로 1 101동 1호' };
  assert.ok(isSameRecipient(told, line));
  assert.ok(isSameRecipient({ ...told, phones: ['0212345678'] }, line), 'the other phone');
  assert.ok(isSameRecipient({ ...told, address: '서울특별시 강남구 테헤란로 1' }, line), 'a shorter address');
  for (const other of [
    { name: '홍길순' },
    { name: '홍*동' },
    { phones: ['01012345679'] },
    { phones: ['010-****-5678'] },
    { phones: [] },
    { address: '서울특별시 강남구 테헤란로 2 101동 1호' },
    { address: '서울특별시' },
    { address: '' },
  ])
    assert.ok(!isSameRecipient({ ...told, ...other }, line), JSON.stringify(other));
});
