import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { findChannelByCode } from '#channels';
import { applyLater } from '../../src/channels/applying.ts';
import { readLater, receiveFile } from '../../src/channels/receiving.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Settings, settingsOf } from './lab/app.ts';
import type { Drill, Measure } from './lab/drill.ts';
import { gone, until } from './lab/lab.ts';
import { nginxNeed, startNginx } from './lab/nginx.ts';
import type { Person } from './lab/person.ts';
import { startMariadb, startRedis } from './lab/servers.ts';
import { fillShop, linesOf, lookInto, writeFileOf } from './lab/shop.ts';
import { openSlots, packTwo } from './lab/slots.ts';
import { failedOf, failuresInWords, hire, lookAndAct, openTraffic, percentile } from './lab/traffic.ts';
import { openWatchers } from './lab/watchers.ts';

const longestMs = 15 * 60_000;

const drill: Drill = {
  title: 'a release takes over from another and gives back again, while people work and a file is taken in',
  needs: [nginxNeed],
  async run(lab) {
    const requests = lab.option('requests', lab.quick ? 2000 : 100_000);
    const lines = lab.option('lines', lab.quick ? 2000 : 40_000);
    const socketCount = lab.option('sockets', lab.quick ? 20 : 200);
    const people = lab.option('people', lab.quick ? 8 : 40);

    const [mariadb, redis] = await Promise.all([startMariadb(lab), startRedis(lab)]);
    const settings = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    const slots = await openSlots(lab, settings);
    const { first, second } = await packTwo(lab, slots);
    await slots.release(first);
    lab.say('the first release is live');
    const nginx = await startNginx(lab, slots.folder);
    const { runtime, ctx } = await lookInto(lab, settings);
    const { db } = runtime;
    await fillShop(ctx, lab.quick ? 200 : 2000);
    await hire(settings, people);
    const traffic = openTraffic(() => nginx.url, { count: people });
    lab.defer(() => traffic.close());
    const inside = await traffic.signIn({ remember: true });
    const oldStyle = await styleOf(traffic.people[0]!);

    const wanted = new Set<string>();
    const told = function* () {
      for (const line of linesOf(lines, 7)) {
        if (wanted.size === lines) return;
        wanted.add(String(line.상품주문번호));
        yield line;
      }
    };
    const file = await writeFileOf(lab, told());
    const before = Number((await db('order_lines').count({ n: '*' }).first())?.n);
    const importId = await receiveFile(ctx, await findChannelByCode(ctx, 'smartstore'), file);
    await using watchers = await openWatchers(nginx.url, traffic.people, socketCount, importId);
    lab.say(`${inside} people are at work, ${socketCount} sockets watch`);

    traffic.begin(atWork, 50);
    await readLater(ctx, importId);
    await busy(db, importId, 'reading');
    lab.say('to the second release while the file is read');
    await killHalfway(slots.begin(second), lab.logOf('interrupted-release'));
    const stayed = (await slots.status()).live === 'blue';
    const forth = await slots.release(second);
    const forthHandOver = JSON.parse(forth.output).handOverMs as number;
    lab.say(`green is live: ${forthHandOver} ms`);
    const oldStyleStill = await textOf(nginx.url + oldStyle);
    const newStyle = await textOf(nginx.url + (await styleOf(traffic.people[0]!)));

    await reaches(db, importId, 'proposed');
    await applyLater(ctx, importId);
    await busy(db, importId, 'applying');
    lab.say('and back while it is applied');
    const back = await slots.release('--rollback');
    lab.say(`blue is live again after ${Math.round(back.ms)} ms`);

    await reaches(db, importId, 'applied');
    await until(
      'the worker has tidied up',
      async () => (await runtime.redis.llen(activeJobs(settings))) === 0,
      {
        patienceMs: longestMs,
      },
    );
    const ended = await watchers.untilAllKnow('applied', 60_000);
    const sockets = {
      connected: watchers.connected(),
      reconnects: watchers.reconnects(),
      slowest: watchers.slowest(),
    };
    await until('enough requests', () => traffic.asks.length >= requests, { patienceMs: longestMs });
    await traffic.end();
    for (const words of [...failuresInWords(traffic.asks).slice(0, 10), ...watchers.troubles()])
      lab.say(words);

    const stored = new Set<string>(await db('order_lines').pluck('line_no'));
    const after = Number((await db('order_lines').count({ n: '*' }).first())?.n);
    await assertInvariants(db);
    const failed = await failedJobs(runtime.redis, settings.REDIS_PREFIX!);
    return [
      { what: 'people signed in', value: inside, atLeast: people },
      { what: 'requests', value: traffic.asks.length, atLeast: requests },
      { what: 'requests that failed', value: failedOf(traffic.asks).length, atMost: 0 },
      { what: 'slowest of 1,000 requests', value: Math.round(percentile(traffic.asks, 0.999)), unit: 'ms' },
      yes('a release killed halfway left the live slot', stayed),
      { what: 'processes took over within', value: forthHandOver, unit: 'ms', atMost: 5000 },
      { what: 'rollback, from the command to its end', value: Math.round(back.ms), unit: 'ms', atMost: 5000 },
      { what: 'sockets', value: sockets.connected, atLeast: socketCount },
      { what: 'sockets that had to connect again', value: sockets.reconnects, atLeast: socketCount },
      { what: 'slowest socket to come back', value: sockets.slowest, unit: 'ms', atMost: 5000 },
      { what: 'pages that missed the end of the import', value: ended.ignorant, atMost: 0 },
      { what: 'last page to know of it', value: ended.ms, unit: 'ms' },
      { what: 'lines of the import', value: wanted.size, atLeast: lines },
      { what: 'lines lost', value: [...wanted].filter((line) => !stored.has(line)).length, atMost: 0 },
      { what: 'lines doubled', value: after - before - (stored.size - before), atMost: 0 },
      { what: 'lines nobody sent', value: after - before - wanted.size, atMost: 0 },
      { what: 'jobs that failed', value: failed, atMost: 0 },
      yes(
        'pages of the first release find their style sheet',
        oldStyleStill.includes('{') && !oldStyleStill.includes('next release'),
      ),
      yes('pages of the second have one of their own', newStyle.includes('next release')),
    ];
  },
};
export default drill;

