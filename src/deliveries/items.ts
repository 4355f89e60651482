import type { Snapshot } from '#lib/batches.ts';
import { publicId } from '#lib/versions.ts';
import { visibleLines } from '#orders';
import { arrangeItems, type DeliveryItem, itemName } from './items.rules.ts';

type ItemRow = Omit<DeliveryItem, 'line_id' | 'name'> & {
  delivery_id: number;
  id: number;
  overlay_of: number;
  product: string | null;
  option: string | null;
};

/** The lines of each delivery with the names we gave their products; `deliveryIds` are the ids known outside. */
export async function listItems(
  snap: Snapshot,
  deliveryIds: readonly number[],
): Promise<Map<number, DeliveryItem[]>> {
  const rows = (await visibleLines(snap)
    .whereIn('order_lines.delivery_id', deliveryIds)
    .leftJoin('channel_options as entry', 'entry.id', 'order_lines.channel_option_id')
    .leftJoin('options', 'options.id', 'entry.option_id')
    .leftJoin('products', 'products.id', 'options.product_id')
    .select({
      delivery_id: 'order_lines.delivery_id',
      id: 'order_lines.id',
      overlay_of: 'order_lines.overlay_of',
      line_no: 'order_lines.line_no',
      order_id: 'order_lines.order_id',
      order_no: 'order_lines.order_no',
      kind: 'order_lines.kind',
      main_line_no: 'order_lines.main_line_no',
      quantity: 'order_lines.quantity',
      status: 'order_lines.status',
      claim: 'order_lines.claim',
      joined_by: 'order_lines.joined_by',
      added: 'order_lines.added',
      memo: 'order_lines.memo',
      ordered_at: 'order_lines.ordered_at',
      created_at: 'order_lines.created_at',
      product: 'products.name',
      option: 'options.name',
    })) as ItemRow[];

  const byDelivery = Map.groupBy(rows, (row) => row.delivery_id);
  return new Map(
    deliveryIds.map((id) => {
      const items = (byDelivery.get(id) ?? []).map(
        ({ id: lineId, overlay_of, product, option, delivery_id, ...line }): DeliveryItem => ({
          ...line,
          line_id: publicId({ id: lineId, overlay_of }),
          name: itemName(product, option),
        }),
      );
      return [id, arrangeItems(items)];
    }),
  );
}
