import type { JobDefinition } from '#lib/module.ts';
import { forgetEndedDevices } from './forgetting.ts';

export const jobs: readonly JobDefinition[] = [
  {
    name: 'accounts.forgetDevices',
    title: '끝난 기기 기록 지우기',
    run: forgetEndedDevices,
    repeat: '41 4 * * *',
  },
];
