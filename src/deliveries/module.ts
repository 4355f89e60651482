import type { AppModule } from '#lib/module.ts';
import { deliverySource } from './delivery-source.ts';
import { invariants } from './invariants.ts';
import { jobs } from './jobs.ts';
import { printRunSource } from './print-run-source.ts';
import { retains } from './retaining.ts';
import { routes } from './routes.ts';

const everyone = ['admin', 'office', 'delivery'] as const;
const alsoLooking = [...everyone, 'crew', 'store'] as const;

export const deliveries: AppModule = {
  name: 'deliveries',
  title: '배송',
  invariants,
  retains,
  permissions: [
    { code: 'deliveries.view', name: '배송 보기', roles: alsoLooking },
    {
      code: 'deliveries.personal',
      name: '배송의 이름, 연락처, 주소 열어 보기',
      roles: [...everyone, 'store'],
    },
    {
      code: 'deliveries.underway',
      name: '아직 갈 배송의 이름, 연락처, 주소를 가리지 않고 보기',
      roles: ['delivery'],
    },
    { code: 'deliveries.print', name: '배송 목록 출력', roles: everyone },
    { code: 'deliveries.dispatch', name: '배송 발송처리', roles: everyone },
    { code: 'deliveries.fix_region', name: '배송 지역 정하기', roles: everyone },
  ],
  routes: [{ path: '/deliveries', router: routes }],
  menu: [{ label: '배송', href: '/deliveries', icon: 'truck', permission: 'deliveries.view' }],
  jobs,
  lists: [deliverySource, printRunSource],
};
