import type { Snapshot } from '#lib/batches.ts';
import { foundIds, readSearch, visibleLines } from '#orders';

/**
 * The deliveries with a line that holds what was typed, by the ids known outside; the rule is that of the orders.
 * Undefined when nothing was typed.
 */
export async function searchDeliveries(snap: Snapshot, typed: string): Promise<number[] | undefined> {
  const search = readSearch(typed);
  if (!search) return undefined;
  return visibleLines(snap)
    .join(foundIds(snap, search).as('found'), 'found.id', 'order_lines.id')
    .whereNotNull('order_lines.delivery_id')
    .distinct()
    .pluck('order_lines.delivery_id');
}
