import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChannelText, suggestOptionName, textHash } from '../../src/products/naming.rules.ts';

const text = (values: Partial<ChannelText> = {}): ChannelText => ({
  productNo: '100',
  isAddon: false,
  productName: '모아 침대',
  optionText: '사이즈: 퀸(Q)',
  ...values,
});

test('an option is known by product number and text, however it is spaced', () => {
  assert.deepEqual(textHash(text({ optionText: ' 사이즈:  퀸(Q) ' })), textHash(text()));
  assert.notDeepEqual(textHash(text({ optionText: '사이즈: 킹(K)' })), textHash(text()));
  assert.notDeepEqual(textHash(text({ productNo: '101' })), textHash(text()));
});

test('the mall may rename a product, but an add-on is its name', () => {
  assert.deepEqual(textHash(text({ productName: '모아 침대 2' })), textHash(text()));
  assert.notDeepEqual(
    textHash(text({ isAddon: true, productName: '협탁' })),
    textHash(text({ isAddon: true, productName: '커버' })),
  );
});

test('a suggested name holds the values without their names', () => {
  assert.equal(suggestOptionName('사이즈: 퀸(Q) / 색상: 내츄럴원목'), '퀸(Q) / 내츄럴원목');
  assert.equal(suggestOptionName('사이즈 (가로폭+높이): 240 / 배송일: 10/04'), '240 / 10/04');
  assert.equal(suggestOptionName('퀸'), '퀸');
  assert.equal(suggestOptionName(''), '');
});
