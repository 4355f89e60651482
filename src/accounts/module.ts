import type { AppModule } from '#lib/module.ts';
import { accountRoutes } from './account-routes.ts';
import { confirmingRoutes } from './confirming-routes.ts';
import { secondFactorRoutes } from './second-factor/routes.ts';
import { secondFactorSignIn } from './second-factor/sign-in-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { signInRuleRoutes } from './sign-in-rules/routes.ts';
import { userRoutes } from './user-routes.ts';
import { userSource } from './user-source.ts';

export const accounts: AppModule = {
  name: 'accounts',
  title: '사용자',
  permissions: [{ code: 'users.manage', name: '사용자 관리', roles: ['admin'] }],
  routes: [
    { path: '/', router: signInRoutes },
    { path: '/sign-in/second-factor', router: secondFactorSignIn },
    { path: '/confirm-password', router: confirmingRoutes },
    { path: '/account/second-factor', router: secondFactorRoutes },
    { path: '/account', router: accountRoutes },
    { path: '/users/sign-in-rules', router: signInRuleRoutes },
    { path: '/users', router: userRoutes },
  ],
  lists: [userSource],
  menu: [{ label: '사용자', href: '/users', icon: 'people', permission: 'users.manage' }],
};
