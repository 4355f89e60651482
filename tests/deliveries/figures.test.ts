import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryFigures } from '#deliveries';
import { importLines } from '../support/imports.ts';
import { aLine, openOfficeWith } from './homes.ts';

const bundang = { postcode: '13529', address: '경기도 성남시 분당구 판교로 1' };
const sejong = { postcode: '30151', address: '세종특별자치시 한누리대로 1' };

test('figures count what is live, and the rest under cancelled', async () => {
  const bundle = { order: '2026111000000100', bundle: '777' };
  await using office = await openOfficeWith([
    aLine({ ...bundle, line: '2026111000000111' }),
    aLine({ ...bundle, line: '2026111000000121', addon: '방수 커버' }),
    aLine({ ...bundle, line: '2026111000000131', option: '킹(K)', status: '취소', detailStatus: '취소완료' }),
    aLine({
      ...bundang,
      recipient: '박셋',
      phone: '010-2222-0001',
      status: '반품',
      detailStatus: '반품완료',
    }),
    aLine({ ...sejong, recipient: '최넷', phone: '010-2222-0004' }),
    aLine({ recipient: '모름', phone: '010-2222-0002', postcode: '', address: '어딘가 1' }),
    aLine({ recipient: '취소함', phone: '010-2222-0003', status: '취소', detailStatus: '취소완료' }),
  ]);
  await importLines(office.ctx('office'), [aLine({ option: '싱글(S)', orderedAt: '2026-11-12 09:00:00' })]);

  assert.deepEqual(await deliveryFigures(office.ctx()), {
    deliveries: 4,
    lines: 6,
    added: 1,
    returned: 1,
    cancelled: 1,
    bySigungu: {
      미분류: 1,
      '경기도 성남시 분당구': 1,
      '서울특별시 강남구': 1,
      세종특별자치시: 1,
    },
  });
});

test('the days of the figures are those of the order, both included', async () => {
  await using office = await openOfficeWith([
    aLine({ phone: '010-1000-0001', orderedAt: '2026-11-04 23:59:59' }),
    aLine({ phone: '010-1000-0002', orderedAt: '2026-11-05 00:00:00' }),
    aLine({ phone: '010-1000-0003', orderedAt: '2026-11-06 12:00:00' }),
  ]);
  const count = async (range: { from?: string; to?: string }) =>
    (await deliveryFigures(office.ctx(), range)).deliveries;
  assert.equal(await count({ from: '2026-11-05', to: '2026-11-05' }), 1);
  assert.equal(await count({ from: '2026-11-05' }), 2);
  assert.equal(await count({ to: '2026-11-05' }), 2);
  assert.equal(await count({ from: '2026-12-01' }), 0);
});
