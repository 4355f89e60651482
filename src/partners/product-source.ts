import { idIn, type ListSource, listSource, pagesOfQuery, searchWords, wordsOf } from '#lib/list-source.ts';
import type { ListDefinition } from '#lib/lists.ts';
import { listProducts, type OwnedProduct, productList } from './owning.ts';
import { findPartner } from './partners.ts';

const ownProductList: ListDefinition = {
  ...productList,
  filters: { ...productList.filters, partner: 'text' },
};

const ownerNames: Record<string, string> = { free: '협력사 없는 상품', all: '모든 상품' };

/** The products of the page on which a partner's are chosen. */
export const productSource: ListSource = listSource<OwnedProduct>({
  name: 'partner-products',
  title: '협력사 상품',
  path: '/partners/:partner/products',
  roles: ['admin', 'office'],
  view: 'partners.view',
  definition: ownProductList,
  columns: [
    { key: 'name', title: '상품', kind: 'text', width: 36, value: (product) => product.name },
    { key: 'options', title: '옵션', kind: 'number', sum: true, value: (product) => product.options },
    {
      key: 'partner',
      title: '협력사',
      kind: 'text',
      width: 24,
      value: (product) => product.partner ?? '자체',
    },
  ],
  inWords: (query) =>
    wordsOf([ownerNames[query.filters.owner ?? ''] ?? '이 협력사 상품', searchWords(query)]),
  async open(snap, query) {
    const partner = await findPartner(snap, idIn(query, 'partner'));
    const { total } = await listProducts(snap, partner.id, { ...query, page: 1, size: 1 });
    const read = async (page: typeof query) => (await listProducts(snap, partner.id, page)).products;
    return { total, of: partner.name, pages: () => pagesOfQuery(query, total, read) };
  },
});
