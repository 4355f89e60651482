import { parseArgs } from 'node:util';
import { startThrowAwayServers } from '../bin/throw-away-servers.ts';
import type { Client } from '../tests/support/client.ts';
import { openApplication } from './lists/application.ts';
import { type ListPage, listPages } from './lists/pages.ts';
import { fullScans, startPlans } from './lists/plans.ts';
import { openShop } from './lists/shop.ts';

/**
 * The order and delivery lists with a year of orders behind them: whole pages over HTTP as a signed-in clerk gets
 * them, against the smallest such page in the same run, and how the database finds their rows.
 */
const bars = { p95Ms: 200 };

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '300000' },
    runs: { type: 'string', default: '12' },
    only: { type: 'string', default: '' },
  },
});
const runs = Number(values.runs);
let missed = 0;
{
  using servers = await startThrowAwayServers();
  await using shop = await openShop(servers, Number(values.orders));
  await using application = await openApplication(shop.config);
  const { client } = application;
  const pages = (await listPages(shop.db)).filter(({ name }) => name.includes(values.only));

  console.log(`\n${shop.size}, ${runs} runs of each page\n`);
  const [floor, ...taken] = await measure(client, [{ name: 'smallest page', path: '/account' }, ...pages]);
  for (const page of [floor!, ...taken]) report(page, floor!.p50);
  if (floor!.p95 > 4 * floor!.p50)
    console.log('\nthe machine was busy with something else: trust the ratios');

  await startPlans(shop.db);
  for (const { path } of pages) await client.get(path);
  const scans = await fullScans(shop.db);
  for (const scan of scans) console.log(`\nfull scan: ${scan}`);
  if (scans.length === 0) console.log('\nno full scan of orders, lines or deliveries');
  missed += scans.length;
}
process.exitCode = missed > 0 ? 1 : 0;

interface Taken extends ListPage {
  p50: number;
  p95: number;
}

/** All pages in turn, run after run, so that a slow minute of the machine hits all alike. */
async function measure(client: Client, pages: readonly ListPage[]): Promise<Taken[]> {
  const times = pages.map((): number[] => []);
  for (let run = -1; run < runs; run++) {
    for (const [at, { path }] of pages.entries()) {
      const began = performance.now();
      const { status } = await client.get(path);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      if (run >= 0) times[at]!.push(performance.now() - began);
    }
  }
  return pages.map((page, at) => ({
    ...page,
    p50: percentile(times[at]!, 0.5),
    p95: percentile(times[at]!, 0.95),
  }));
}

function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1]!;
}

function report({ name, p50, p95 }: Taken, floor: number): void {
  const isMissed = p95 > bars.p95Ms;
  if (isMissed) missed += 1;
  const ms = (time: number) => time.toFixed(0).padStart(5);
  const ratio = (p50 / floor).toFixed(1).padStart(5);
  console.log(`${ms(p50)} ${ms(p95)} ms ${ratio} × ${isMissed ? 'MISSED' : '      '} ${name}`);
}
