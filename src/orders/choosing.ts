import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { whereId } from '#lib/versions.ts';
import { arrangeOrder } from './arranging.rules.ts';
import { visibleLines } from './lines.ts';
import { type ShownLine, showLines } from './shown-lines.ts';
import { canDispatch } from './status.rules.ts';

/** The lines a person chose, by order in the order they were ordered; what cannot be seen is left out. */
export async function chosenLines(ctx: Ctx, ids: readonly number[]): Promise<ShownLine[]> {
  return snapshot(ctx, async (snap) => {
    const rowIds: number[] = await whereId(visibleLines(snap), 'order_lines', ids, snap.window.settling)
      .orderBy('order_lines.ordered_at')
      .orderBy('order_lines.order_id')
      .pluck('order_lines.id');
    const lines = await showLines(snap, rowIds);
    return [...Map.groupBy(lines, (line) => line.order_id).values()].flatMap(arrangeOrder);
  });
}

/** The chosen lines, and the add-ons that hang on them and can be sent as well: they travel with their main. */
export async function withAddons(ctx: Ctx, ids: readonly number[]): Promise<number[]> {
  const chosen = await chosenLines(ctx, ids);
  const mains = new Set(chosen.filter((line) => line.kind === 'main').map((line) => line.line_no));
  if (mains.size === 0) return [...ids];
  const orderIds = [...new Set(chosen.map((line) => line.order_id))];
  const addons = await snapshot(ctx, async (snap) =>
    showLines(
      snap,
      await visibleLines(snap)
        .whereIn('order_lines.order_id', orderIds)
        .whereIn('order_lines.main_line_no', [...mains])
        .pluck('order_lines.id'),
    ),
  );
  const sendable = addons.filter((line) => canDispatch(line.status)).map((line) => line.id);
  return [...new Set([...ids, ...sendable])];
}
