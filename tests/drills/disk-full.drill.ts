import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertInvariants } from '../support/invariants.ts';
import { prepareDatabase, settingsOf, startWeb, startWorker } from './lab/app.ts';
import type { Drill } from './lab/drill.ts';
import { until } from './lab/lab.ts';
import { startMariadb, startRedis } from './lab/servers.ts';
import { fillShop, linesOf, lookInto, writeFileOf } from './lab/shop.ts';
import { openSmallDisk } from './lab/small-disk.ts';
import { failedOf, failuresInWords, hire, lookAndAct, openTraffic, within } from './lab/traffic.ts';

const drill: Drill = {
  title: 'the one disk of database, Redis, logs and temporary files is full, and has room again',
  ownNetwork: true, // and so mounts of its own
  async run(lab) {
    const disk = openSmallDisk(lab, 900);
    const [mariadb, redis] = await Promise.all([
      startMariadb(lab, 'disk/mariadb'),
      startRedis(lab, 'disk/redis'),
    ]);
    const direct = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    await prepareDatabase(direct);
    const { runtime, ctx } = await lookInto(lab, direct);
    const { db } = runtime;
    await hire(direct, 10);
    await fillShop(ctx, 300);
    const lines = [...linesOf(lab.option('lines', 4000), 2)];
    const file = await writeFileOf(lab, lines);

    const temporary = join(disk.path, 'tmp');
    mkdirSync(temporary);
    const settings = { ...direct, TMPDIR: temporary };
    for (const name of ['web', 'worker']) disk.takeLogOf(name);
    const web = await startWeb(lab, { settings });
    const worker = await startWorker(lab, { settings });
    const traffic = openTraffic(() => web.url, { count: 10 });
    lab.defer(() => traffic.close());
    const inside = await traffic.signIn();
    traffic.begin(lookAndAct, 400);
    await sleep(4000);

    disk.fill();
    const fullAt = performance.now();
    lab.say(`the disk is full: ${disk.free()} bytes are left`);
    const clerk = traffic.people[0]!;
    const content = readFileSync(file.path);
    await sleep(2000);
    const refused = await clerk.upload('/imports', { name: file.name, content });
    lab.say(`a file is answered with ${refused.status}: ${titleOf(refused.text)}`);
    await sleep(lab.option('seconds', 25) * 1000);
    const told = (await clerk.get('/orders')).text.includes('디스크가 가득');
    const alive = [web, worker].filter((part) => part.isRunning()).length;

    disk.makeRoom();
    const roomAt = performance.now();
    lab.say('there is room again');
    await until('somebody new can sign in', async () => traffic.people[1]!.signIn(), { everyMs: 250 });
    const signedInAfter = (performance.now() - roomAt) / 1000;
    await until('a file is taken in', async () => {
      const { status } = await clerk.upload('/imports', { name: file.name, content });
      return status === 303;
    });
    const upload = await db('imports').orderBy('id', 'desc').first('id');
    await until('the file is read', async () => (await stateOf(upload.id)) === 'proposed', {
      patienceMs: 120_000,
    });
    const { comparison } = await db('imports').where({ id: upload.id }).first('comparison');
    await clerk.post(`/imports/${upload.id}/apply`, { comparison: String(comparison) });
    await until('the file is applied', async () => (await stateOf(upload.id)) === 'applied', {
      patienceMs: 180_000,
    });
    await until(
      'all is settled',
      async () => !(await db('change_batches').whereNotNull('busy_channel_id').first()),
    );
    const backAfter = (performance.now() - roomAt) / 1000;
    await sleep(2000);
    await traffic.end();

    const before = within(traffic.asks, { until: fullAt });
    const during = within(traffic.asks, { since: fullAt, until: roomAt });
    for (const words of failuresInWords(during)) lab.say(`while it was full: ${words}`);
    const after = within(traffic.asks, { since: roomAt + 12_000 });
    for (const words of failuresInWords(after)) lab.say(`afterwards: ${words}`);
    await assertInvariants(db);
    const wanted = new Set(lines.map((line) => String(line.상품주문번호)));
    const stored = new Set<string>(await db('order_lines').pluck('line_no'));
    const broken = during.filter(({ status, isPage }) => status === 0 || (status >= 400 && !isPage));
    return [
      { what: 'people signed in', value: inside, atLeast: 10 },
      { what: 'failed before', value: failedOf(before).length, atMost: 0 },
      { what: 'asked for while it was full', value: during.length, atLeast: 20 },
      { what: 'of these refused, with a page that says why', value: failedOf(during).length - broken.length },
      { what: 'of these without a page', value: broken.length, atMost: 0 },
      {
        what: 'pages of an unexpected error',
        value: during.filter(({ status }) => status === 500).length,
        atMost: 0,
      },
      { what: 'the page says that the disk is full', value: Number(told), atLeast: 1 },
      { what: 'processes that lived through it', value: alive, atLeast: 2 },
      { what: 'sign-ins back', value: signedInAfter, unit: 's', atMost: 10 },
      { what: 'a file taken in, read and applied', value: backAfter, unit: 's' },
      { what: 'failed afterwards', value: failedOf(after).length, atMost: 0 },
      {
        what: 'lines of the file that are missing',
        value: [...wanted].filter((line) => !stored.has(line)).length,
        atMost: 0,
      },
    ];

    async function stateOf(id: number): Promise<string> {
      return (await db('imports').where({ id }).first('state')).state;
    }
  },
};

function titleOf(page: string): string {
  return /<h1>([^<]*)/.exec(page)?.[1] ?? page.slice(0, 80);
}

export default drill;
