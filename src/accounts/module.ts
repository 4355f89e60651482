import type { AppModule } from '#lib/module.ts';
import { accountRoutes } from './account-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { userRoutes } from './user-routes.ts';
import { userSource } from './user-source.ts';

export const accounts: AppModule = {
  name: 'accounts',
  title: '사용자',
  permissions: [{ code: 'users.manage', name: '사용자 관리', roles: ['admin'] }],
  routes: [
    { path: '/', router: signInRoutes },
    { path: '/account', router: accountRoutes },
    { path: '/users', router: userRoutes },
  ],
  lists: [userSource],
  menu: [{ label: '사용자', href: '/users', icon: 'people', permission: 'users.manage' }],
};
