import type { AppModule } from '#lib/module.ts';
import { accountRoutes } from './account-routes.ts';
import { confirmingRoutes } from './confirming-routes.ts';
import { deviceRoutes, userDeviceRoutes } from './device-routes.ts';
import { invariants } from './invariants.ts';
import { jobs } from './jobs.ts';
import { firstAdminRoutes, passwordLinkRoutes } from './password-routes.ts';
import { providerAccount, providerSignIn } from './providers/routes.ts';
import { roleRoutes } from './role-routes.ts';
import { sealedSecrets } from './second-factor/factors.ts';
import { recoveryCodeKeys } from './second-factor/recovery-keys.ts';
import { secondFactorRoutes } from './second-factor/routes.ts';
import { secondFactorSignIn } from './second-factor/sign-in-routes.ts';
import { countUnhandledNotices } from './security-notices.ts';
import { sessionLimitRoutes } from './session-limit-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { signInRuleRoutes } from './sign-in-rules/routes.ts';
import { userRoutes } from './user-routes.ts';
import { userScopeRoutes } from './user-scope-routes.ts';
import { userSource } from './user-source.ts';

export const accounts: AppModule = {
  name: 'accounts',
  title: '사용자',
  invariants,
  permissions: [
    { code: 'users.manage', name: '사용자 관리', roles: ['admin'], keptByAdmin: true },
    { code: 'roles.manage', name: '역할과 권한 고치기', roles: ['admin'], keptByAdmin: true },
  ],
  routes: [
    { path: '/', router: signInRoutes },
    { path: '/password', router: passwordLinkRoutes },
    { path: '/first-admin', router: firstAdminRoutes },
    { path: '/sign-in/second-factor', router: secondFactorSignIn },
    { path: '/sign-in/provider', router: providerSignIn },
    { path: '/confirm-password', router: confirmingRoutes },
    { path: '/account/provider', router: providerAccount },
    { path: '/account/second-factor', router: secondFactorRoutes },
    { path: '/session', router: sessionRoutes },
    { path: '/account/devices', router: deviceRoutes },
    { path: '/account', router: accountRoutes },
    { path: '/users/sign-in-rules', router: signInRuleRoutes },
    { path: '/users/session-limits', router: sessionLimitRoutes },
    { path: '/roles', router: roleRoutes },
    { path: '/users', router: userScopeRoutes },
    { path: '/users', router: userDeviceRoutes },
    { path: '/users', router: userRoutes },
  ],
  seals: [sealedSecrets],
  lastingKeys: [recoveryCodeKeys],
  lists: [userSource],
  menu: [
    {
      label: '사용자',
      href: '/users',
      icon: 'people',
      permission: 'users.manage',
      badge: countUnhandledNotices,
    },
    { label: '역할', href: '/roles', icon: 'person-lock', permission: 'roles.manage' },
  ],
  jobs,
};
