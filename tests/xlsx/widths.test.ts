import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnWidths, widthOf } from '#lib/xlsx/widths.rules.ts';

test('Hangul takes the room of two letters', () => {
  assert.deepEqual(['', 'abc', '가나', '가-1'].map(widthOf), [0, 3, 4, 4]);
});

test('a column is as wide as what stands in it, within reason; a title above the table widens nothing', () => {
  const title = ['택배사와 송장번호만 고쳐서 올려 주세요.', '', ''];
  const table = [title, ['번호', '주소', '메모'], ['2026112101000011', '가'.repeat(60), '']];
  assert.deepEqual(columnWidths(table), [18, 48, 8]);
  assert.deepEqual(columnWidths([['이름'], ['가나다라마바사']]), [16], 'the only column is no title');
  assert.deepEqual(columnWidths([]), []);
});
