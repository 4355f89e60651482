import { type Ctx, may } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { lockPartner } from './partners.ts';

/** A product with the partner that supplies it; null when it is ours. */
export interface OwnedProduct {
  id: number;
  name: string;
  options: number;
  partner_id: number | null;
  partner: string | null;
}

export const productList: ListDefinition = {
  sorts: ['name'],
  defaultSort: { key: 'name', dir: 'asc' },
  filters: { owner: ['mine', 'free', 'all'] },
};

/** Products by whose they are: this partner's, nobody's, all. */
export async function listProducts(
  ctx: Ctx,
  partnerId: number,
  asked: ListQuery,
): Promise<{
  products: OwnedProduct[];
  counts: { mine: number; free: number; all: number };
  query: ListQuery;
  total: number;
}> {
  const matching = () => {
    const products = ctx
      .db('products')
      .leftJoin('partner_products as owned', 'owned.product_id', 'products.id')
      .leftJoin('partners', 'partners.id', 'owned.partner_id');
    if (!may(ctx, 'partners.view')) products.whereRaw('1 = 0');
    if (asked.q) products.where('products.name', 'like', `%${asked.q.replace(/[\\%_]/g, '\\$&')}%`);
    return products;
  };
  const [counted] = (await matching().select(
    ctx.db.raw(
      'COUNT(*) AS everything, COALESCE(SUM(owned.partner_id = ?), 0) AS mine, COALESCE(SUM(owned.partner_id IS NULL), 0) AS free',
      [partnerId],
    ),
  )) as unknown as { everything: number; mine: number; free: number }[];
  const counts = {
    mine: Number(counted!.mine),
    free: Number(counted!.free),
    all: Number(counted!.everything),
  };
  const owner =
    asked.filters.owner === 'free' || asked.filters.owner === 'all' ? asked.filters.owner : 'mine';
  const query = withinTotal(asked, counts[owner]);
  const page = matching();
  if (owner === 'mine') page.where('owned.partner_id', partnerId);
  if (owner === 'free') page.whereNull('owned.partner_id');
  const products = (await page
    .select('products.id', 'products.name', 'owned.partner_id', { partner: 'partners.name' })
    .select(ctx.db.raw('(SELECT COUNT(*) FROM options WHERE options.product_id = products.id) AS options'))
    .orderBy([
      { column: 'products.name', order: query.dir },
      { column: 'products.id', order: query.dir },
    ])
    .offset(offsetOf(query))
    .limit(query.size)) as unknown as OwnedProduct[];
  return { products, counts, query, total: counts[owner] };
}

/**
 * Makes products the partner's; returns how many were not yet. What was ordered before stays where it was ordered.
 * Throws `Refusal` naming those that another partner supplies: a product has one partner at a time.
 */
export async function addProducts(ctx: Ctx, partnerId: number, ids: readonly number[]): Promise<number> {
  try {
    return await transaction(ctx, async (tx) => {
      const partner = await lockPartner(tx, partnerId);
      const chosen = await chosenProducts(tx, ids);
      const taken = chosen.filter(({ partner_id }) => partner_id !== null && partner_id !== partner.id);
      if (taken.length > 0) {
        const names = taken.map((product) => `‘${product.name}’(${product.partner})`);
        throw new Refusal(`다른 협력사의 상품입니다: ${names.join(', ')}. 그 협력사에서 먼저 빼 주세요.`);
      }
      const added = chosen.filter(({ partner_id }) => partner_id === null);
      if (added.length === 0) return 0;

      await tx
        .db('partner_products')
        .insert(added.map((product) => ({ product_id: product.id, partner_id: partner.id })));
      await record(tx, 'partner.products_added', 'partner', partner.id, { products: added.map(named) });
      return added.length;
    });
  } catch (error) {
    if (isDuplicate(error)) {
      throw new Refusal(
        '그 사이에 다른 사람이 이 상품의 협력사를 정했습니다. 화면을 새로 열고 다시 해 주세요.',
      );
    }
    throw error;
  }
}

/** Makes the partner's products ours; returns how many were the partner's. */
export async function removeProducts(ctx: Ctx, partnerId: number, ids: readonly number[]): Promise<number> {
  return transaction(ctx, async (tx) => {
    const partner = await lockPartner(tx, partnerId);
    const removed = (await chosenProducts(tx, ids)).filter(({ partner_id }) => partner_id === partner.id);
    if (removed.length === 0) return 0;

    await tx
      .db('partner_products')
      .whereIn(
        'product_id',
        removed.map((product) => product.id),
      )
      .where({ partner_id: partner.id })
      .delete();
    await record(tx, 'partner.products_removed', 'partner', partner.id, { products: removed.map(named) });
    return removed.length;
  });
}

async function chosenProducts(tx: Ctx, ids: readonly number[]): Promise<Omit<OwnedProduct, 'options'>[]> {
  const products = (await tx
    .db('products')
    .leftJoin('partner_products as owned', 'owned.product_id', 'products.id')
    .leftJoin('partners', 'partners.id', 'owned.partner_id')
    .whereIn('products.id', ids)
    .select('products.id', 'products.name', 'owned.partner_id', {
      partner: 'partners.name',
    })) as Omit<OwnedProduct, 'options'>[];
  if (products.length < new Set(ids).size) {
    throw new NotFound('고른 상품 가운데 지금은 없는 것이 있습니다. 목록을 새로 열어 주세요.');
  }
  return products;
}

function named({ id, name }: Pick<OwnedProduct, 'id' | 'name'>) {
  return { id, name };
}
