import type { AppModule } from '#lib/module.ts';
import { invariants } from './invariants.ts';
import { sealedLockedParts } from './locked-files.ts';
import { lockedRoutes } from './locked-routes.ts';
import { parcelSource } from './parcel-source.ts';
import { sealedPasswords } from './passwords.ts';
import { resultRoutes } from './result-routes.ts';
import { resultRowSource } from './result-row-source.ts';
import { resultSource } from './result-source.ts';
import { sealedRows } from './results.ts';
import { retains } from './retaining.ts';
import { runParcelSource, runSource } from './run-source.ts';
import { sheetRoutes } from './sheet-routes.ts';
import { templateRoutes } from './template-routes.ts';

export const couriers: AppModule = {
  name: 'couriers',
  title: '택배',
  invariants,
  permissions: [
    { code: 'couriers.sheets', name: '택배 접수 파일 만들기', roles: ['admin', 'office'] },
    { code: 'couriers.results', name: '송장 결과 올리기·적용·되돌리기', roles: ['admin', 'office'] },
    { code: 'couriers.templates', name: '택배 양식과 보내는 분 고치기', roles: ['admin'] },
  ],
  retains,
  seals: [sealedRows, sealedLockedParts, sealedPasswords],
  menu: [{ label: '택배', href: '/couriers', icon: 'boxes', permission: 'couriers.sheets' }],
  routes: [
    { path: '/couriers/results/locked', router: lockedRoutes },
    { path: '/couriers/results', router: resultRoutes },
    { path: '/couriers/templates', router: templateRoutes },
    { path: '/couriers', router: sheetRoutes },
  ],
  lists: [parcelSource, runSource, runParcelSource, resultSource, resultRowSource],
};
