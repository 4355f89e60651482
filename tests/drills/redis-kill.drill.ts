import type { Drill } from './lab/drill.ts';
import { loseRedisPrimary } from './lab/redis-loss.ts';
import { openZones } from './lab/zones.ts';

export default {
  title: 'kill -9 of the Redis primary under signed-in people who read and write',
  ownNetwork: true,
  quick: true,
  async run(lab) {
    const zones = await openZones(lab, ['a', 'b', 'c']);
    return loseRedisPrimary(lab, zones, {
      lose: (_zone, trio) => trio.kill('a'),
      bringBack: (_zone, trio) => trio.start('a'),
      backWithin: 5,
    });
  },
} satisfies Drill;
