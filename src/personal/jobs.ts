import type { JobDefinition } from '#lib/module.ts';
import { chainAccess } from './chaining.ts';
import { destroyOldAccess } from './destroying.ts';
import { verifyAccess } from './verifying.ts';

export const jobs: readonly JobDefinition[] = [
  {
    name: 'access.chain',
    title: '접속기록 잇기',
    run: async (ctx) => void (await chainAccess(ctx)),
    repeat: '*/10 * * * * *',
  },
  {
    name: 'access.verify',
    title: '접속기록 확인',
    run: async (ctx) => void (await verifyAccess(ctx)),
    repeat: '20 4 * * *',
  },
  {
    name: 'access.destroy',
    title: '2년 지난 접속기록 지우기',
    run: async (ctx) => void (await destroyOldAccess(ctx)),
    repeat: '50 4 * * *', // after the chain was verified with all that is in it
  },
];
