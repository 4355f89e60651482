import type { AppModule } from '#lib/module.ts';
import { invariants } from './invariants.ts';
import { optionSource } from './option-source.ts';
import { countNewOptions } from './queries.ts';
import { productRoutes } from './routes.ts';

export const products: AppModule = {
  name: 'products',
  title: '상품',
  invariants,
  permissions: [
    { code: 'products.view', name: '상품·옵션 보기', roles: ['admin', 'office'] },
    { code: 'products.edit', name: '상품·옵션 이름 고치기', roles: ['admin', 'office'] },
  ],
  menu: [
    {
      label: '새 옵션',
      href: '/products/new-options',
      icon: 'tags',
      permission: 'products.view',
      badge: countNewOptions,
    },
    { label: '상품', href: '/products', icon: 'box-seam', permission: 'products.view' },
  ],
  routes: [{ path: '/products', router: productRoutes }],
  lists: [optionSource],
};
