import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Secret, TOTP } from 'otpauth';
import { clockNeeds } from '../../bin/system-packages.ts';
import { enrol } from '../../src/accounts/second-factor/enrolling.ts';
import { assertInvariants } from '../support/invariants.ts';
import { prepareDatabase, settingsOf, startWeb, startWorker } from './lab/app.ts';
import type { Drill } from './lab/drill.ts';
import { until } from './lab/lab.ts';
import { startMariadb, startRedis } from './lab/servers.ts';
import { fillShop, linesOf, lookInto, writeFileOf } from './lab/shop.ts';
import { failedOf, failuresInWords, hire, lookAndAct, openTraffic, within } from './lab/traffic.ts';
import { openWrongClock } from './lab/wrong-clock.ts';

const hour = 3600;

const drill: Drill = {
  title: 'one web and one worker are an hour ahead; then the clocks of all others jump by an hour, and back',
  needs: clockNeeds,
  async run(lab) {
    const redis = await startRedis(lab);
    const mariadb = await startMariadb(lab);
    const settings = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    await prepareDatabase(settings);
    const { runtime, ctx } = await lookInto(lab, settings);
    const { db } = runtime;
    await hire(settings, 12);
    await fillShop(ctx, 200);

    const jumping = openWrongClock(lab, 'jumping');
    const ahead = openWrongClock(lab, 'ahead', hour);
    const right = await startWeb(lab, { name: 'web', settings: { ...settings, ...jumping.settings } });
    const wrong = await startWeb(lab, { name: 'web-ahead', settings: { ...settings, ...ahead.settings } });
    await startWorker(lab, { name: 'worker', settings: { ...settings, ...jumping.settings } });
    const wrongWorker = await startWorker(lab, {
      name: 'worker-ahead',
      settings: { ...settings, ...ahead.settings },
    });

    // each click goes to the other process, as behind a proxy
    let click = 0;
    const traffic = openTraffic(() => (click++ % 2 ? right.url : wrong.url), { count: 10 });
    lab.defer(() => traffic.close());
    const inside = await traffic.signIn({ remember: true });
    traffic.begin(lookAndAct, 1000);

    lab.say('one web and one worker are an hour ahead');
    const secret = Buffer.from('12345678901234567890');
    const codeNow = () =>
      new TOTP({ secret: Secret.fromHex(secret.toString('hex')) }).generate({ timestamp: Date.now() });
    const [{ id: enrolled }] = await db('users').where({ login: 'person12' });
    await enrol(ctx, enrolled, { secret, startedAt: new Date() }, codeNow());
    await db('second_factors').update({ last_step: 0 });
    const withCode = openTraffic(() => wrong.url, { count: 12 }).people[11]!;
    await withCode.signIn();
    const proven = await withCode.post('/sign-in/second-factor', { code: codeNow() });

    const lines = [...linesOf(lab.option('orders', 1500), 2)];
    const file = await writeFileOf(lab, lines);
    const clerk = traffic.people[0]!;
    await clerk.upload('/imports', { name: file.name, content: readFileSync(file.path) });
    const { id } = await db('imports').orderBy('id', 'desc').first('id');
    await until('the file is read', async () => (await stateOf(id)) === 'proposed', { patienceMs: 120_000 });
    const { comparison } = await db('imports').where({ id }).first('comparison');
    await clerk.post(`/imports/${id}/apply`, { comparison: String(comparison) });
    await until('the file is applied', async () => (await stateOf(id)) === 'applied', {
      patienceMs: 180_000,
    });
    const lost = await db('change_batches').where({ state: 'aborted' });
    await wrongWorker.kill();
    lab.say('the worker that is ahead is dead; what it has set comes round in an hour by its clock');
    const afterWrong = await untilItComesRound(db);

    lab.say('the clocks of web and worker jump an hour ahead');
    jumping.setAhead(hour);
    await sleep(20_000);
    jumping.setAhead(0);
    lab.say('and back');
    const jumpedBackAt = performance.now();
    const afterJump = await untilItComesRound(db);
    await sleep(5000);

    lab.say('what Redis keeps for an hour or less is gone, as when its clock jumps ahead');
    const redisAt = performance.now();
    const ended = await endWhatLastsAnHour();
    await sleep(8000);
    await traffic.end();

    for (const words of failuresInWords(traffic.asks)) lab.say(words);
    await assertInvariants(db);
    const stored = new Set<string>(await db('order_lines').pluck('line_no'));
    const missing = lines.filter((line) => !stored.has(String(line.상품주문번호)));
    const theft = await db('security_notices').where({ kind: 'token_theft' });
    return [
      { what: 'people signed in', value: inside, atLeast: 10 },
      {
        what: 'a code of a phone taken where the clock is an hour ahead',
        value: Number(proven.status === 303),
        atLeast: 1,
      },
      {
        what: 'failed while one web was an hour ahead or jumped',
        value: failedOf(traffic.asks, { until: redisAt }).length,
        atMost: 0,
      },
      { what: 'lines of the file that are missing', value: missing.length, atMost: 0 },
      { what: 'batches given up because a clock called them stale', value: lost.length, atMost: 0 },
      {
        what: 'jobs come round again behind a worker that was ahead',
        value: afterWrong,
        unit: 's',
        atMost: 45,
      },
      { what: 'jobs come round again behind a jump back', value: afterJump, unit: 's', atMost: 45 },
      { what: 'sessions that ended with the clock of Redis', value: ended },
      {
        what: 'remembered people who were asked for a password by it',
        value: failedOf(traffic.asks, { since: redisAt }).length,
        atMost: 0,
      },
      { what: 'clicks meanwhile', value: within(traffic.asks, { since: jumpedBackAt }).length, atLeast: 20 },
      { what: 'browsers that were called stolen', value: theft.length, atMost: 0 },
    ];

    async function stateOf(importId: number): Promise<string> {
      return (await db('imports').where({ id: importId }).first('state')).state;
    }
    async function endWhatLastsAnHour(): Promise<number> {
      let sessions = 0;
      for (const key of await runtime.redis.keys(`${settings.REDIS_PREFIX}:*`)) {
        const left = await runtime.redis.pttl(key);
        if (left < 0 || left > hour * 1000) continue;
        await runtime.redis.del(key);
        if (key.includes(':session:')) sessions += 1;
      }
      return sessions;
    }
  },
};

/** Seconds until what comes round each ten seconds has come round: each time it draws a number. */
async function untilItComesRound(db: Knex): Promise<number> {
  const began = performance.now();
  const known = await timesChained(db);
  const hasCome = async () => (await timesChained(db)) > known;
  return until('a job comes round', hasCome, { patienceMs: 90_000 }).then(
    () => (performance.now() - began) / 1000,
    () => Number.POSITIVE_INFINITY,
  );
}

async function timesChained(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('counters')
    .where({ name: 'access.chaining' })
    .first('value');
  return row?.value ?? 0;
}

export default drill;
