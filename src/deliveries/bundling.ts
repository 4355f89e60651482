import type { Batch } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { publicId } from '#lib/versions.ts';
import type { LineChange, LineRow } from '#orders';
import { loadRegionBook } from '#regions';
import { type After, type Bundle, type Bundles, type Homes, loadBundles, saveBundles } from './bundles.ts';
import { bundleKey, byOrderTime, hasHome, homeKey, isDirect } from './bundling.rules.ts';

/** Where a line of a batch goes. */
export interface Placement {
  delivery_id: number | null;
  joined_by: LineRow['joined_by'];
  added: 0 | 1;
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

function homesOf(changes: readonly LineChange[]): Homes {
  const direct = changes.map((change) => change.after).filter((after) => after && isDirect(after)) as After[];
  return new Map(
    direct.map((line) => {
      const key = homeKey(line);
      return [line, { key, hex: key.toString('hex') }];
    }),
  );
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
