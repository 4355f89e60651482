import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import {
  listSido,
  listSigungu,
  loadRegionBook,
  type RegionBook,
  type RegionName,
  regionName,
} from '#regions';
import { CountChanges } from './counts.ts';
import { lockDelivery } from './locking.ts';

/** A person says where the delivery goes; no import and no change of the postal codes moves it afterwards. */
export async function setRegion(ctx: Ctx, deliveryId: number, region: RegionName): Promise<void> {
  await transaction(ctx, async (tx) => {
    const book = await loadRegionBook(tx);
    if (!isRegion(book, region)) throw new Refusal(`지역 표에 없는 이름입니다: ${regionName(region)}`);

    const row = await lockDelivery(tx, deliveryId);
    if (row.region_by_hand && row.sido === region.sido && row.sigungu === region.sigungu) return;

    await tx
      .db('deliveries')
      .where({ id: row.id })
      .update({ sido: region.sido, sigungu: region.sigungu, region_by_hand: 1, revision: row.revision + 1 });
    const counts = new CountChanges();
    counts.move(row, { ...row, ...region });
    await counts.save(tx);
    await record(tx, 'delivery.region_set', 'delivery', row.id, {
      before: regionName(row),
      after: regionName(region),
    });
  });
}

/** 세종 has no districts; everywhere else one must be named. */
export function isRegion(book: RegionBook, { sido, sigungu }: RegionName): boolean {
  if (!listSido(book).includes(sido)) return false;
  const districts = listSigungu(book, sido);
  return districts.length === 0 ? sigungu === '' : districts.includes(sigungu);
}
