import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { regionName } from '#regions';
import { visibleDeliveries } from './queries.ts';

export interface DeliveryFigures {
  /** Deliveries with at least one line that is not cancelled, and those lines. */
  deliveries: number;
  lines: number;
  /** Live deliveries with a line that came later, or one that comes back. */
  added: number;
  returned: number;
  /** Deliveries with nothing left to bring. */
  cancelled: number;
  /** Live deliveries by district, '미분류' first; 세종 stands alone, without a district. */
  bySigungu: Record<string, number>;
}

interface Sums {
  sido: string;
  sigungu: string;
  live: string;
  lines: string;
  added: string;
  returned: string;
  cancelled: string;
}

/** The days are those of the order, both included. */
export async function deliveryFigures(
  ctx: Ctx,
  range: { from?: string; to?: string } = {},
): Promise<DeliveryFigures> {
  const rows = await snapshot(ctx, async (snap) => {
    const query = visibleDeliveries(snap);
    if (range.from) query.where('ordered_on', '>=', range.from);
    if (range.to) query.where('ordered_on', '<=', range.to);
    return (await query
      .groupBy('sido', 'sigungu')
      .orderBy(['sido', 'sigungu'])
      .select({
        sido: 'sido',
        sigungu: 'sigungu',
        live: snap.db.raw('SUM(live_count > 0)'),
        lines: snap.db.raw('SUM(live_count)'),
        added: snap.db.raw('SUM(live_count > 0 AND added_count > 0)'),
        returned: snap.db.raw('SUM(live_count > 0 AND returned_count > 0)'),
        cancelled: snap.db.raw('SUM(live_count = 0)'),
      })) as Sums[];
  });

  const total = (field: Exclude<keyof Sums, 'sido' | 'sigungu'>) =>
    rows.reduce((sum, row) => sum + Number(row[field]), 0);
  return {
    deliveries: total('live'),
    lines: total('lines'),
    added: total('added'),
    returned: total('returned'),
    cancelled: total('cancelled'),
    bySigungu: Object.fromEntries(
      rows.filter((row) => Number(row.live) > 0).map((row) => [regionName(row), Number(row.live)]),
    ),
  };
}
