import type { AppModule } from '#lib/module.ts';
import { dispatchFileRoutes } from './dispatch/routes.ts';
import { jobs } from './jobs.ts';
import { importRoutes } from './routes.ts';

export const channels: AppModule = {
  name: 'channels',
  permissions: [
    { code: 'imports.view', name: '가져오기 보기', roles: ['admin', 'office'] },
    { code: 'imports.apply', name: '가져오기 올리기·적용·되돌리기', roles: ['admin', 'office'] },
    { code: 'dispatch.export', name: '발송처리 파일 받기', roles: ['admin', 'office'] },
    { code: 'dispatch.spellings', name: '몰마다 다른 택배사 표기 고치기', roles: ['admin'] },
  ],
  menu: [
    { label: '가져오기', href: '/imports', icon: 'cloud-arrow-up', permission: 'imports.view' },
    { label: '발송처리', href: '/dispatch', icon: 'send', permission: 'dispatch.export' },
  ],
  routes: [
    { path: '/imports', router: importRoutes },
    { path: '/dispatch', router: dispatchFileRoutes },
  ],
  jobs,
};
