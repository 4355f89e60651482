import { type Snapshot, snapshot } from '#lib/batches.ts';
import { type Ctx, may, withinScope } from '#lib/ctx.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';

/** A channel's words for an option, with the names we give it. */
export interface ListedOption {
  /** Of the dictionary entry. */
  id: number;
  product_name: string;
  option_name: string;
  is_new: 0 | 1;
  channel_name: string;
  mall_product_name: string;
  mall_option_text: string;
  product_no: string;
  is_addon: 0 | 1;
  first_seen: Date;
  line_count: number;
}

export const optionList: ListDefinition = {
  sorts: ['product', 'first_seen'],
  defaultSort: { key: 'product', dir: 'asc' },
  filters: { state: ['new'] },
};

const sortColumns: Record<string, readonly string[]> = {
  product: ['products.name', 'options.name', 'entry.id'],
  first_seen: ['entry.created_at', 'entry.id'],
};

/** Dictionary entries the actor may see; those of an import that is still being applied are left out. */
function visibleOptions(snap: Snapshot) {
  const query = snap
    .db('channel_options as entry')
    .join('options', 'options.id', 'entry.option_id')
    .join('products', 'products.id', 'options.product_id')
    .join('channels', 'channels.id', 'entry.channel_id')
    .whereNotIn('entry.batch_id', [...snap.window.unseen]);
  return may(snap, 'products.view') ? withinScope(query, snap, 'entry.channel_id') : query.whereRaw('1 = 0');
}

export interface OptionPage {
  options: ListedOption[];
  counts: { all: number; new: number };
}

export async function listOptions(ctx: Ctx, query: ListQuery): Promise<OptionPage> {
  return snapshot(ctx, async (snap) => {
    const matching = () => search(visibleOptions(snap), query.q);
    const [counted] = await matching().select(
      snap.db.raw('COUNT(*) AS everything, COALESCE(SUM(options.is_new), 0) AS fresh'),
    );
    const page = matching();
    if (query.filters.state === 'new') page.where('options.is_new', 1);
    const options = await page
      .select(
        'entry.id',
        { product_name: 'products.name' },
        { option_name: 'options.name' },
        'options.is_new',
        { channel_name: 'channels.name' },
        { mall_product_name: 'entry.product_name' },
        { mall_option_text: 'entry.option_text' },
        'entry.product_no',
        'entry.is_addon',
        { first_seen: 'entry.created_at' },
        snap.db.raw(
          '(SELECT COUNT(*) FROM order_lines WHERE order_lines.channel_option_id = entry.id AND order_lines.overlay_of = 0) AS line_count',
        ),
      )
      .orderBy((sortColumns[query.sort] ?? []).map((column) => ({ column, order: query.dir })))
      .limit(query.size)
      .offset(offsetOf(query));
    return {
      options: options as unknown as ListedOption[],
      counts: { all: Number(counted.everything), new: Number(counted.fresh) },
    };
  });
}

function search<Q extends ReturnType<typeof visibleOptions>>(options: Q, q: string): Q {
  if (q === '') return options;
  const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  options.where((any) => {
    any
      .where('products.name', 'like', like)
      .orWhere('options.name', 'like', like)
      .orWhere('entry.product_name', 'like', like)
      .orWhere('entry.option_text', 'like', like);
    if (/^\d+$/.test(q)) any.orWhere('entry.product_no', q);
  });
  return options;
}

/** For the badge of the inbox. */
export async function countNewOptions(ctx: Ctx): Promise<number> {
  return snapshot(ctx, async (snap) => {
    const row = await visibleOptions(snap).where('options.is_new', 1).count({ n: '*' }).first();
    return Number(row?.n ?? 0);
  });
}
