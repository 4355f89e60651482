import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The cells of a row as its file had them, in the order of the file's columns. */
export interface KeptRow {
  row: number;
  cells: readonly string[];
}

/** Rows that lie together are kept together: a mall repeats itself, so a hundred rows deflate to a tenth. */
const rowsPerBlock = 100;
const blockOf = (row: number) => Math.floor(row / rowsPerBlock);

/** Deflates rows, outside of any transaction; `keepCells` writes what comes out. */
export async function packCells(rows: readonly KeptRow[]): Promise<PackedCells[]> {
  const blocks = Map.groupBy(rows, ({ row }) => blockOf(row));
  return Promise.all(
    [...blocks].map(async ([block_no, kept]) => ({
      block_no,
      first_row: kept[0]!.row,
      packed: await deflate(JSON.stringify(kept.map(({ row, cells }) => [row, cells])), { level: 2 }),
    })),
  );
}

export interface PackedCells {
  block_no: number;
  first_row: number;
  packed: Buffer;
}

export async function keepCells(tx: Ctx, importId: number, blocks: readonly PackedCells[]): Promise<void> {
  await putMany(
    tx,
    'kept_cells',
    blocks.map((block) => ({ import_id: importId, ...block })),
  );
}

/** The kept cells of some rows of one import, by row number; a row whose cells are gone is missing. */
export async function readKeptCells(
  ctx: Ctx,
  importId: number,
  rows: readonly number[],
): Promise<Map<number, string[]>> {
  if (rows.length === 0) return new Map();
  const wanted = new Set(rows);
  const blocks: { packed: Buffer }[] = await ctx
    .db('kept_cells')
    .select('packed')
    .where({ import_id: importId })
    .whereIn('block_no', [...new Set(rows.map(blockOf))]);
  const unpacked = await Promise.all(
    blocks.map(
      async ({ packed }) => JSON.parse((await inflate(packed)).toString('utf8')) as [number, string[]][],
    ),
  );
  return new Map(unpacked.flat().filter(([row]) => wanted.has(row)));
}

const blocksAtOnce = 50;

/** The rows of an import that have `text` in one of their cells, in file order; at most `limit`. */
export async function findKeptRows(
  ctx: Ctx,
  importId: number,
  text: string,
  limit: number,
): Promise<number[]> {
  const needle = JSON.stringify(text).slice(1, -1); // as it stands in the packed text
  const found: number[] = [];
  for (let after = [-1, 0]; found.length < limit; ) {
    const blocks: PackedCells[] = await ctx
      .db('kept_cells')
      .where({ import_id: importId })
      .whereRaw('(block_no, first_row) > (?, ?)', after)
      .where('block_no', '>=', after[0]!)
      .orderBy(['block_no', 'first_row'])
      .limit(blocksAtOnce);
    const last = blocks.at(-1);
    if (!last) break;
    const unpacked = await Promise.all(blocks.map(({ packed }) => inflate(packed)));
    for (const block of unpacked.filter((bytes) => bytes.includes(needle))) {
      const rows = JSON.parse(block.toString('utf8')) as [number, string[]][];
      for (const [row, cells] of rows) if (cells.some((cell) => cell.includes(text))) found.push(row);
    }
    after = [last.block_no, last.first_row];
  }
  return found.slice(0, limit);
}
