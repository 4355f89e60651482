import type { JobDefinition } from '#lib/module.ts';
import { rereadChangedRegions, rereadRegions } from './region-rereading.ts';

export const jobs: readonly JobDefinition[] = [
  {
    name: 'deliveries.reread_regions',
    title: '지역 다시 읽기',
    run: async (ctx, { from, to }) => {
      await rereadRegions(ctx, { from: String(from), to: String(to) });
    },
  },
  {
    name: 'deliveries.reread_changed_regions',
    title: '오늘 바뀐 지역 다시 읽기',
    run: rereadChangedRegions,
    repeat: '5 0 * * *',
  },
];
