import { allAtOnce, type ListSource, listSource } from '#lib/list-source.ts';
import type { ListDefinition } from '#lib/lists.ts';
import { formatPhone } from '#lib/phone.ts';
import { type ListedStore, listStores } from './stores.ts';

export const storeList: ListDefinition = { sorts: ['name'], defaultSort: { key: 'name', dir: 'asc' } };

/** Our own stores. */
export const storeSource: ListSource = listSource<ListedStore>({
  name: 'stores',
  title: '매장',
  path: '/stores',
  roles: ['admin'],
  view: 'stores.manage',
  definition: storeList,
  columns: [
    { key: 'name', title: '매장', kind: 'text', width: 20, value: (store) => store.name },
    { key: 'prefix', title: '주문번호 머리글자', kind: 'text', width: 18, value: (store) => store.prefix },
    { key: 'phone', title: '연락처', kind: 'text', value: (store) => formatPhone(store.phone) },
    { key: 'address', title: '주소', kind: 'text', width: 44, value: (store) => store.address },
    {
      key: 'orders',
      title: '받은 주문',
      kind: 'number',
      width: 11,
      sum: true,
      value: (store) => store.order_count,
    },
    {
      key: 'state',
      title: '상태',
      kind: 'text',
      width: 10,
      value: (store) => (store.closed_at ? '닫음' : '사용 중'),
    },
    { key: 'closed_at', title: '닫은 때', kind: 'time', value: (store) => store.closed_at },
  ],
  inWords: () => '',
  open: async (snap) => allAtOnce(await listStores(snap)),
});
