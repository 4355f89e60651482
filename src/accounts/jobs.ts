import type { JobDefinition } from '#lib/module.ts';
import { forgetEndedDevices } from './forgetting.ts';

export const jobs: readonly JobDefinition[] = [
  { name: 'accounts.forgetDevices', run: forgetEndedDevices, repeat: '41 4 * * *' },
];
