import type { AppModule } from '#lib/module.ts';
import { sealedFiles } from './files.ts';
import { invariants } from './invariants.ts';
import { partnerSource } from './partner-source.ts';
import { productSource } from './product-source.ts';
import { retains } from './retaining.ts';
import { routes } from './routes.ts';
import { sheetRoutes } from './sheet-routes.ts';
import { sheetSource } from './sheet-source.ts';
import { templateRoutes } from './template-routes.ts';

const office = ['admin', 'office'] as const;

export const partners: AppModule = {
  name: 'partners',
  title: '협력사',
  invariants,
  retains,
  seals: [sealedFiles],
  permissions: [
    { code: 'partners.view', name: '협력사와 보낸 발주서 보기', roles: office },
    { code: 'partners.edit', name: '협력사, 협력사의 상품, 발주서 양식 고치기', roles: office },
    { code: 'partners.purchase', name: '협력사에 발주하고 되돌리기, 발주서 파일 받기', roles: office },
  ],
  routes: [
    { path: '/partners', router: sheetRoutes },
    { path: '/partners', router: templateRoutes },
    { path: '/partners', router: routes },
  ],
  menu: [{ label: '협력사', href: '/partners', icon: 'building', permission: 'partners.view' }],
  lists: [partnerSource, productSource, sheetSource],
};
