import type { JobDefinition } from '#lib/module.ts';
import { chainAccess } from './chaining.ts';
import { verifyAccess } from './verifying.ts';

export const jobs: readonly JobDefinition[] = [
  {
    name: 'access.chain',
    run: async (ctx) => void (await chainAccess(ctx)),
    repeat: '*/10 * * * * *',
  },
  {
    name: 'access.verify',
    run: async (ctx) => void (await verifyAccess(ctx)),
    repeat: '20 4 * * *',
  },
];
