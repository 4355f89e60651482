import type { Drill } from './lab/drill.ts';
import { loseRedisPrimary } from './lab/redis-loss.ts';
import { openZones } from './lab/zones.ts';

export default {
  title: 'The zone of the Redis primary is cut off, with a web process in it, under signed-in people',
  ownNetwork: true,
  async run(lab) {
    const zones = await openZones(lab, ['a', 'b', 'c']);
    return loseRedisPrimary(lab, zones, {
      lose: async (zone) => zone.cut(),
      bringBack: async (zone) => zone.heal(),
      backWithin: 8,
      inside: true,
    });
  },
} satisfies Drill;
