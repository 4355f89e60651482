import type { AppModule } from '#lib/module.ts';
import { chainKeys } from './eras.ts';
import { invariants } from './invariants.ts';
import { jobs } from './jobs.ts';
import { recordRoutes, registerRoutes } from './record-routes.ts';
import { recordSource } from './record-source.ts';
import { revealRoutes } from './reveal-routes.ts';

export const personal: AppModule = {
  name: 'personal',
  title: '개인정보',
  invariants,
  permissions: [
    {
      code: 'personal.reveal',
      name: '가린 이름·연락처·주소를 열어 보기(기록에 남음)',
      roles: ['admin', 'office', 'delivery', 'store'],
    },
    { code: 'personal.records', name: '개인정보 접속기록 보기', roles: ['admin'] },
    { code: 'personal.register', name: '개인정보 처리 목록 보기', roles: ['admin'] },
  ],
  routes: [
    { path: '/personal/reveal', router: revealRoutes },
    { path: '/access-records', router: recordRoutes },
    { path: '/personal-data', router: registerRoutes },
  ],
  menu: [
    { label: '접속기록', href: '/access-records', icon: 'shield-check', permission: 'personal.records' },
    { label: '개인정보', href: '/personal-data', icon: 'person-vcard', permission: 'personal.register' },
  ],
  jobs,
  lastingKeys: [chainKeys],
  lists: [recordSource],
};
