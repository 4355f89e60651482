import { findChannelByCode } from '#channels';
import type { Ctx } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { findProgram } from '../../../bin/installed-programs.ts';
import { mariadbUrl } from '../../../bin/mariadb-server.ts';
import type { Need } from '../../../bin/system-packages.ts';
import { applyLater } from '../../../src/channels/applying.ts';
import { readLater, receiveFile } from '../../../src/channels/receiving.ts';
import { assertInvariants } from '../../support/invariants.ts';
import { prepareDatabase, settingsOf, startWeb, startWorker } from './app.ts';
import type { Measure } from './drill.ts';
import { type Cluster, type DatabaseProxy, type GaleraNode, openCluster, openProxy } from './galera.ts';
import { type Lab, until } from './lab.ts';
import { type OrderWriters, startOrderWriters } from './order-writers.ts';
import { startRedis } from './servers.ts';
import { fillShop, linesOf, lookInto, writeFileOf } from './shop.ts';
import { failedOf, failuresInWords, hire, lookAndAct, openTraffic, type Traffic } from './traffic.ts';
import { openZones } from './zones.ts';

/** The server package brings the scripts by which a node gets its copy. */
export const clusterNeeds: readonly Need[] = [
  {
    name: 'Galera 4와 HAProxy',
    isThere: () =>
      ['garbd', 'haproxy', 'mariadb-backup', 'socat', 'wsrep_sst_mariabackup', 'mariadb'].every((name) =>
        findProgram(name),
      ),
    apt: [
      'galera-4',
      'galera-arbitrator-4',
      'mariadb-server',
      'mariadb-client',
      'mariadb-backup',
      'socat',
      'haproxy',
    ],
    brew: [],
  },
];

/** A cluster in three zones with an application in front of it, at work. */
export interface AtWork {
  cluster: Cluster;
  /** HAProxy of the host with web and worker, and the one of the host where orders are entered. */
  proxies: readonly [DatabaseProxy, DatabaseProxy];
  writers: OrderWriters;
  traffic: Traffic;
  ctx: Ctx;
  importId: number;
  lines: number;
  people: number;
  /** The node that takes the writes of both hosts. */
  writer(): Promise<GaleraNode>;
}

/** People at their pages, others entering orders, and a large file that begins to be applied. */
export async function beginWork(lab: Lab): Promise<AtWork> {
  const zones = await openZones(lab, ['one', 'two', 'three']);
  const [cluster, redis] = await Promise.all([openCluster(lab, zones), startRedis(lab)]);
  const proxies = [await openProxy(lab, cluster, 'one'), await openProxy(lab, cluster, 'two')] as const;
  lab.say('two nodes and an arbitrator are one cluster');

  const settings = settingsOf({ DATABASE_URL: proxies[0].url, REDIS_URL: redis.url });
  await prepareDatabase(settings);
  const { ctx } = await lookInto(lab, {
    ...settings,
    DATABASE_URL: proxies[1].url,
    LOG_LEVEL: 'error',
  });
  const people = lab.option('people', 20);
  await hire(settings, people);
  await fillShop(ctx, 200);
  const web = await startWeb(lab, { settings });
  await startWorker(lab, { settings });

  const traffic = openTraffic(() => web.url, { count: people });
  lab.defer(() => traffic.close());
  const inside = await traffic.signIn();
  if (inside < people) throw new Error(`only ${inside} of ${people} could sign in`);
  traffic.begin(lookAndAct, 2000);

  const wanted = [...linesOf(lab.option('orders', lab.quick ? 1000 : 12_000), 3)];
  const importId = await receiveFile(
    ctx,
    await findChannelByCode(ctx, 'smartstore'),
    await writeFileOf(lab, wanted),
  );
  await readLater(ctx, importId);
  await until('the file is read', async () => (await stateOf(ctx, importId)) === 'proposed', {
    patienceMs: 300_000,
    everyMs: 200,
  });
  const writers = await startOrderWriters(ctx, lab.option('writers', 8));
  await applyLater(ctx, importId);
  await until('lines are being written', async () =>
    Boolean(
      await ctx.db('change_batches').where({ import_id: importId }).where('position', '>', 0).first('id'),
    ),
  );
  lab.say(`${people} people, ${lab.option('writers', 8)} writers, and ${wanted.length} lines being applied`);

  return {
    cluster,
    proxies,
    writers,
    traffic,
    ctx,
    importId,
    lines: wanted.length,
    people,
    async writer() {
      const names = await Promise.all(proxies.map((proxy) => proxy.writer()));
      if (names.includes('')) throw new Error('there is no writer');
      if (names[0] !== names[1]) throw new Error(`the hosts write to different nodes: ${names.join(', ')}`);
      return cluster.nodeNamed(names[0]!);
    },
  };
}

