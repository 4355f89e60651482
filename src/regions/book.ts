import { randomUUID } from 'node:crypto';
import type { Ctx } from '#lib/ctx.ts';
import { day as dayOf } from '#lib/dates.ts';
import { buildBook, type RegionBook } from './book.rules.ts';
import type { RegionTables } from './tables.ts';

/** Books of this process by database and by token and day; an edit draws a new token, so none is ever stale. */
const books = new WeakMap<object, Map<string, RegionBook>>();
const keptBooks = 4;

/** The book as it holds on `day`, today unless told otherwise; one short query when nothing was edited since. */
export async function loadRegionBook(ctx: Ctx, day: string = dayOf(ctx.now())): Promise<RegionBook> {
  const row = await ctx.db('region_book').where({ id: 1 }).first('token');
  if (!row) throw new Error('region_book is empty: seedRegions has not run');

  const kept = keptFor(ctx);
  const key = `${row.token} ${day}`;
  const known = kept.get(key);
  if (known) return known;

  const book = buildBook(await readTables(ctx), day);
  kept.set(key, book);
  if (kept.size > keptBooks) kept.delete(kept.keys().next().value!);
  return book;
}

/** One edit of the tables at a time. */
export async function lockBook(tx: Ctx): Promise<void> {
  await tx.db('region_book').where({ id: 1 }).forUpdate().first();
}

/** Makes every process read its book anew. */
export async function renewBook(tx: Ctx): Promise<void> {
  await tx.db('region_book').where({ id: 1 }).update({ token: randomUUID() });
}

/** A transaction has the settings object of its pool, which so stands for the database. */
function keptFor(ctx: Ctx): Map<string, RegionBook> {
  const database: object = ctx.db.client.config;
  const kept = books.get(database) ?? new Map<string, RegionBook>();
  books.set(database, kept);
  return kept;
}

async function readTables(ctx: Ctx): Promise<RegionTables> {
  return {
    ranges: await ctx.db('region_ranges').select(),
    changes: await ctx.db('region_changes').select(),
    aliases: await ctx.db('sido_aliases').select(),
    remotes: await ctx.db('remote_areas').select(),
    shared: await ctx.db('shared_codes').select(),
    retired: await ctx.db('retired_codes').select(),
  };
}
