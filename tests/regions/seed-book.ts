import { buildBook, type RegionBook } from '../../src/regions/book.rules.ts';
import { readRegionSeeds } from '../../src/regions/seeding.ts';

/** The book of the seeds as of a day, without a database. */
export async function seedBook(day = '2026-11-21'): Promise<RegionBook> {
  return buildBook(await readRegionSeeds(), day);
}