/** Waits until the node is one of three again; gives the seconds. */
export async function rejoined(node: GaleraNode, since: number): Promise<number> {
  await until(`${node.name} has joined again`, async () => (await node.state()) === 'Primary 4 3', {
    patienceMs: 180_000,
    everyMs: 100,
  });
  return (performance.now() - since) / 1000;
}

/** Lets everybody finish, and counts what was acknowledged against what is there, on each node by itself. */
export async function endWork(
  lab: Lab,
  work: AtWork,
  { everybodyIsTold = false }: { everybodyIsTold?: boolean } = {},
): Promise<Measure[]> {
  const { writers, traffic, ctx, importId, cluster } = work;
  await Promise.all([traffic.end(), writers.end()]);
  await until('the import is applied', async () => (await stateOf(ctx, importId)) === 'applied', {
    patienceMs: 300_000,
    everyMs: 200,
  });
  await until(
    'it is settled',
    async () => !(await ctx.db('change_batches').whereNotIn('state', ['done', 'aborted']).first('id')),
    {
      patienceMs: 120_000,
      everyMs: 200,
    },
  );
  for (const words of failuresInWords(traffic.asks)) lab.say(words);

  const measures: Measure[] = [];
  const mayFail = everybodyIsTold ? undefined : work.people;
  const failed = failedOf(traffic.asks);
  const contents = await Promise.all(cluster.nodes.map((node) => ordersOn(node)));
  for (const [at, { name }] of cluster.nodes.entries()) {
    const entered = contents[at]!.filter((no) => no.startsWith('DRILL-'));
    const there = new Set(entered);
    const lost = [...writers.acked].filter((no) => !there.has(no)).length;
    measures.push(
      { what: `acknowledged orders lost on node ${name}`, value: lost, atMost: 0 },
      {
        what: `orders doubled on node ${name}`,
        value: contents[at]!.length - new Set(contents[at]).size,
        atMost: 0,
      },
    );
  }
  const row = await ctx.db('imports').where({ id: importId }).first('new_count');
  await assertInvariants(ctx.db);
  return [
    { what: 'orders acknowledged', value: writers.acked.size, atLeast: 100 },
    ...measures,
    {
      what: 'lines on one node and not on the other',
      value: contents[0]!.length - contents[1]!.length,
      atLeast: 0,
      atMost: 0,
    },
    { what: 'lines of the import too many or few', value: Math.abs(work.lines - row.new_count), atMost: 0 },
    // only what is under way may fail: at most once for each person
    { what: 'orders that were refused and sent again', value: writers.failed.length, atMost: mayFail },
    { what: 'pages asked for', value: traffic.asks.length, atLeast: 20 },
    { what: 'pages that failed', value: failed.length, atMost: mayFail },
    {
      what: 'failed without a page that says why',
      value: failed.filter((ask) => !ask.isPage).length,
      atMost: 0,
    },
  ];
}

async function ordersOn(node: GaleraNode): Promise<string[]> {
  const db = openDb(mariadbUrl(node.socket, 'moa'), { max: 1 });
  try {
    const rows: { order_no: string; line_no: string }[] = await db('order_lines').select(
      'order_no',
      'line_no',
    );
    return rows.map((row) => (row.order_no.startsWith('DRILL-') ? row.order_no : row.line_no));
  } finally {
    await db.destroy();
  }
}

async function stateOf(ctx: Ctx, importId: number): Promise<string> {
  return (await ctx.db('imports').where({ id: importId }).first('state')).state;
}