function yes(what: string, isSo: boolean): Measure {
  return { what, value: isSo ? 1 : 0, atLeast: 1 };
}

/** What is asked most in a day: is my session alive, a list, an order, an act now and then. */
async function atWork(person: Person, turn: number): Promise<void> {
  for (let at = 0; at < 20; at++) await person.get('/session');
  if (turn % 4 === 0) await lookAndAct(person, turn);
}

async function styleOf(person: Person): Promise<string> {
  const page = await person.get('/account');
  return /href="(\/assets\/[^"]+\/css\/base\.css)"/.exec(page.text)?.[1] ?? '';
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Killed when it has begun to try the new slot: the latest moment at which nothing may have changed. */
async function killHalfway(release: ReturnType<Awaited<ReturnType<typeof openSlots>>['begin']>, log: string) {
  await until('the release tries its slot', () => readFileSync(log, 'utf8').includes('점검합니다'), {
    patienceMs: 180_000,
  });
  release.kill('SIGKILL');
  await gone(release);
}

async function stateOf(db: Knex, importId: number): Promise<string> {
  return (await db('imports').where({ id: importId }).first('state')).state;
}

async function busy(db: Knex, importId: number, state: string): Promise<void> {
  await until(`the import is ${state}`, async () => (await stateOf(db, importId)) === state);
  await sleep(500);
}

async function reaches(db: Knex, importId: number, state: string): Promise<void> {
  await until(`the import is ${state}`, async () => (await stateOf(db, importId)) === state, {
    patienceMs: longestMs,
    everyMs: 20,
  });
}

/** Pages hear of the end when the job has ended: a moment after all is shown. */
function activeJobs({ REDIS_PREFIX }: Settings): string {
  return `${REDIS_PREFIX}:queue:jobs:active`;
}

async function failedJobs(redis: { zcard(key: string): Promise<number> }, prefix: string): Promise<number> {
  return redis.zcard(`${prefix}:queue:jobs:failed`);
}
