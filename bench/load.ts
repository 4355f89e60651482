import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startThrowAwayServers } from '../bin/throw-away-servers.ts';
import { failedOf, failuresInWords, hire, openTraffic, percentile } from '../tests/drills/lab/traffic.ts';
import { startWorker } from './clicking.ts';
import { addressOf } from './lists/application.ts';
import { openShop } from './lists/shop.ts';
import { bringFileIn, clickOnce, writeFileOfDay } from './load/morning.ts';
import { rss } from './processes.ts';

/** A morning: people at work for ten minutes, a mall's file coming in each minute, one web process and one worker. */
const bars = { p95Ms: 300, failed: 0, growth: 1.15 };

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '10' },
    orders: { type: 'string', default: '50000' },
    /** Seconds between two clicks of one person. */
    pause: { type: 'string', default: '8' },
  },
});
const users = Number(values.users);
const ms = Number(values.minutes) * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'moa-load-'));
let missed = 0;
{
  using servers = await startThrowAwayServers();
  await using shop = await openShop(servers, Number(values.orders));
  console.log(shop.size);
  await hire(shop.config, users);
  const web = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...shop.config, PORT: '0', LOG_LEVEL: 'info' },
  });
  const url = await addressOf(web.stderr);
  const worker = startWorker(shop);
  const traffic = openTraffic(() => url, { count: users });
  const inside = await traffic.signIn();
  console.log(`${inside} of ${users} people are in`);
  if (inside < users) missed += 1;
  const warmUntil = performance.now() + Math.min(30_000, ms / 4);

  traffic.begin(clickOnce, Number(values.pause) * 1000);
  const memory = { web: [] as number[], worker: [] as number[] };
  const looking = setInterval(() => {
    memory.web.push(rss(web.pid!));
    memory.worker.push(rss(worker.pid!));
  }, 2000);
  let files = 0;
  const overAt = performance.now() + ms;
  for (let at = 0; performance.now() < overAt - 20_000 || at === 0; at++) {
    const path = join(folder, `${at}.xlsx`);
    await writeFileOfDay(path, at);
    if (await bringFileIn(traffic.people[at % users]!, `${at}.xlsx`, readFileSync(path))) files += 1;
    await sleep(Math.max(0, Math.min(60_000 - (performance.now() % 60_000), overAt - performance.now())));
  }
  await sleep(Math.max(0, overAt - performance.now()));
  await traffic.end();
  clearInterval(looking);
  traffic.close();
  for (const child of [web, worker]) {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }
  report(
    traffic.asks.filter(({ at }) => at >= warmUntil),
    memory,
    files,
  );
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = missed > 0 ? 1 : 0;

function report(
  asks: Parameters<typeof percentile>[0][number][],
  memory: Readonly<Record<'web' | 'worker', readonly number[]>>,
  files: number,
): void {
  const byAct = Map.groupBy(asks, ({ act }) => act);
  const time = (n: number) => n.toFixed(0).padStart(5);
  console.log('\n  asks   p50   p95   p99 ms');
  for (const [act, own] of [...byAct].sort((a, b) => b[1].length - a[1].length))
    console.log(
      `${String(own.length).padStart(6)} ${time(percentile(own, 0.5))} ${time(percentile(own, 0.95))} ${time(percentile(own, 0.99))}  ${act}`,
    );
  const seconds = (asks.at(-1)!.at - asks[0]!.at) / 1000;
  const p95 = percentile(asks, 0.95);
  const failed = failedOf(asks);
  console.log(
    `\n${users} people, ${asks.length} pages, ${(asks.length / seconds).toFixed(1)} a second, ${files} files`,
  );
  console.log(`p95 ${judge(p95, bars.p95Ms)} ms`);
  console.log(`failed ${judge(failed.length, bars.failed)}`);
  for (const words of failuresInWords(failed)) console.log(`  ${words}`);
  const growth = { web: grown(memory.web), worker: grown(memory.worker) };
  for (const name of ['web', 'worker'] as const) {
    const peak = Math.max(...memory[name]);
    console.log(
      `memory of the ${name}: peak ${peak.toFixed(0)} MB, end against beginning ${judge(growth[name], bars.growth)}`,
    );
  }
  console.log(
    JSON.stringify({
      bench: 'load',
      users,
      pages: asks.length,
      p95Ms: Math.round(p95),
      failed: failed.length,
      files,
      growth,
    }),
  );
}

/** The last quarter against the second: the first is the start. */
function grown(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  const middle = (part: readonly number[]) =>
    part.toSorted((a, b) => a - b)[Math.floor(part.length / 2)] ?? Number.NaN;
  return middle(samples.slice(-quarter)) / middle(samples.slice(quarter, 2 * quarter));
}

function judge(value: number, bar: number): string {
  const isMissed = !(value <= bar);
  if (isMissed) missed += 1;
  return `${Number(value.toFixed(2))} (${isMissed ? 'MISSED' : 'within'} ${bar})`;
}
