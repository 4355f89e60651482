import type { Snapshot } from '#lib/batches.ts';
import { visibleLines } from '#orders';

export async function searchDeliveries(snap: Snapshot, q: string): Promise<number[] | undefined> {
  if (q === '') return undefined;
  const lines = visibleLines(snap).whereNotNull('order_lines.delivery_id');
  if (/^\d{4}$/.test(q)) {
    const r = [...q].reverse().join('');
    lines.where((w) =>
      w.where('recipient_phone_reversed', 'like', `${r}%`).orWhere('buyer_phone_reversed', 'like', `${r}%`),
    );
  } else if (/^\d{5}$/.test(q)) lines.where('postcode', q);
  else if (/^\d{12,}$/.test(q)) lines.where('line_no', q);
  else lines.where('recipient_name', 'like', `${q}%`);
  return lines.distinct().pluck('delivery_id');
}
