import type { AppModule } from '#lib/module.ts';
import { invariants } from './invariants.ts';
import { lineSource } from './line-source.ts';
import { routes } from './routes.ts';

export const orders: AppModule = {
  name: 'orders',
  title: '주문',
  invariants,
  permissions: [
    { code: 'orders.view', name: '주문 보기', roles: ['admin', 'office', 'store'] },
    {
      code: 'orders.open',
      name: '배송에 든 주문 열어 보기',
      roles: ['admin', 'office', 'delivery', 'store'],
    },
    {
      code: 'orders.personal',
      name: '주문의 이름, 연락처, 주소 열어 보기',
      roles: ['admin', 'office', 'store'],
    },
    { code: 'orders.acknowledge', name: '발주확인', roles: ['admin', 'office'] },
    { code: 'orders.hold', name: '보류와 보류 풀기', roles: ['admin', 'office'] },
    { code: 'orders.dispatch', name: '발송과 발송 취소', roles: ['admin', 'office'] },
  ],
  routes: [{ path: '/orders', router: routes }],
  lists: [lineSource],
  menu: [{ label: '주문', href: '/orders', icon: 'receipt', permission: 'orders.view' }],
};
