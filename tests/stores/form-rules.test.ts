import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promisedFrom, readOrderForm, typedRows } from '../../src/stores/order-form.rules.ts';
import { formTotals, lineAmount } from '../../src/stores/payment.rules.ts';

const typed = {
  store: '3',
  key: '0b9a4a52-6f3c-4c5e-9a3a-0d6b1f1f9f10',
  ordered_on: '2026-11-21',
  promised_on: '2026-12-22',
  method: 'direct',
  buyer_name: ' 홍길동 ',
  buyer_phone: '010-1234-5678',
  buyer_phone2: '',
  same: '1',
  postcode: '06236',
  address: '서울특별시 강남구 테헤란로 1',
  address_detail: '101동',
  memo: '',
  'line-0-product': '침대',
  'line-0-option': '퀸(Q)',
  'line-0-quantity': '2',
  'line-0-price': '1,290,000원',
  'line-0-discount': '80,000',
  payment_method: 'card',
  paid_amount: '１００,０００',
};

const errorsOf = (given: Record<string, string>) => readOrderForm({ ...typed, ...given }).errors;

test('a whole form is read: digits, won without separators, the buyer as the recipient', () => {
  const { input, errors } = readOrderForm(typed);
  assert.deepEqual(errors, {});
  assert.deepEqual(input?.lines, [
    { productName: '침대', optionName: '퀸(Q)', quantity: 2, unitPrice: 1_290_000, discount: 80_000 },
  ]);
  assert.deepEqual(input?.recipient, {
    name: '홍길동',
    phone: '01012345678',
    phone2: '',
    postcode: '06236',
    address: '서울특별시 강남구 테헤란로 1',
    addressDetail: '101동',
  });
  assert.equal(input?.paidAmount, 100_000);
});

test('a recipient of their own is asked for only when they are another person', () => {
  assert.deepEqual(errorsOf({ recipient_name: '', recipient_phone: '' }), {});
  assert.deepEqual(errorsOf({ same: '' }), {
    recipient_name: '수령자 이름을 적어 주세요.',
    recipient_phone: '수령자 연락처를 적어 주세요.',
  });
  const { input } = readOrderForm({
    ...typed,
    same: '',
    recipient_name: '이둘',
    recipient_phone: '02-123-4567',
  });
  assert.deepEqual([input?.recipient.name, input?.recipient.phone], ['이둘', '021234567']);
});

test('everything that is wrong is named at once, each beside its field', () => {
  const { input, errors } = readOrderForm({ key: typed.key, 'line-2-option': '퀸' });
  assert.equal(input, undefined);
  assert.deepEqual(Object.keys(errors).sort(), [
    'address',
    'buyer_name',
    'buyer_phone',
    'line-2-price',
    'line-2-product',
    'line-2-quantity',
    'method',
    'ordered_on',
    'payment_method',
    'promised_on',
    'recipient_name',
    'recipient_phone',
    'store',
  ]);
});

test('amounts, counts, days and phones that cannot be are refused beside their field', () => {
  for (const [field, value] of [
    ['line-0-quantity', '0'],
    ['line-0-quantity', '1.5'],
    ['line-0-quantity', '99999'],
    ['line-0-price', '-1'],
    ['line-0-price', '12만'],
    ['line-0-price', ''],
    ['line-0-discount', '2,580,001'],
    ['ordered_on', '2026-02-30'],
    ['promised_on', '2026-11-20'],
    ['buyer_phone', '1234'],
    ['buyer_phone', '전화'],
    ['method', 'quick'],
    ['store', ''],
    ['paid_amount', '99,999,999'],
    ['buyer_name', '김'.repeat(101)],
  ] as const) {
    const errors = errorsOf({ [field]: value });
    assert.deepEqual(Object.keys(errors), [field], `${field} ${value}: ${JSON.stringify(errors)}`);
    assert.match(errors[field]!, /[가-힣]/);
  }
});

test('a form without goods, or without a key, cannot be saved', () => {
  const blank = { 'line-0-product': '', 'line-0-option': '', 'line-0-price': '', 'line-0-discount': '' };
  assert.deepEqual(errorsOf(blank), { 'line-0-product': '상품을 하나 이상 적어 주세요.' });
  assert.match(errorsOf({ key: 'x' }).form!, /새로 열어/);
});

test('who fetches it themselves need not give an address', () => {
  assert.deepEqual(errorsOf({ method: 'pickup', address: '' }), {});
  assert.deepEqual(errorsOf({ method: 'courier', address: '' }), { address: '주소를 적어 주세요.' });
});

test('rows keep their places on the page; those left empty do not count', () => {
  assert.deepEqual(
    typedRows({
      'line-7-product': '침대',
      'line-7-quantity': '1',
      'line-3-product': ' ',
      'line-3-quantity': '1',
      'line-1-product': '',
      'line-1-price': '100',
      'line-10-product': '협탁',
    }),
    [1, 7, 10],
  );
});

test('a month is 31 days from the order, over the ends of months and years', () => {
  assert.equal(promisedFrom('2026-11-21'), '2026-12-22');
  assert.equal(promisedFrom('2026-12-31'), '2027-01-31');
  assert.equal(promisedFrom('2028-02-01'), '2028-03-03');
});

test('a discount is taken from the line, and what is left to pay may go below zero', () => {
  const lines = [
    { quantity: 3, unitPrice: 100_000, discount: 50_000 },
    { quantity: 1, unitPrice: 20_000, discount: 0 },
  ];
  assert.equal(lineAmount(lines[0]!), 250_000);
  assert.deepEqual(formTotals(lines, 300_000), {
    quantity: 4,
    price: 320_000,
    discount: 50_000,
    total: 270_000,
    paid: 300_000,
    balance: -30_000,
  });
});
