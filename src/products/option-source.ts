import { type ListSource, listSource, pagesOfQuery, searchWords, wordsOf } from '#lib/list-source.ts';
import { type ListedOption, listOptions, optionList } from './queries.ts';

/** What channels call our options, as a file. */
export const optionSource: ListSource = listSource<ListedOption>({
  name: 'options',
  title: '상품',
  path: '/products',
  roles: ['admin', 'office'],
  view: 'products.view',
  definition: optionList,
  columns: [
    { key: 'product', title: '상품 이름', kind: 'text', width: 28, value: (option) => option.product_name },
    { key: 'option', title: '옵션 이름', kind: 'text', width: 24, value: (option) => option.option_name },
    {
      key: 'state',
      title: '상태',
      kind: 'text',
      width: 9,
      value: (option) => (option.is_new ? '새 옵션' : ''),
    },
    {
      key: 'kind',
      title: '종류',
      kind: 'text',
      width: 10,
      value: (option) => (option.is_addon ? '추가구성' : '본상품'),
    },
    {
      key: 'mall_product',
      title: '몰 상품명',
      kind: 'text',
      width: 34,
      value: (option) => option.mall_product_name,
    },
    {
      key: 'mall_option',
      title: '몰 옵션정보',
      kind: 'text',
      width: 34,
      value: (option) => option.mall_option_text,
    },
    { key: 'channel', title: '채널', kind: 'text', value: (option) => option.channel_name },
    { key: 'product_no', title: '상품번호', kind: 'text', value: (option) => option.product_no },
    { key: 'lines', title: '주문', kind: 'number', sum: true, value: (option) => Number(option.line_count) },
    { key: 'first_seen', title: '처음 본 때', kind: 'day', value: (option) => option.first_seen },
  ],
  inWords: (query) => wordsOf([query.filters.state === 'new' ? '새 옵션' : '', searchWords(query)]),
  async open(snap, query) {
    const { counts } = await listOptions(snap, { ...query, page: 1, size: 1 });
    const total = query.filters.state === 'new' ? counts.new : counts.all;
    return {
      total,
      pages: () => pagesOfQuery(query, total, async (page) => (await listOptions(snap, page)).options),
    };
  },
});
