import { setTimeout as sleep } from 'node:timers/promises';
import { beginWork, clusterNeeds, endWork, rejoined } from './lab/database-drill.ts';
import type { Drill, Measure } from './lab/drill.ts';

const drill: Drill = {
  title:
    'the database node that takes the writes is killed while orders are entered and applied, and comes back',
  ownNetwork: true,
  needs: clusterNeeds,
  async run(lab) {
    const work = await beginWork(lab);
    const measures: Measure[] = [];
    for (const how of ['with its disk', 'without its disk'] as const) {
      const first = await work.writer();
      const killedAt = performance.now();
      await first.kill();
      lab.say(`node ${first.name} is killed`);
      await sleep(12_000);
      const backAt = performance.now();
      measures.push({
        what: `writes back after the kill (node came back ${how})`,
        value: work.writers.outage(killedAt, backAt) / 1000,
        unit: 's',
        atMost: 5,
      });
      if (how === 'without its disk') first.loseDisk();
      await first.start();
      const seconds = await rejoined(first, backAt);
      lab.say(`node ${first.name} is back ${how} after ${seconds.toFixed(1)} s`);
      await sleep(2000);
      measures.push(
        { what: `the node is back ${how}`, value: seconds, unit: 's', atMost: 120 },
        {
          what: 'longest wait of a writer meanwhile',
          value: work.writers.outage(backAt) / 1000,
          unit: 's',
          atMost: 5,
        },
      );
    }
    const other = await work.writer();
    await work.proxies[1].kill();
    await work.proxies[1].start();
    const same = (await work.writer()).name === other.name;
    measures.push({ what: 'a restarted HAProxy writes to the same node', value: Number(same), atLeast: 1 });
    return [...measures, ...(await endWork(lab, work))];
  },
};

export default drill;
