import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMainLines } from '../../src/channels/addons.rules.ts';

const row = (lineNo: string, kind: 'main' | 'addon', productNo = '100', orderNo = 'A') => ({
  lineNo,
  kind,
  productNo,
  orderNo,
});

test('an add-on hangs on the nearest main line before it, whatever order the file has', () => {
  const rows = [row('31', 'addon'), row('21', 'main'), row('11', 'addon'), row('01', 'main')];
  assert.deepEqual(
    findMainLines(rows),
    new Map([
      ['11', '01'],
      ['31', '21'],
    ]),
  );
});

test('the main line of the same product number wins over a nearer one', () => {
  const rows = [row('01', 'main', '100'), row('11', 'main', '200'), row('21', 'addon', '100')];
  assert.equal(findMainLines(rows).get('21'), '01');
});

test('an add-on never hangs on a line of another order', () => {
  const rows = [row('01', 'main', '100', 'A'), row('11', 'addon', '100', 'B')];
  assert.equal(findMainLines(rows).get('11'), null);
});

test('long line numbers are compared without losing digits', () => {
  const rows = [
    row('2026112100000011', 'main', '1'),
    row('2026112100000021', 'main', '2'),
    row('2026112100000031', 'addon', '3'),
  ];
  assert.equal(findMainLines(rows).get('2026112100000031'), '2026112100000021');
});
