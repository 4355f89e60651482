import { setTimeout as sleep } from 'node:timers/promises';
import { beginWork, clusterNeeds, endWork, rejoined } from './lab/database-drill.ts';
import type { Drill, Measure } from './lab/drill.ts';

const drill: Drill = {
  title:
    'the zone of the database node that takes the writes is cut off while orders are entered and applied',
  ownNetwork: true,
  needs: clusterNeeds,
  async run(lab) {
    const work = await beginWork(lab);
    const measures: Measure[] = [];
    for (let turn = 1; turn <= lab.option('turns', 2); turn++) {
      const first = await work.writer();
      const cutAt = performance.now();
      first.zone.cut();
      lab.say(`the zone of node ${first.name} is cut off`);
      await sleep(12_000);
      const healedAt = performance.now();
      measures.push({
        what: `writes back after cut ${turn}`,
        value: work.writers.outage(cutAt, healedAt) / 1000,
        unit: 's',
        atMost: 5,
      });
      measures.push({
        what: 'the cut-off node takes no writes',
        value: Number(!(await first.isSynced())),
        atLeast: 1,
      });
      first.zone.heal();
      const seconds = await rejoined(first, healedAt);
      lab.say(`node ${first.name} is back after ${seconds.toFixed(1)} s`);
      await sleep(2000);
      measures.push(
        { what: 'the node is back', value: seconds, unit: 's', atMost: 60 },
        {
          what: 'longest wait of a writer meanwhile',
          value: work.writers.outage(healedAt) / 1000,
          unit: 's',
          atMost: 5,
        },
      );
    }

    // whoever takes no writes may vanish unnoticed
    const writer = await work.writer();
    for (const part of [work.cluster.nodes.find((node) => node !== writer)!, work.cluster.arbitrator]) {
      const cutAt = performance.now();
      part.zone.cut();
      await sleep(10_000);
      measures.push({
        what: `longest wait while ${part === work.cluster.arbitrator ? 'the arbitrator' : 'the other node'} is cut off`,
        value: work.writers.outage(cutAt) / 1000,
        unit: 's',
        atMost: 5,
      });
      part.zone.heal();
      await rejoined(writer, performance.now());
      lab.say(`${part.name} was cut off and is back`);
    }
    return [...measures, ...(await endWork(lab, work))];
  },
};

export default drill;
