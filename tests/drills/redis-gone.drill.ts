import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChannelByCode } from '#channels';
import type { Ctx } from '#lib/ctx.ts';
import { openQueue } from '#lib/queue.ts';
import { applyLater } from '../../src/channels/applying.ts';
import { readLater, receiveFile } from '../../src/channels/receiving.ts';
import { assertInvariants } from '../support/invariants.ts';
import { prepareDatabase, settingsOf, startWeb, startWorker } from './lab/app.ts';
import type { Drill } from './lab/drill.ts';
import { type Lab, until } from './lab/lab.ts';
import { startMariadb, startRedis } from './lab/servers.ts';
import { fillShop, linesOf, lookInto, writeFileOf } from './lab/shop.ts';
import { failuresInWords, hire, lookAndAct, openTraffic, within } from './lab/traffic.ts';

const drill: Drill = {
  title: 'Redis hangs for a while, then is gone for a minute and comes back empty',
  async run(lab) {
    const [mariadb, redis] = await Promise.all([startMariadb(lab), startRedis(lab)]);
    const settings = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    await prepareDatabase(settings);
    const { runtime, ctx } = await lookInto(lab, { ...settings, LOG_LEVEL: 'silent' });
    const { db } = runtime;
    await fillShop(ctx, 200);
    const count = lab.option('people', 40);
    await hire(settings, count);
    await hire(settings, 10, { prefix: 'kept' });
    const web = await startWeb(lab, { settings });
    await startWorker(lab, { settings });
    const traffic = openTraffic(() => web.url, { count });
    const remembered = openTraffic(() => web.url, { count: 10, prefix: 'kept' });
    lab.defer(() => {
      for (const all of [traffic, remembered]) all.close();
    });
    await traffic.signIn();
    const keptIn = await remembered.signIn({ remember: true });
    traffic.begin(lookAndAct, 2000);
    const running = await propose(lab, ctx, lab.option('orders', 4000), 2);
    const askedFor = await propose(lab, ctx, 100, 3);

    const hungAt = performance.now();
    lab.say('Redis hangs');
    process.kill(redis.pid()!, 'SIGSTOP');
    await sleep(15_000);
    process.kill(redis.pid()!, 'SIGCONT');
    await backAgain(web.url);
    lab.say('and answers again');
    const hungUntil = performance.now();
    await sleep(3000);

    await applyLater(ctx, running);
    await until('it is being applied', async () => (await stateOf(ctx, running)) === 'applying');
    const goneAt = performance.now();
    redis.kill();
    await until('Redis is gone', () => redis.pid() === undefined);
    rmSync(join(redis.folder, 'data'), { recursive: true });
    lab.say('Redis is gone, with all it knew');
    await sleep(10_000);
    const actedAt = performance.now();
    await applyLater(ctx, askedFor);
    const actTook = (performance.now() - actedAt) / 1000;
    const page = await traffic.people[0]!.get('/orders');
    await sleep(lab.option('seconds', 60) * 1000 - 10_000);

    await redis.start();
    const startedAt = performance.now();
    await backAgain(web.url);
    const back = (performance.now() - startedAt) / 1000;
    lab.say('Redis is back, and empty');
    for (const id of [running, askedFor])
      await until('it is applied', async () => (await stateOf(ctx, id)) === 'applied', {
        patienceMs: 120_000,
      });
    const applied = (performance.now() - startedAt) / 1000;
    await traffic.end();
    const backIn = await Promise.all(
      remembered.people.map(async (one) => (await one.get('/account')).status),
    );
    const clocks = await clocksOf(settings.REDIS_PREFIX!, runtime.redis);
    await assertInvariants(db);

    const away = [
      ...within(traffic.asks, { since: hungAt, until: hungUntil }),
      ...within(traffic.asks, { since: goneAt, until: startedAt }),
    ];
    for (const words of failuresInWords(away)) lab.say(`meanwhile: ${words}`);
    return [
      { what: 'requests while Redis was away', value: away.length, atLeast: count },
      { what: 'of them without a page', value: away.filter(isBare).length, atMost: 0 },
      { what: 'of them answered 500', value: away.filter(({ status }) => status === 500).length, atMost: 0 },
      { what: 'longest wait for an answer', value: longest(away), unit: 's', atMost: 12 },
      {
        what: 'the page says that Redis is away',
        value: Number(page.status === 503 && /Redis/.test(page.text)),
        atLeast: 1,
      },
      { what: 'pages back after Redis was', value: back, unit: 's', atMost: 5 },
      { what: 'an act meanwhile took', value: actTook, unit: 's', atMost: 5 },
      { what: 'orders asked for meanwhile applied after', value: applied, unit: 's', atMost: 60 },
      { what: 'people who were remembered', value: keptIn, atLeast: 10 },
      {
        what: 'of them asked for a password',
        value: backIn.filter((status) => status !== 200).length,
        atMost: 0,
      },
      { what: 'jobs that come round again', value: clocks, atLeast: 5 },
    ];
  },
};
export default drill;

const isBare = ({ status, isPage }: { status: number; isPage: boolean }) =>
  status === 0 || (status >= 400 && !isPage);
const longest = (asks: readonly { ms: number }[]) => Math.max(...asks.map(({ ms }) => ms)) / 1000;

/** A proposal of so many orders. */
async function propose(lab: Lab, ctx: Ctx, orders: number, seed: number): Promise<number> {
  const file = await writeFileOf(lab, linesOf(orders, seed));
  const id = await receiveFile(ctx, await findChannelByCode(ctx, 'smartstore'), file);
  await readLater(ctx, id);
  await until('it is proposed', async () => (await stateOf(ctx, id)) === 'proposed', { patienceMs: 120_000 });
  return id;
}

async function stateOf(ctx: Ctx, id: number): Promise<string> {
  return (await ctx.db('imports').where({ id }).first('state')).state;
}

/** Until a stranger gets a page. */
async function backAgain(url: string): Promise<void> {
  await until('pages are back', async () => {
    const answer = await fetch(`${url}/sign-in`, { signal: AbortSignal.timeout(15_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    return answer?.status === 200;
  });
}

async function clocksOf(prefix: string, redis: Parameters<typeof openQueue>[0]): Promise<number> {
  const queue = openQueue(redis, prefix);
  try {
    return (await queue.getJobSchedulers()).length;
  } finally {
    await queue.close();
  }
}
