import { browserPath } from '../../bin/system-packages.ts';
import { findTestFiles, runTestFiles } from '../../bin/test-files.ts';
import { addTallies } from '../../bin/test-tally.ts';
import { clusterNeeds } from './lab/database-drill.ts';
import type { Drill } from './lab/drill.ts';
import { openCluster, openProxy } from './lab/galera.ts';
import { startRedis } from './lab/servers.ts';
import { openZones } from './lab/zones.ts';

/** These start servers of their own, or none. */
const withoutDatabase = /^tests\/(front-door|xlsx|cli|drills)\/|^tests\/architecture/;

/** `SUITE="tests/orders tests/stores" npm run drills suite-on-cluster` runs a part. */
const drill: Drill = {
  title: 'the tests that use a database pass on the cluster, through HAProxy, where ids have gaps',
  ownNetwork: true,
  needs: clusterNeeds,
  async run(lab) {
    const zones = await openZones(lab, ['one', 'two', 'three']);
    const [cluster, redis] = await Promise.all([openCluster(lab, zones), startRedis(lab)]);
    const proxy = await openProxy(lab, cluster);
    const url = new URL(proxy.url);
    url.pathname = '/';
    process.env.TEST_DATABASE_URL = url.href;
    process.env.TEST_REDIS_URL = redis.url;
    process.env.CHROMIUM ??= browserPath();

    const wanted = process.env.SUITE?.split(/\s+/).filter(Boolean) ?? [];
    const files = findTestFiles(wanted).filter((file) => !withoutDatabase.test(file));
    const tallies = await runTestFiles(files, new AbortController().signal, (file, { passed, failed }, ms) =>
      lab.say(
        `${failed > 0 ? '✗' : '✓'} ${file}: ${passed} passed, ${failed} failed (${(ms / 1000).toFixed(1)} s)`,
      ),
    );
    const { passed, failed, skipped, failures } = addTallies(tallies);
    for (const text of failures) lab.say(`✗ ${text.slice(0, 3000)}`);
    const state = await Promise.all(cluster.nodes.map((node) => node.state()));
    return [
      { what: 'files', value: files.length, atLeast: 1 },
      { what: 'tests passed', value: passed, atLeast: 1 },
      { what: 'tests failed', value: failed, atMost: 0 },
      { what: 'tests skipped', value: skipped },
      { what: 'nodes that kept up', value: state.filter((one) => one === 'Primary 4 3').length, atLeast: 2 },
    ];
  },
};

export default drill;
