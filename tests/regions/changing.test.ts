import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ctx } from '#lib/ctx.ts';
import { openDb, transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import {
  changeRegion,
  classifyPostcode,
  loadRegionBook,
  regionChangesEffectiveOn,
  regionOf,
  seedRegions,
} from '#regions';
import { addRemoteArea, listRemoteAreas, removeRemoteArea } from '../../src/regions/remote-areas.ts';
import { adminOnDay, openRegionsOffice } from './regions-office.ts';

const toHyohaeng = {
  from: '18200',
  to: '18210',
  sido: '경기도',
  sigungu: '화성시 효행구',
  effective: '2026-12-01',
};

async function regionOn(ctx: Ctx, code: string, day?: string): Promise<string> {
  const { sido, sigungu } = classifyPostcode(code, await loadRegionBook(ctx, day));
  return `${sido} ${sigungu}`.trim();
}

test('seeding twice, and from two processes at once, fills the table once', async () => {
  await using office = await openRegionsOffice();
  const ctx = office.ctx();
  for (const table of ['region_ranges', 'region_book']) await ctx.db(table).delete();
  for (const table of ['region_changes', 'sido_aliases', 'remote_areas', 'shared_codes', 'retired_codes']) {
    await ctx.db(table).delete();
  }
  await Promise.all([seedRegions(ctx), seedRegions(ctx), seedRegions(ctx)]);
  await seedRegions(ctx);
  const [row] = await ctx.db('region_ranges').count({ n: '*' });
  assert.equal(row?.n, 420);
});

test('seeding leaves the changes made since', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  await changeRegion(ctx, toHyohaeng);
  await seedRegions(ctx);
  assert.equal(await regionOn(ctx, '18205', '2026-12-01'), '경기도 화성시 효행구');
});

test('a change holds from its day on and what held before stays', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  assert.deepEqual(await changeRegion(ctx, toHyohaeng), [
    { from: '18200', to: '18210', old: { sido: '경기도', sigungu: '화성시 만세구' } },
  ]);
  assert.equal(await regionOn(ctx, '18205'), '경기도 화성시 만세구');
  assert.equal(await regionOn(ctx, '18205', '2026-11-30'), '경기도 화성시 만세구');
  assert.equal(await regionOn(ctx, '18205', '2026-12-01'), '경기도 화성시 효행구');
  assert.equal(await regionOn(ctx, '18211', '2026-12-01'), '경기도 화성시 만세구');
});

test('a change leaves one event with its codes and day, for those who keep regions of their own', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  await changeRegion(ctx, toHyohaeng);
  const [event, ...others] = await ctx.db('events').where({ name: 'region.changed' });
  assert.deepEqual(others, []);
  const { from, to, effective } = JSON.parse(event.data);
  assert.deepEqual([from, to, effective, event.actor_name], ['18200', '18210', '2026-12-01', '이대표']);
});

test('the codes that change on a day are told on that day alone', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  await changeRegion(ctx, toHyohaeng);
  assert.deepEqual(await regionChangesEffectiveOn(ctx, '2026-12-01'), [{ from: '18200', to: '18210' }]);
  assert.deepEqual(await regionChangesEffectiveOn(ctx, '2026-12-02'), []);
});

test('a book is kept until another process changes a range', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const book = await loadRegionBook(ctx);
  assert.equal(await loadRegionBook(ctx), book);
  assert.equal(await transaction(ctx, (tx) => loadRegionBook(tx)), book);

  const other = openDb(office.config.databaseUrl, { max: 1 });
  await changeRegion({ ...ctx, db: other }, { ...toHyohaeng, effective: '2026-11-21' });
  await other.destroy();
  assert.equal(await regionOn(ctx, '18205'), '경기도 화성시 효행구');
});

test('a book read in a transaction that is rolled back is never used again', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const undone = transaction(ctx, async (tx) => {
    await changeRegion(tx, { ...toHyohaeng, effective: '2026-11-21' });
    assert.equal(await regionOn(tx, '18205'), '경기도 화성시 효행구');
    throw new Refusal('그만');
  });
  await assert.rejects(undone, Refusal);
  assert.equal(await regionOn(ctx, '18205'), '경기도 화성시 만세구');
});

