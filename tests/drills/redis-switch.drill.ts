import { join } from 'node:path';
import { projectFolder } from '../../bin/folders.ts';
import type { Drill } from './lab/drill.ts';
import { gone } from './lab/lab.ts';
import { loseRedisPrimary } from './lab/redis-loss.ts';
import { openZones } from './lab/zones.ts';

export default {
  title: 'bin/moa redis-switch makes another server the primary under signed-in people',
  ownNetwork: true,
  async run(lab) {
    const zones = await openZones(lab, ['a', 'b', 'c']);
    return loseRedisPrimary(lab, zones, {
      async lose(_zone, trio) {
        const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
        const child = lab.spawn(
          'redis-switch',
          process.execPath,
          [join(projectFolder, 'bin/moa.ts'), 'redis-switch'],
          {
            env: {
              ...{ PATH, HOME, NODE_COMPILE_CACHE, TZ: 'Asia/Seoul', MOA_DATA: join(lab.folder, 'moa') },
              ...{ DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none', MOA_SECRET: 'x'.repeat(32) },
              ...trio.settings,
            },
          },
        );
        await gone(child);
        if (child.exitCode !== 0) throw new Error(`bin/moa redis-switch ended with ${child.exitCode}`);
      },
      bringBack: async () => {},
      backWithin: 3,
    });
  },
} satisfies Drill;
