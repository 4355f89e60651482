export type { AddressCheck } from './address.rules.ts';
export { checkAddress } from './address.rules.ts';
export { listSido, listSigungu, type RegionBook, type RegionName, type Span } from './book.rules.ts';
export { loadRegionBook } from './book.ts';
export { changeRegion, type RegionChange, regionChangesEffectiveOn } from './changing.ts';
export { classifyCsv } from './classifying.ts';
export {
  classifyPostcode,
  cleanPostcode,
  type PostcodeResult,
  type PostcodeStatus,
  postcodeStatuses,
} from './postcode.rules.ts';
export { type Region, regionOf } from './region.rules.ts';
export { seedRegions } from './seeding.ts';
export { explainRegion, postcodeStatusNames, regionName } from './wording.ts';
