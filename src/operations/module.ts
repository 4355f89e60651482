import type { AppModule } from '#lib/module.ts';
import { healthRoutes } from './health-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { countProblems } from './problem-count.ts';

/** Looks after all the others: what runs, how it is doing, and what went wrong. */
export function operations(others: readonly AppModule[]): AppModule {
  return {
    name: 'operations',
    title: '운영',
    permissions: [
      { code: 'operations.view', name: '서버 상태와 작업 보기', roles: ['admin'] },
      { code: 'operations.jobs', name: '작업을 다시 실행하거나 버리기', roles: ['admin'] },
    ],
    menu: [
      {
        label: '서버 상태',
        href: '/admin/health',
        icon: 'heart-pulse',
        permission: 'operations.view',
        badge: countProblems,
      },
      { label: '작업', href: '/admin/jobs', icon: 'list-check', permission: 'operations.view' },
    ],
    routes: [
      { path: '/admin/health', router: healthRoutes },
      { path: '/admin/jobs', router: jobRoutes(others.flatMap(({ jobs = [] }) => jobs)) },
    ],
  };
}