test('two people who change the same codes at once leave one region a day', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const names = ['화성시 효행구', '화성시 병점구', '화성시 동탄구'];
  await Promise.all(names.map((sigungu) => changeRegion(ctx, { ...toHyohaeng, sigungu })));
  const holding = await ctx
    .db('region_ranges')
    .where('from_code', '<=', '18205')
    .where('to_code', '>=', '18205')
    .orderBy('valid_from');
  assert.deepEqual(
    holding.map((row) => [row.valid_from, row.valid_to]),
    [
      ['2015-08-01', '2026-11-30'],
      ['2026-12-01', null],
    ],
  );
  const changes = await ctx.db('region_changes').whereNotNull('made_by_name');
  assert.equal(changes.length, 1, 'what was corrected on its own day never held');
});

test('an address with the name before a change still agrees', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const rename = { from: '22100', to: '22299', sido: '인천광역시', effective: '2026-11-21', newName: true };
  await changeRegion(ctx, { ...rename, sigungu: '문학구' });
  const book = await loadRegionBook(ctx);
  for (const name of ['문학구', '미추홀구', '남구']) {
    assert.equal(regionOf(book, { postcode: '22200', address: `인천 ${name} 주안동` }).mismatch, false, name);
  }
  assert.equal(regionOf(book, { postcode: '22200', address: '인천 연수구' }).mismatch, true);
});

test('codes of a district that lives on elsewhere differ from its name once they have left it', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const change = {
    from: '06200',
    to: '06210',
    sido: '서울특별시',
    sigungu: '서초구',
    effective: '2026-11-21',
  };
  await changeRegion(ctx, change);
  const book = await loadRegionBook(ctx);
  assert.equal(regionOf(book, { postcode: '06205', address: '서울 서초구' }).mismatch, false);
  assert.equal(regionOf(book, { postcode: '06205', address: '서울 강남구' }).mismatch, true);
});

test('codes that had no region can be given one', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const change = {
    from: '01500',
    to: '01599',
    sido: '서울특별시',
    sigungu: '도봉구',
    effective: '2026-11-21',
  };
  assert.deepEqual(await changeRegion(ctx, change), [{ from: '01500', to: '01599', old: null }]);
  assert.equal(await regionOn(ctx, '01550'), '서울특별시 도봉구');
});

test('what cannot be meant is refused with a reason', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const refused = (change: Parameters<typeof changeRegion>[1], reason: RegExp) =>
    assert.rejects(
      changeRegion(ctx, change),
      (error) => error instanceof Refusal && reason.test(error.message),
    );

  await refused({ ...toHyohaeng, sigungu: '화성시 만세구' }, /바뀌는 것이 없습니다/);
  await refused({ ...toHyohaeng, sigungu: '화성시 호행구' }, /표에 없는 이름/);
  await refused({ ...toHyohaeng, effective: '2015-07-31' }, /2015년 8월 1일보다 앞선/);
  await refused({ ...toHyohaeng, from: '08000' }, /한 시도씩/);

  await changeRegion(ctx, toHyohaeng);
  const earlier = { ...toHyohaeng, sigungu: '화성시 병점구', effective: '2026-11-25' };
  await refused(earlier, /2026년 12월 1일에 시행하는 변경이 이미 있습니다/);
  const [events] = await ctx.db('events').where({ name: 'region.changed' }).count({ n: '*' });
  assert.equal(events?.n, 1);
});

test('an area with an extra delivery fee can be added and removed, and never twice', async () => {
  await using office = await openRegionsOffice();
  const ctx = adminOnDay(office);
  const remoteOf = async (postcode: string) =>
    regionOf(await loadRegionBook(ctx), { postcode, address: '' }).remote;
  assert.equal(await remoteOf('23120'), null);
  await addRemoteArea(ctx, { from: '23117', to: '23123', kind: 'island', label: '영흥면' });
  assert.equal(await remoteOf('23120'), 'island');
  const again = addRemoteArea(ctx, { from: '23123', to: '23123', kind: 'island', label: '또' });
  await assert.rejects(again, /23117~23123 영흥면/);

  const added = (await listRemoteAreas(ctx)).find((area) => area.label === '영흥면');
  await removeRemoteArea(ctx, added!.id);
  assert.equal(await remoteOf('23120'), null);
});
