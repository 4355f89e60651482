import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workerFlags } from '../bin/supervision.ts';
import { startThrowAwayServers } from '../bin/throw-away-servers.ts';
import type { Client } from '../tests/support/client.ts';
import { openApplication } from './lists/application.ts';
import { openShop, type Shop } from './lists/shop.ts';

/**
 * A whole list as a file, against a bare ExcelJS WorkbookWriter of the same cells, each in a process of its own; then
 * two files at once by the worker while somebody works in the lists, against the same clicks with nothing else to do.
 */
const bars = { writing: 1.2, rssMb: 512, web: 1.2 };
const clicks = ['/orders', '/orders?status=new&sort=ship_by', '/orders?q=김하', '/deliveries', '/account'];
const pauseMs = 40;

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
  const words = `${busy.times.length} pages against ${quiet.times.length}`;
  console.log(
    `  web p95          ${p95(quiet.times).toFixed(0)} ms alone, ${p95(busy.times).toFixed(0)} ms meanwhile (${words})`,
  );
  console.log(`                   ${judge(p95(busy.times) / p95(quiet.times), bars.web)} × alone`);
}

async function ask(client: Client, list: string): Promise<void> {
  const page = await client.get(`/downloads/new/${list}`);
  const columns = [...page.text.matchAll(/name="columns" value="(\w+)" checked/g)].map(([, key]) => key!);
  const answer = await client.post(`/downloads/new/${list}`, { columns, reason: '속도를 재는 자료' });
  if (answer.location !== '/downloads') throw new Error(`the file was not taken on: ${answer.status}`);
}

/** Clicks through the lists like somebody at work, until told otherwise or the time is over. */
async function click(
  client: Client,
  isOver: () => Promise<boolean>,
  longestMs: number,
): Promise<{ times: number[] }> {
  const times: number[] = [];
  const began = performance.now();
  for (let at = 0; performance.now() - began < longestMs; at++) {
    if (at % 10 === 0 && (await isOver())) break;
    const start = performance.now();
    const { status } = await client.get(clicks[at % clicks.length]!);
    if (status !== 200) throw new Error(`${clicks[at % clicks.length]} answered ${status}`);
    if (at >= clicks.length) times.push(performance.now() - start); // the first round warms up
    await sleep(pauseMs);
  }
  return { times };
}

function startWorker(shop: Shop): ChildProcess {
  const script = fileURLToPath(new URL('../src/worker.ts', import.meta.url));
  return spawn(process.execPath, [...workerFlags, script], {
    stdio: 'ignore',
    env: { ...process.env, ...shop.config },
  });
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

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await sleep(20);
  }
}

/** The peaks of the processes below `pid`, or itself, whose command line fits. */
function watchMemory(pid: number, command: RegExp): { stop(): number[] } {
  const peaks = new Map<number, number>();
  const look = () => {
    for (const id of familyOf(pid)) {
      if (!command.test(readProc(id, 'cmdline'))) continue;
      const peak = Number(/VmHWM:\s+(\d+)/.exec(readProc(id, 'status'))?.[1] ?? 0) / 1024;
      peaks.set(id, Math.max(peaks.get(id) ?? 0, peak));
    }
  };
  const timer = setInterval(look, 100);
  return {
    stop() {
      clearInterval(timer);
      return [...peaks.values()];
    },
  };
}

function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(
      (name) => [Number(name), Number(readProc(Number(name), 'stat').split(') ')[1]?.split(' ')[1])] as const,
    );
  const children = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([id]) => [id, ...children(id)]);
  return [pid, ...children(pid)];
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

function median(taken: readonly Taken[]): Taken {
  const inOrder = taken.toSorted((a, b) => a.seconds - b.seconds);
  return { ...inOrder[Math.floor(inOrder.length / 2)]!, rssMb: Math.max(...taken.map(({ rssMb }) => rssMb)) };
}

function p95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]!;
}

function time({ seconds, rssMb }: Taken): string {
  return `${seconds.toFixed(2).padStart(7)} s ${rssMb.toFixed(0).padStart(5)} MB`;
}

function judge(value: number, bar: number): string {
  if (!(value <= bar)) missed += 1;
  return `${value.toFixed(2)} (${value <= bar ? 'within' : 'MISSED'} ${bar})`;
}
