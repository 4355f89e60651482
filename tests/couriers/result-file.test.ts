import assert from 'node:assert/strict';
import { test } from 'node:test';
import { couriers, findCourier } from '../../src/couriers/known/index.ts';
import { headerOf, readResultRow } from '../../src/couriers/result-file.rules.ts';
import { resultFiles } from './result-files.ts';

test('each courier’s file is told by its header, wherever its columns stand', () => {
  for (const { code } of couriers) {
    const { header } = resultFiles[code]!;
    assert.equal(headerOf(header)?.courier.code, code, code);
    assert.equal(headerOf([...header].reverse())?.courier.code, code, code);
    assert.equal(headerOf(header.map((text) => ` ${text.replace('분', '분 ')} `))?.courier.code, code, code);
  }
});

test('rows that only mention headers are none', () => {
  for (const texts of [
    ['운송장번호와 고객주문번호를 확인해 주세요'],
    ['운송장번호', '주문번호'],
    ['번호', '이름', '주소'],
    [],
  ])
    assert.equal(headerOf(texts), undefined, texts.join());
  assert.equal(headerOf(['운송장번호', '주문번호'], findCourier('lotte'))?.courier.code, 'lotte');
});

function read(code: string, cells: Record<string, string>) {
  const { header } = resultFiles[code]!;
  return readResultRow(headerOf(header)!, { row: 2, texts: header.map((title) => cells[title] ?? '') });
}

test('a tracking number is its digits; what Excel shortened, cut or mixed is refused with the reason', () => {
  const number = (운송장번호: string) => read('cj', { 고객주문번호: 'MOA00000001', 운송장번호 })!;
  assert.equal(number('6123-4567-8901').trackingNo, '612345678901');
  assert.equal(number('612345678901').trackingNo, '612345678901');
  for (const [written, reason] of [
    ['5.21853E+11', /엑셀이 줄여 쓴 번호/],
    ['5.21853123456e11', /엑셀이 줄여 쓴 번호/],
    ['5E11', /엑셀이 줄여 쓴 번호/],
    ['6123456', /10~13자리인데 7자리/],
    ['61234567890123456', /10~13자리인데 17자리/],
    ['발급 전', /숫자가 아닌 글자/],
    ['', /비어 있습니다/],
  ] as const) {
    assert.match(number(written).refused ?? '', reason, written);
    assert.equal(number(written).trackingNo, '');
  }
});

test('a phone that lost its zero is restored, a masked one stays masked, a total is no row', () => {
  const told = read('cj', {
    받는분: '홍길동',
    받는분전화번호: '1012345678',
    운송장번호: '612345678901',
  })!.told;
  assert.deepEqual(told.phones, ['01012345678']);
  const masked = read('cj', {
    받는분: '홍*동',
    받는분전화번호: '010-****-5678',
    운송장번호: '612345678901',
  })!;
  assert.deepEqual(masked.told.phones, ['010-****-5678']);
  assert.equal(read('cj', { 운송장번호: '합계' }), undefined);
});

test('our number is found behind the items where the courier has no column for it', () => {
  const row = read('logen', { 수하인명: '홍길동', 품목명: '침대 (MOA00000042)', 운송장번호: '91234567890' })!;
  assert.equal(row.told.text, 'MOA00000042');
});
