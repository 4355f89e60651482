import type { AppModule } from '#lib/module.ts';
import { invariants } from './invariants.ts';
import { orderFormRoutes, storeRoutes } from './routes.ts';
import { storeSource } from './store-source.ts';

export const stores: AppModule = {
  name: 'stores',
  title: '매장',
  invariants,
  permissions: [
    { code: 'orders.enter', name: '매장 주문서 입력과 고치기', roles: ['admin', 'office', 'store'] },
    { code: 'stores.manage', name: '매장 관리', roles: ['admin'] },
  ],
  routes: [
    { path: '/orders', router: orderFormRoutes },
    { path: '/stores', router: storeRoutes },
  ],
  menu: [
    { label: '주문서 입력', href: '/orders/new', icon: 'pencil-square', permission: 'orders.enter' },
    { label: '매장', href: '/stores', icon: 'shop', permission: 'stores.manage' },
  ],
  lists: [storeSource],
};
