import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDatabase, settingsOf, startWeb, startWorker } from './lab/app.ts';
import type { Drill } from './lab/drill.ts';
import { until } from './lab/lab.ts';
import { startMariadb, startRedis } from './lab/servers.ts';
import { fillShop, linesOf, lookInto, writeFileOf } from './lab/shop.ts';
import { openSlowWire } from './lab/slow-wire.ts';
import {
  failedOf,
  failuresInWords,
  hire,
  lookAndAct,
  openTraffic,
  percentile,
  within,
} from './lab/traffic.ts';

const delayMs = 200;

const drill: Drill = {
  title: 'every answer of the database takes 200 ms more, while people work and a file is applied',
  async run(lab) {
    const [mariadb, redis] = await Promise.all([startMariadb(lab), startRedis(lab)]);
    const wire = await openSlowWire(lab, mariadb.socket);
    const direct = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    await prepareDatabase(direct);
    const { runtime, ctx } = await lookInto(lab, direct);
    await hire(direct, 20);
    await fillShop(ctx, 200);

    const settings = { ...direct, DATABASE_URL: `mysql://root@127.0.0.1:${wire.port}/moa` };
    const web = await startWeb(lab, { settings });
    await startWorker(lab, { settings });
    const traffic = openTraffic(() => web.url, { count: 20 });
    lab.defer(() => traffic.close());
    const inside = await traffic.signIn();
    traffic.begin(lookAndAct, 2000);
    const seconds = lab.option('seconds', lab.quick ? 6 : 40);
    await sleep(5000);

    const slowAt = performance.now();
    lab.say('the database is slow now');
    wire.delay(delayMs);
    const lines = [...linesOf(lab.option('lines', lab.quick ? 200 : 2000), 2)];
    const file = await writeFileOf(lab, lines);
    const clerk = traffic.people[0]!;
    await clerk.upload('/imports', { name: file.name, content: readFileSync(file.path) });
    await sleep(seconds * 1000);
    const slowPage = await clerk.get('/orders');

    wire.delay(0);
    const fastAt = performance.now();
    lab.say('and quick again');
    await sleep(8000);
    const told = slowPage.text.includes('데이터베이스가 느립니다');
    const stillTold = (await clerk.get('/orders')).text.includes('데이터베이스가 느립니다');
    await traffic.end();
    const { db } = runtime;
    await until('the file is read', async () => (await newestImport()).state === 'proposed', {
      patienceMs: 120_000,
    });
    const { state, new_count } = await newestImport();
    lab.say(`the import: ${state}, ${new_count} new lines`);
    for (const words of failuresInWords(traffic.asks)) lab.say(words);

    const slow = within(traffic.asks, { since: slowAt, until: fastAt });
    const after = within(traffic.asks, { since: fastAt + 3000 });
    return [
      { what: 'people signed in', value: inside, atLeast: 20 },
      { what: 'failed requests', value: failedOf(traffic.asks).length, atMost: 0 },
      { what: 'pages while it was slow', value: slow.length, atLeast: 1 },
      { what: 'median page while it was slow', value: percentile(slow, 0.5) / 1000, unit: 's' },
      { what: 'p95 of pages while it was slow', value: percentile(slow, 0.95) / 1000, unit: 's', atMost: 15 },
      { what: 'the page says that it is slow', value: Number(told), atLeast: 1 },
      { what: 'it says so when it is over', value: Number(stillTold), atMost: 0 },
      {
        what: 'p95 three seconds after it was over',
        value: percentile(after, 0.95),
        unit: 'ms',
        atMost: 1000,
      },
      { what: 'lines read meanwhile and not exact', value: lines.length - new_count, atMost: 0 },
    ];

    async function newestImport(): Promise<{ state: string; new_count: number }> {
      return db('imports').orderBy('id', 'desc').first('state', 'new_count');
    }
  },
};

export default drill;
