import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue } from '#lib/queue.ts';
import { prepareDatabase, type Settings, settingsOf, startWeb, startWorker } from './app.ts';
import type { Measure } from './drill.ts';
import { type Lab, until } from './lab.ts';
import { type RedisTrio, startRedisTrio } from './redis-trio.ts';
import { startMariadb } from './servers.ts';
import { fillShop, lookInto } from './shop.ts';
import { broken, keepSigningIn } from './sign-ins.ts';
import { failedOf, failuresInWords, hire, lookAndAct, openTraffic, outage } from './traffic.ts';
import type { Zone } from './zones.ts';

type Names = 'a' | 'b' | 'c';

export interface Loss {
  lose(zone: Zone, trio: RedisTrio<Names>): Promise<void>;
  bringBack(zone: Zone, trio: RedisTrio<Names>): Promise<void>;
  /** Seconds. */
  backWithin: number;
  /** People also sign in at a web process in the zone that is lost. */
  inside?: boolean;
}

/**
 * The primary is in zone a; web and worker are in zone c. People read and write, others sign in and out all the time,
 * and jobs are handed over; then zone a is lost, comes back, and all that anybody was told is looked at.
 */
export async function loseRedisPrimary(
  lab: Lab,
  zones: Record<Names, Zone>,
  { lose, bringBack, backWithin, inside }: Loss,
): Promise<Measure[]> {
  const count = lab.option('people', lab.quick ? 20 : 200);
  const database = await startMariadb(lab);
  const trio = await startRedisTrio(lab, zones);
  const settings = settingsOf({ DATABASE_URL: database.url, ...trio.settings });
  await prepareDatabase(settings);
  const { runtime, ctx } = await lookInto(lab, { ...settings, LOG_LEVEL: 'silent' });
  await fillShop(ctx, 200);
  await hire(settings, count);
  await hire(settings, 8, { prefix: 'comer' });
  const web = await startWeb(lab, { zone: zones.c, settings });
  await startWorker(lab, { zone: zones.c, settings });

  const traffic = openTraffic(() => web.url, { count });
  lab.defer(() => traffic.close());
  const signedIn = await traffic.signIn();
  lab.say(`${signedIn} people are in`);
  traffic.begin(lookAndAct, lab.option('pause', lab.quick ? 2000 : 12_000));
  const outsiders = keepSigningIn(() => web.url, { count: 4, prefix: 'comer', pauseMs: 500 });
  const insiders = inside ? await insidersOf(lab, zones.a, settings) : undefined;
  await sleep(lab.quick ? 3000 : 8000);

  const lostAt = performance.now();
  await lose(zones.a, trio);
  lab.say('zone a is lost');
  const jobsBack = await jobsWorkAgain(performance.now(), ctx.config.redisPrefix, runtime.redis);
  const primaryIs = await untilMoved(trio);
  lab.say(`the primary is in zone ${primaryIs}; a job was done after ${jobsBack.toFixed(1)} s`);
  await sleep(lab.quick ? 4000 : 10_000);
  const until1 = performance.now();

  await bringBack(zones.a, trio);
  await until('the lost server follows', async () => {
    const told = await trio
      .ask('a')
      .info('replication')
      .catch(() => '');
    return /role:slave/.test(told) && /master_link_status:up/.test(told);
  });
  lab.say('zone a is back');
  await sleep(lab.quick ? 2000 : 5000);
  await traffic.end();
  await outsiders.end();
  await insiders?.end();

  for (const words of failuresInWords(traffic.asks)) lab.say(`failed: ${words}`);
  const lost = await broken(outsiders.told);
  const lostInside = insiders ? await broken(insiders.told) : [];
  const back = outage(traffic.asks, { since: lostAt - 1000, until: until1 }) / 1000;
  return [
    { what: 'people signed in', value: signedIn, atLeast: count },
    { what: 'requests', value: traffic.asks.length, atLeast: count },
    { what: 'failed requests', value: failedOf(traffic.asks).length, atMost: 0 },
    { what: 'session operations back', value: back, unit: 's', atMost: backWithin },
    { what: 'a job is done again', value: jobsBack, unit: 's', atMost: 15 },
    { what: 'sign-ins and sign-outs acknowledged', value: outsiders.told.length, atLeast: 10 },
    { what: 'of them lost', value: lost.length, atMost: 0 },
    ...(insiders
      ? [
          {
            what: 'acknowledged by the web process that was cut off',
            value: insiders.told.length,
            atLeast: 5,
          },
          { what: 'of them lost', value: lostInside.length, atMost: 0 },
          { what: 'refused by it, and said so', value: insiders.refused(), atLeast: 1 },
        ]
      : []),
  ];
}

async function insidersOf(lab: Lab, zone: Zone, settings: Settings) {
  const web = await startWeb(lab, { name: 'web-inside', zone, settings });
  await hire(settings, 4, { prefix: 'insider' });
  return keepSigningIn(() => web.url, { count: 4, prefix: 'insider', pauseMs: 500 });
}

/** Seconds from the loss until a job that was handed over behind it is done. */
async function jobsWorkAgain(
  lostAt: number,
  prefix: string,
  redis: Parameters<typeof openQueue>[0],
): Promise<number> {
  const queue = openQueue(redis, prefix);
  try {
    const job = await queue.add('downloads.recover', {});
    await until('a job is done', async () => (await job.isCompleted().catch(() => false)) === true);
    return (performance.now() - lostAt) / 1000;
  } finally {
    await queue.close();
  }
}

async function untilMoved(trio: RedisTrio<Names>): Promise<Names> {
  let found: Names = 'a';
  await until('another server is the primary', async () => {
    found = await trio.primary().catch(() => 'a' as const);
    return found !== 'a';
  });
  return found;
}
