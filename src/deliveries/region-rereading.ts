import type { Ctx } from '#lib/ctx.ts';
import { addDays, day } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { publicId } from '#lib/versions.ts';
import {
  loadRegionBook,
  type RegionBook,
  regionChangesEffectiveOn,
  regionName,
  regionOf,
  type Span,
} from '#regions';
import { CountChanges } from './counts.ts';
import type { DeliveryRow } from './tables.ts';

const perStep = 500;

/**
 * Reads the region of these codes' deliveries anew, as the table says today; those set by hand stay. Returns how
 * many moved. What an import is changing at this moment is left to it and to the following night.
 */
export async function rereadRegions(ctx: Ctx, codes: Span): Promise<number> {
  const book = await loadRegionBook(ctx);
  let moved = 0;
  for (let after = 0; ; ) {
    const ids: number[] = await ctx
      .db('deliveries')
      .whereBetween('postcode', [codes.from, codes.to])
      .where('id', '>', after)
      .orderBy('id')
      .limit(perStep)
      .pluck('id');
    if (ids.length === 0) return moved;
    moved += await transaction(ctx, (tx) => rereadRows(tx, ids, book));
    after = ids.at(-1)!;
  }
}

/** The same in the worker; for a change that holds today. */
export async function rereadRegionsLater(ctx: Ctx, { from, to }: Span): Promise<void> {
  await ctx.jobs.add('deliveries.reread_regions', { from, to });
}

/** A night on which nothing ran is made up for by the nights after it. */
const nightsLookedBack = 7;

/** Changes of the table that began to hold in the last days. */
export async function rereadChangedRegions(ctx: Ctx): Promise<void> {
  const today = day(ctx.now());
  for (let back = 0; back < nightsLookedBack; back++) {
    for (const codes of await regionChangesEffectiveOn(ctx, addDays(today, -back))) {
      await rereadRegions(ctx, codes);
    }
  }
}

async function rereadRows(tx: Ctx, ids: readonly number[], book: RegionBook): Promise<number> {
  const rows: DeliveryRow[] = await tx
    .db('deliveries')
    .whereIn('id', ids)
    .where({ region_by_hand: 0, hidden_batch_id: 0 })
    .orderBy('id')
    .forUpdate();
  const unseen: number[] = await tx
    .db('change_batches')
    .whereIn('state', ['applying', 'aborting'])
    .pluck('id');
  const counts = new CountChanges();
  let moved = 0;
  for (const row of rows.filter(({ batch_id }) => !unseen.includes(batch_id))) {
    const region = regionOf(book, row);
    // The code is kept with its zero, so reading it again cannot tell that the zero was missing.
    const status = region.status === 'ok' && row.region_status === 'restored' ? 'restored' : region.status;
    const values = {
      sido: region.sido,
      sigungu: region.sigungu,
      region_status: status,
      region_mismatch: region.mismatch ? 1 : 0,
    };
    const same = Object.entries(values).every(
      ([column, value]) => row[column as keyof DeliveryRow] === value,
    );
    if (same) continue;

    await tx
      .db('deliveries')
      .where({ id: row.id })
      .update({ ...values, revision: row.revision + 1 });
    if (row.sido === region.sido && row.sigungu === region.sigungu) continue;
    counts.move(row, { ...row, sido: region.sido, sigungu: region.sigungu });
    await record(tx, 'delivery.region_reread', 'delivery', publicId(row), {
      before: regionName(row),
      after: regionName(region),
    });
    moved++;
  }
  await counts.save(tx);
  return moved;
}
