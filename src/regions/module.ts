import type { AppModule } from '#lib/module.ts';
import { invariants } from './invariants.ts';
import { rangeSource } from './range-source.ts';
import { routes } from './routes.ts';

export const regions: AppModule = {
  name: 'regions',
  title: '지역',
  invariants,
  permissions: [
    { code: 'regions.view', name: '지역 보기', roles: ['admin', 'office', 'delivery'] },
    { code: 'regions.edit', name: '지역 고치기', roles: ['admin'] },
  ],
  routes: [{ path: '/regions', router: routes }],
  lists: [rangeSource],
  menu: [{ label: '지역', href: '/regions', icon: 'geo-alt', permission: 'regions.view' }],
};
