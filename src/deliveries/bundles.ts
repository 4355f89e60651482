import type { Batch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { insertRows, publicId, removeRows, replaceRows } from '#lib/versions.ts';
import type { LineChange, LineRow } from '#orders';
import type { RegionBook } from '#regions';
import { type BundleLine, bundleKey, hasHome, homeKey, isOpen } from './bundling.rules.ts';
import { CountChanges } from './counts.ts';
import { summaryRow } from './summaries.ts';
import { type DeliveryRow, deliveryTable } from './tables.ts';

/** A line as a step of a batch leaves it. */
export type After = NonNullable<LineChange['after']>;

/** A delivery while a step of a batch works on it. */
export interface Bundle {
  row?: DeliveryRow;
  key: string;
  lines: Map<string, LineRow | After>;
  touched: boolean;
}

/** The home of each direct line, worked out once. */
export type Homes = ReadonlyMap<After, { key: Buffer; hex: string }>;

/** The deliveries a step of a batch may touch. */
export interface Bundles {
  byId: Map<number, Bundle>;
  byKey: Map<string, Bundle>;
  byHome: Map<string, Bundle>;
  /** Every bundle that may be written, and the keys that are new. */
  all: Set<Bundle>;
  newKeys: Map<string, { bundle: Bundle; joined_by: 'bundle' | 'home' }>;
  homes: Homes;
}

/** Loads the deliveries that a step may touch, with all their lines. */
export async function loadBundles(
  tx: Ctx,
  batch: Batch,
  changes: readonly LineChange[],
  homes: Homes,
  earlier: () => Promise<void>,
): Promise<Bundles> {
  const keys = [...new Set([...homes.keys()].map(bundleKey))];
  const homeKeys = new Map([...homes.values()].map(({ key, hex }) => [hex, key]));
  const left = changes.map((change) => change.before?.delivery_id).filter((id) => id != null);

  const known: { bundle_key: string; delivery_id: number }[] =
    keys.length === 0
      ? []
      : await tx
          .db('delivery_keys')
          .select('bundle_key', 'delivery_id')
          .where({ channel_id: batch.channel_id })
          .whereIn('bundle_key', keys);
  const ids = [...new Set([...known.map((row) => row.delivery_id), ...left])];
  const found = await findDeliveries(tx, batch, ids, [...homeKeys.values()].filter(hasHome));
  if (found.length > 0) await earlier();
  const rows = await lockDeliveries(tx, found);

  const bundles: Bundles = {
    byId: new Map(),
    byKey: new Map(),
    byHome: new Map(),
    all: new Set(),
    newKeys: new Map(),
    homes,
  };
  for (const row of rows) {
    const bundle: Bundle = { row, key: row.bundle_key, lines: new Map(), touched: false };
    bundles.byId.set(publicId(row), bundle);
    bundles.all.add(bundle);
    if (isOpen(row.state) && hasHome(row.home_key)) bundles.byHome.set(row.home_key.toString('hex'), bundle);
  }
  for (const { bundle_key, delivery_id } of known) {
    const bundle = bundles.byId.get(delivery_id);
    if (bundle) bundles.byKey.set(bundle_key, bundle);
  }
  if (rows.length > 0) {
    const query = tx
      .db('order_lines')
      .whereIn('delivery_id', rows.map(publicId))
      .where({ hidden_batch_id: 0 });
    // sees what was written since this transaction began
    if (rows.some((row) => row.batch_id === batch.id)) query.forShare();
    const lines: LineRow[] = await query;
    for (const line of lines) bundles.byId.get(line.delivery_id!)?.lines.set(line.line_no, line);
  }
  return bundles;
}

/** Without locking: the deliveries known by `ids`, what this batch has made of them, and the open ones of the homes. */
async function findDeliveries(tx: Ctx, batch: Batch, ids: number[], homes: Buffer[]): Promise<number[]> {
  const open = tx
    .db('deliveries')
    .select('id')
    .whereIn('home_key', homes)
    .where({ channel_id: batch.channel_id, hidden_batch_id: 0 })
    .whereIn('state', ['waiting', 'partial']);
  const found: number[] = homes.length === 0 ? [] : ((await open).map((row) => row.id) as number[]);
  const byPublicId: number[] =
    ids.length === 0
      ? []
      : await tx.db('deliveries').where({ batch_id: batch.id }).whereIn('overlay_of', ids).pluck('id');
  return [...new Set([...ids, ...byPublicId, ...found])];
}

/** In order of id, so that two writers never wait for each other. */
async function lockDeliveries(tx: Ctx, ids: readonly number[]): Promise<DeliveryRow[]> {
  if (ids.length === 0) return [];
  return tx.db('deliveries').whereIn('id', ids).where({ hidden_batch_id: 0 }).orderBy('id').forUpdate();
}

/** New deliveries are added, touched ones replaced, empty ones taken away. */
export async function saveBundles(tx: Ctx, batch: Batch, bundles: Bundles, book: RegionBook): Promise<void> {
  const touched = [...bundles.all].filter((bundle) => bundle.touched);
  const homeOf = (line: BundleLine) => bundles.homes.get(line as After)?.key ?? homeKey(line);
  const fresh = touched.filter((bundle) => !bundle.row && bundle.lines.size > 0);
  const values = fresh.map((bundle) => ({
    ...summaryRow([...bundle.lines.values()], undefined, book, homeOf),
    channel_id: batch.channel_id,
    bundle_key: bundle.key,
  }));
  const ids = await insertRows(tx, deliveryTable, batch.id, values);
  for (const [at, bundle] of fresh.entries()) {
    bundle.row = {
      ...values[at]!,
      id: ids[at]!,
      batch_id: batch.id,
      hidden_batch_id: 0,
      overlay_of: 0,
      revision: 1,
    };
  }
  const replaced = touched
    .filter((bundle) => bundle.row && !fresh.includes(bundle) && bundle.lines.size > 0)
    .map((bundle) => ({
      current: bundle.row!,
      values: summaryRow([...bundle.lines.values()], bundle.row, book, homeOf),
    }));
  await replaceRows(tx, deliveryTable, batch.id, replaced);
  const removed = touched
    .filter((bundle) => bundle.row && bundle.lines.size === 0)
    .map((bundle) => bundle.row!);
  await removeRows(tx, deliveryTable, batch.id, removed);

  const counts = new CountChanges();
  for (const row of values) counts.add(row, 1);
  for (const { current, values: next } of replaced) counts.move(current, next);
  for (const row of removed) counts.add(row, -1);
  await counts.save(tx, batch.id);
  await saveKeys(tx, batch, bundles);
}

async function saveKeys(tx: Ctx, batch: Batch, bundles: Bundles): Promise<void> {
  const rows = [...bundles.newKeys].map(([bundle_key, { bundle, joined_by }]) => ({
    channel_id: batch.channel_id,
    bundle_key,
    delivery_id: publicId(bundle.row!),
    joined_by,
  }));
  for (let at = 0; at < rows.length; at += 500) {
    await tx
      .db('delivery_keys')
      .insert(rows.slice(at, at + 500))
      .onConflict()
      .merge();
  }
}
