import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startThrowAwayServers } from '../bin/throw-away-servers.ts';
import type { Client } from '../tests/support/client.ts';
import { click, inWords, p95, startWorker, until } from './clicking.ts';
import { openApplication } from './lists/application.ts';
import { openShop, type Shop } from './lists/shop.ts';
import { watchMemory } from './processes.ts';

/**
 * A whole list as a file, against a bare ExcelJS WorkbookWriter of the same cells, each in a process of its own; then
 * two files at once by the worker while somebody works in the lists, against the same clicks with nothing else to do.
 */
const bars = { writing: 1.2, rssMb: 512, web: 1.2 };

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: '' }, // writing or web
  },
});
const rows = Number(values.rows);
const folder = mkdtempSync(join(tmpdir(), 'moa-bench-'));
let missed = 0;
{
  using servers = await startThrowAwayServers();
  await using shop = await openShop(servers, Math.ceil(rows / 1.6));
  console.log(`\n${shop.size}\n`);
  if (values.only !== 'web') await compare(shop, Number(values.runs));
  if (values.only !== 'writing') await disturb(shop);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = missed > 0 ? 1 : 0;

interface Taken {
  seconds: number;
  rssMb: number;
  cells: number;
}

async function compare(shop: Shop, runs: number): Promise<void> {
  await measure('cells', shop);
  const taken: Record<'bare' | 'ours', Taken[]> = { bare: [], ours: [] };
  for (let run = 0; run < runs; run++) {
    taken.bare.push(await measure('bare', shop));
    taken.ours.push(await measure('ours', shop));
  }
  const [bare, ours] = [median(taken.bare), median(taken.ours)];
  console.log(
    `  bare ExcelJS     ${time(bare)}  ${bare.cells.toLocaleString('en')} cells, none of them read`,
  );
  console.log(
    `  list to file     ${time(ours)}  ${judge(ours.seconds / bare.seconds, bars.writing)} × the bare writer`,
  );
  console.log(`  memory of one    ${judge(ours.rssMb, bars.rssMb)} MB`);
}

/** `ours` starts a process of its own: the memory is that of the largest. */
async function measure(name: 'cells' | 'bare' | 'ours', shop: Shop): Promise<Taken> {
  const script = fileURLToPath(new URL('./export/measures.ts', import.meta.url));
  const child = spawn(process.execPath, [script, name, join(folder, 'cells.json')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...shop.config },
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const watch = watchMemory(child.pid!, name === 'ours' ? /download-maker/ : /measures/);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return {
    ...(JSON.parse(printed) as { seconds: number; cells: number }),
    rssMb: Math.max(0, ...watch.stop()),
  };
}

/** What a clerk feels while two large files are made, and what the two processes take. */
async function disturb(shop: Shop): Promise<void> {
  await using application = await openApplication(shop.config);
  const { client } = application;
  const quiet = await click(client, async () => false, 8000);
  const worker = startWorker(shop);
  const watch = watchMemory(worker.pid!, /download-maker/);
  for (const list of ['orders', 'orders']) await ask(client, list);
  const began = performance.now();
  await until(async () => (await countMaking(shop)) === 2, 'two files are being made');
  const busy = await click(client, async () => (await countMaking(shop)) < 2, 120_000);
  await until(async () => (await countReady(shop)) === 2, 'both files are ready');
  const seconds = (performance.now() - began) / 1000;
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  const memory = watch.stop();

  console.log(`\n  two at once      ${seconds.toFixed(2).padStart(7)} s in ${memory.length} processes`);
  console.log(`  memory of each   ${judge(Math.max(...memory), bars.rssMb)} MB`);
  console.log(`  web p95          ${inWords(quiet, busy)}`);
  console.log(`                   ${judge(p95(busy) / p95(quiet), bars.web)} × alone`);
}

async function ask(client: Client, list: string): Promise<void> {
  const page = await client.get(`/downloads/new/${list}`);
  const columns = [...page.text.matchAll(/name="columns" value="(\w+)" checked/g)].map(([, key]) => key!);
  const answer = await client.post(`/downloads/new/${list}`, { columns, reason: '속도를 재는 자료' });
  if (answer.location !== '/downloads') throw new Error(`the file was not taken on: ${answer.status}`);
}

function countMaking(shop: Shop): Promise<number> {
  return countIn(shop, 'making');
}
function countReady(shop: Shop): Promise<number> {
  return countIn(shop, 'ready');
}

async function countIn(shop: Shop, state: string): Promise<number> {
  const row = await shop
    .db('downloads')
    .where({ state })
    .where('list_name', 'orders')
    .whereNotNull('reason')
    .count({ n: '*' })
    .first();
  return Number(row?.n);
}

function median(taken: readonly Taken[]): Taken {
  const inOrder = taken.toSorted((a, b) => a.seconds - b.seconds);
  return { ...inOrder[Math.floor(inOrder.length / 2)]!, rssMb: Math.max(...taken.map(({ rssMb }) => rssMb)) };
}

function time({ seconds, rssMb }: Taken): string {
  return `${seconds.toFixed(2).padStart(7)} s ${rssMb.toFixed(0).padStart(5)} MB`;
}

function judge(value: number, bar: number): string {
  if (!(value <= bar)) missed += 1;
  return `${value.toFixed(2)} (${value <= bar ? 'within' : 'MISSED'} ${bar})`;
}
