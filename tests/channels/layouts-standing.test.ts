import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sales } from '../../seeds/malls/sales.ts';
import { knownLayouts, readMallFile } from '../../src/channels/layouts/index.ts';
import { claimSheet, type Said, standingSheet } from '../support/malls/standing.ts';
import { xlsxOf } from '../support/malls/twins.ts';
import type { Sheet } from '../xlsx/twins.ts';

const sold = sales();

async function read(sheet: Sheet) {
  const file = await readMallFile(xlsxOf([sheet]), knownLayouts);
  return { code: file.layout.code, rows: await Array.fromAsync(file.rows) };
}

const queries: [Said, unknown[]][] = [
  [{ 주문상태: '결제완료' }, ['new', null]],
  [{ 주문상태: '배송중' }, ['dispatched', null]],
  [{ 주문상태: '구매확정' }, ['confirmed', null]],
  [{ 주문상태: '배송중', 클레임상태: '취소완료' }, ['cancelled', null]],
  [{ 주문상태: '결제완료', 클레임상태: '취소요청' }, ['new', 'cancel_requested']],
  [{ 주문상태: '배송완료', 클레임상태: '반품요청' }, ['delivered', 'return_requested']],
  [{ 주문상태: '배송완료', 클레임상태: '교환완료' }, ['exchanged', null]],
  // one of several pieces was cancelled: the line itself goes on
  [{ 주문상태: '배송중', 클레임상태: '취소완료', '수량클레임 여부': 'Y' }, ['dispatched', null]],
];

test('주문조회 tells where each line stands, and what is claimed', async () => {
  const rows = queries.map(([said], at) => [sold[at]!, said] as const);
  const found = await read(standingSheet('주문조회', rows));
  assert.equal(found.code, 'smartstore.query');
  assert.deepEqual(
    found.rows.map(({ line }) => [line!.status, line!.claim]),
    queries.map(([, expected]) => expected),
  );
  for (const { line } of found.rows) assert.equal(line!.tells, 'standing');
});

test('구매확정내역 tells that the purchase is confirmed and how the line was sent', async () => {
  const said = {
    주문상태: '구매확정',
    구매확정일: '2026-11-28 10:00:00',
    발송처리일: '2026-11-20 16:00:00',
    택배사: 'CJ대한통운',
    송장번호: '612345678901',
  };
  const found = await read(standingSheet('구매확정내역', [[sold[0]!, said]]));
  const { line } = found.rows[0]!;
  assert.equal(found.code, 'smartstore.confirmed');
  assert.deepEqual(
    [line!.status, line!.courier, line!.trackingNo, line!.dispatchedAt],
    ['confirmed', 'CJ대한통운', '612345678901', '2026-11-20 16:00:00'],
  );
});

for (const [what, code, asked, done] of [
  ['취소', 'cancels', 'cancel_requested', 'cancelled'],
  ['반품', 'returns', 'return_requested', 'returned'],
  ['교환', 'exchanges', 'exchange_requested', 'exchanged'],
] as const) {
  test(`${what}관리 has states of its own`, async () => {
    const [first, second, third] = sold;
    const found = await read(
      claimSheet(what, [
        [first!, `${what}요청`],
        [second!, `${what}완료`],
        [third!, `${what}철회`],
      ]),
    );
    assert.equal(found.code, `smartstore.${code}`);
    const [wanted, ended, withdrawn] = found.rows;
    assert.deepEqual([wanted!.line!.status, wanted!.line!.claim], [undefined, asked]);
    assert.deepEqual([ended!.line!.status, ended!.line!.claim], [done, null]);
    // the file does not say where the line goes back to: a person does
    assert.deepEqual(
      withdrawn!.problems!.map(({ unknown }) => unknown),
      [{ field: 'detail', word: `${what}철회` }],
    );
  });
}
