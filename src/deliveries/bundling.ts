import type { Batch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { insertRows, publicId, removeRows, replaceRows, revertRows, settleRows } from '#lib/versions.ts';
import type { LineChange, LineRow } from '#orders';
import { loadRegionBook, type RegionBook } from '#regions';
import { bundleKey, byOrderTime, hasHome, homeKey, isDirect, isOpen } from './bundling.rules.ts';
import { CountChanges, revertCounts, settleCounts } from './counts.ts';
import { summaryRow } from './summaries.ts';
import { type DeliveryRow, deliveryTable } from './tables.ts';

/** Where a line of a batch goes. */
export interface Placement {
  delivery_id: number | null;
  joined_by: LineRow['joined_by'];
  added: 0 | 1;
}

type After = NonNullable<LineChange['after']>;

/** A delivery while a step of a batch works on it. */
interface Bundle {
  row?: DeliveryRow;
  key: string;
  lines: Map<string, LineRow | After>;
  touched: boolean;
}

/**
 * Finds or makes the delivery of each line of a step and writes the deliveries as they will be; the caller writes
 * the lines, each with its placement. The mall's bundle number leads; a bundle not seen before joins the open
 * delivery of the same recipient, phone and address. All changes are of the batch's channel. `earlier` is awaited
 * before any delivery is locked or its lines are read.
 */
export async function placeLines(
  tx: Ctx,
  batch: Batch,
  changes: readonly LineChange[],
  earlier: () => Promise<void>,
): Promise<void> {
  const book = await loadRegionBook(tx);
  const homes = homesOf(changes);
  const bundles = await loadBundles(tx, batch, changes, homes, earlier);

  for (const { before } of changes) {
    if (!before?.delivery_id) continue;
    const bundle = bundles.byId.get(before.delivery_id);
    bundle?.lines.delete(before.line_no);
    if (bundle) bundle.touched = true;
  }
  const placed = changes
    .filter((change) => change.after)
    .sort((a, b) => byOrderTime(a.after!, b.after!))
    .map((change) => ({ after: change.after!, bundle: chooseBundle(bundles, homes, batch, change) }));

  await saveBundles(tx, batch, bundles, book);
  for (const { after, bundle } of placed) after.delivery_id = bundle?.row ? publicId(bundle.row) : null;
}

/** The home of each direct line, worked out once. */
type Homes = ReadonlyMap<After, { key: Buffer; hex: string }>;

function homesOf(changes: readonly LineChange[]): Homes {
  const direct = changes.map((change) => change.after).filter((after) => after && isDirect(after)) as After[];
  return new Map(
    direct.map((line) => {
      const key = homeKey(line);
      return [line, { key, hex: key.toString('hex') }];
    }),
  );
}

interface Bundles {
  byId: Map<number, Bundle>;
  byKey: Map<string, Bundle>;
  byHome: Map<string, Bundle>;
  /** Every bundle that may be written, and the keys that are new. */
  all: Set<Bundle>;
  newKeys: Map<string, { bundle: Bundle; joined_by: 'bundle' | 'home' }>;
}

/** Loads the deliveries that a step may touch, with all their lines. */
async function loadBundles(
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

/** Puts one line where it belongs; undefined for a line that is no delivery of ours. */
function chooseBundle(
  bundles: Bundles,
  homes: Homes,
  batch: Batch,
  { before, after }: LineChange,
): Bundle | undefined {
  const line = after!;
  if (!isDirect(line)) {
    Object.assign(line, { joined_by: null, added: 0 });
    return undefined;
  }
  const key = bundleKey(line);
  const stays = before?.delivery_id && bundleKey(before) === key && bundles.byId.get(before.delivery_id);
  const bundle =
    stays ||
    bundles.byKey.get(key) ||
    joinHome(bundles, homes, line, key) ||
    foundBundle(bundles, homes, line, key);
  if (!stays) Object.assign(line, placementIn(bundles, batch, bundle, key));

  bundle.lines.set(line.line_no, line);
  bundle.touched = true;
  return bundle;
}

function placementIn(
  bundles: Bundles,
  batch: Batch,
  bundle: Bundle,
  key: string,
): Pick<Placement, 'joined_by' | 'added'> {
  const joined = bundle.key === key ? 'bundle' : (bundles.newKeys.get(key)?.joined_by ?? 'home');
  const wasThere = bundle.row !== undefined && bundle.row.batch_id !== batch.id;
  const wasReplaced = bundle.row !== undefined && bundle.row.overlay_of !== 0;
  return { joined_by: joined, added: joined === 'home' || wasThere || wasReplaced ? 1 : 0 };
}

function joinHome(bundles: Bundles, homes: Homes, line: After, key: string): Bundle | undefined {
  const bundle = bundles.byHome.get(homes.get(line)!.hex);
  if (!bundle) return undefined;
  bundles.byKey.set(key, bundle);
  bundles.newKeys.set(key, { bundle, joined_by: 'home' });
  return bundle;
}

function foundBundle(bundles: Bundles, homes: Homes, line: After, key: string): Bundle {
  const bundle: Bundle = { key, lines: new Map(), touched: true };
  const home = homes.get(line)!;
  bundles.byKey.set(key, bundle);
  bundles.newKeys.set(key, { bundle, joined_by: 'bundle' });
  if (hasHome(home.key) && line.status !== 'cancelled') bundles.byHome.set(home.hex, bundle);
  bundles.all.add(bundle);
  return bundle;
}

/** New deliveries are added, touched ones replaced, empty ones taken away. */
async function saveBundles(tx: Ctx, batch: Batch, bundles: Bundles, book: RegionBook): Promise<void> {
  const touched = [...bundles.all].filter((bundle) => bundle.touched);
  const fresh = touched.filter((bundle) => !bundle.row && bundle.lines.size > 0);
  const values = fresh.map((bundle) => ({
    ...summaryRow([...bundle.lines.values()], undefined, book),
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
      values: summaryRow([...bundle.lines.values()], bundle.row, book),
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

/** Tidies up after a batch has been shown. */
export async function settleDeliveries(ctx: Ctx, batch: Batch): Promise<void> {
  const gone: number[] = await ctx
    .db('deliveries as gone')
    .leftJoin('deliveries as next', (join) => {
      join.on('next.overlay_of', 'gone.id').andOnVal('next.batch_id', batch.id);
    })
    .where({ 'gone.hidden_batch_id': batch.id })
    .whereNull('next.id')
    .pluck('gone.id');
  await dropKeys(ctx, gone);
  await settleRows(ctx, deliveryTable, batch);
  await transaction(ctx, (tx) => settleCounts(tx, batch.id));
}

/** Takes back what an unseen batch wrote. */
export async function revertDeliveries(ctx: Ctx, batch: Batch): Promise<void> {
  const made: number[] = await ctx.db('deliveries').where({ batch_id: batch.id, overlay_of: 0 }).pluck('id');
  await dropKeys(ctx, made);
  await revertRows(ctx, deliveryTable, batch);
  await transaction(ctx, (tx) => revertCounts(tx, batch.id));
}

async function dropKeys(ctx: Ctx, deliveryIds: readonly number[]): Promise<void> {
  for (let at = 0; at < deliveryIds.length; at += 500) {
    await ctx
      .db('delivery_keys')
      .whereIn('delivery_id', deliveryIds.slice(at, at + 500))
      .delete();
  }
}
