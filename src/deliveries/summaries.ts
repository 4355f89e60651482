import { type RegionBook, regionOf } from '#regions';
import { type BundleLine, summarise } from './bundling.rules.ts';
import type { DeliveryRow } from './tables.ts';

type Summary = Omit<
  DeliveryRow,
  'id' | 'channel_id' | 'bundle_key' | 'batch_id' | 'hidden_batch_id' | 'overlay_of' | 'revision'
>;

/** The row of a delivery made of these lines. A region chosen by hand on `before` stays. */
export function summaryRow(
  lines: readonly BundleLine[],
  before: DeliveryRow | undefined,
  book: RegionBook,
  homeOf?: (line: BundleLine) => Buffer,
): Summary {
  const summary = summarise(lines, homeOf);
  const region = regionOf(book, { postcode: summary.postcode, address: summary.address });
  const byHand = before?.region_by_hand === 1;
  return {
    ...summary,
    postcode: region.postcode || summary.postcode,
    region_status: region.status,
    region_mismatch: region.mismatch ? 1 : 0,
    region_by_hand: byHand ? 1 : 0,
    sido: byHand ? before.sido : region.sido,
    sigungu: byHand ? before.sigungu : region.sigungu,
  };
}
