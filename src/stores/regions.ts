import type { Ctx } from '#lib/ctx.ts';
import {
  classifyPostcode,
  explainRegion,
  loadRegionBook,
  postcodeStatusNames,
  regionName,
  regionOf,
} from '#regions';

/** What the form says beside the address while it is typed. */
export interface RegionHint {
  name: string;
  tone: 'green' | 'amber' | 'red' | 'neutral';
  badges: { label: string; tone: 'amber' | 'red' | 'teal' }[];
  reasons: string[];
}

/** Where an order with this postal code and address would go, and what a person should look at. */
export async function readRegion(
  ctx: Ctx,
  postcode: string,
  address: string,
): Promise<RegionHint | undefined> {
  if (postcode.trim() === '' && address.trim() === '') return undefined;
  const book = await loadRegionBook(ctx);
  const region = regionOf(book, { postcode, address });
  const badges: RegionHint['badges'] = [];
  if (region.status !== 'ok') {
    const tone = region.sido === '' ? 'red' : 'amber';
    badges.push({ label: postcodeStatusNames[region.status], tone });
  }
  if (region.mismatch) badges.push({ label: '주소와 다름', tone: 'red' });
  if (region.remote) badges.push({ label: region.remote === 'jeju' ? '제주' : '도서산간', tone: 'teal' });
  return {
    name: regionName(region),
    tone:
      region.sido === '' ? (region.status === 'empty' ? 'amber' : 'red') : region.mismatch ? 'red' : 'green',
    badges,
    reasons: explainRegion(region, book),
  };
}

/** The code as it is written today: a lost zero restored, brackets gone; what cannot be read stays as it was typed. */
export async function tidyPostcode(ctx: Ctx, typed: string): Promise<string> {
  return classifyPostcode(typed, await loadRegionBook(ctx)).postcode || typed;
}
