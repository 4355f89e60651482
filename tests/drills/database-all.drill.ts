import { setTimeout as sleep } from 'node:timers/promises';
import { beginWork, clusterNeeds, endWork } from './lab/database-drill.ts';
import type { Drill } from './lab/drill.ts';
import { until } from './lab/lab.ts';

const drill: Drill = {
  title: 'both database nodes and the arbitrator lose power at one moment and are switched on again',
  ownNetwork: true,
  needs: clusterNeeds,
  async run(lab) {
    const work = await beginWork(lab);
    const all = [...work.cluster.nodes, work.cluster.arbitrator];
    const killedAt = performance.now();
    await Promise.all(all.map((part) => part.kill()));
    lab.say('all three are dead');
    await sleep(3000);
    const onAt = performance.now();
    await Promise.all(all.map((part) => part.start()));
    await until(
      'they are one cluster again',
      async () =>
        (await Promise.all(work.cluster.nodes.map((node) => node.state()))).every(
          (state) => state === 'Primary 4 3',
        ),
      { patienceMs: 180_000, everyMs: 100 },
    );
    const seconds = (performance.now() - onAt) / 1000;
    lab.say(`one cluster again after ${seconds.toFixed(1)} s`);
    await sleep(8000);
    return [
      { what: 'one cluster again after being switched on', value: seconds, unit: 's', atMost: 60 },
      { what: 'no order was taken for', value: work.writers.outage(killedAt) / 1000, unit: 's', atMost: 60 },
      // for as long as nobody has a database, everybody is told
      ...(await endWork(lab, work, { everybodyIsTold: true })),
    ];
  },
};

export default drill;
