import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { readCsv } from './seed-csv.ts';
import type { RegionTables } from './tables.ts';

/** The seeds give today's names to all codes since five-digit codes began. */
export const firstDay = '2015-08-01';

/**
 * Fills the tables from seeds/regions the first time; later calls change nothing, so edits made since stay.
 * Safe when two processes start at once.
 */
export async function seedRegions(ctx: Ctx): Promise<void> {
  if (await ctx.db('region_book').where({ id: 1 }).first()) return;

  const seeds = await readRegionSeeds();
  await transaction(ctx, async (tx) => {
    // The second of two processes waits here for the first, and then finds the ranges.
    await tx.db('region_book').insert({ id: 1, token: randomUUID() }).onConflict('id').ignore();
    if (await tx.db('region_ranges').first('id')) return;

    await tx.db('region_ranges').insert(seeds.ranges);
    await tx.db('region_changes').insert(seeds.changes);
    await tx.db('sido_aliases').insert(seeds.aliases);
    await tx.db('remote_areas').insert(seeds.remotes);
    await tx.db('shared_codes').insert(seeds.shared);
    await tx.db('retired_codes').insert(seeds.retired);
  });
}

/** The seed files as rows, without a database. */
export async function readRegionSeeds(): Promise<RegionTables> {
  const [districts, changes, aliases, remotes, shared, retired] = await Promise.all([
    readSeed('postal-districts'),
    readSeed('region-changes'),
    readSeed('sido-aliases'),
    readSeed('remote-areas'),
    readSeed('shared-codes'),
    readSeed('retired-codes'),
  ]);
  return {
    ranges: districts.map((row) => ({
      ...codes(row),
      sido: row.sido!,
      sigungu: row.sigungu!,
      valid_from: firstDay,
      valid_to: null,
    })),
    changes: changes.map((row) => ({
      effective: row.effective!,
      from_code: row.from || null,
      to_code: row.to || null,
      old_sido: row.old_sido!,
      old_sigungu: row.old_sigungu!,
      new_sido: row.new_sido!,
      new_sigungu: row.new_sigungu!,
      note: row.note!,
    })),
    aliases: aliases.map((row) => ({ alias: row.alias!, sido: row.sido! })),
    remotes: remotes.map((row) => ({
      ...codes(row),
      kind: row.kind === 'jeju' ? 'jeju' : 'island',
      label: row.label!,
    })),
    shared: shared.map((row) => ({ ...codes(row), sigungu: row.sigungu! })),
    retired: retired.map((row) => ({
      ...codes(row),
      effective: row.effective!,
      new_from_code: row.new_from!,
      new_to_code: row.new_to!,
    })),
  };
}

async function readSeed(name: string): Promise<Record<string, string>[]> {
  return readCsv(await readFile(new URL(`../../seeds/regions/${name}.csv`, import.meta.url), 'utf8'));
}

function codes(row: Record<string, string>): { from_code: string; to_code: string } {
  return { from_code: row.from!, to_code: row.to! };
}
