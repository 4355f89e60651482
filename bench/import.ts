import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workerFlags } from '../bin/supervision.ts';
import { startThrowAwayServers } from '../bin/throw-away-servers.ts';
import { smartStoreLines, writeSmartStoreFile } from '../seeds/smartstore-file.ts';
import { inWords, p95 } from './clicking.ts';
import { disturb } from './import/disturbing.ts';
import { familyOf, peakRss } from './processes.ts';

/**
 * Reading and importing files of 72 columns, against floors of the same run: a bare saxes scan of the sheet, a scanner
 * written by hand that trusts the file, and the bare multi-row insert of the same rows: those that the import of the
 * file leaves. The whole import is judged against our reading and that insert together; the ratio to the scan and
 * the insert is printed beside it.
 * Each measure is a process of its own and times its own work. At last the largest file comes in while somebody clicks
 * through the lists.
 */
const bars = { reading: 1.25, byHand: 3, rssMb: 250, web: 1.5 };
/** A short file pays for the start of the reading process. */
const wholeBar = (lines: number) => (lines < 100_000 ? 2 : 1.5);
/** As bench/lists has it: 480,000 lines of 300,000 orders. */
const linesPerOrder = 1.6;
const measures = ['scan', 'hand', 'cells', 'insert', 'read', 'whole'] as const;
type Measure = (typeof measures)[number];

interface Taken {
  seconds: number;
  /** Of the largest single process. */
  rssMb: number;
}

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000,100000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: '' }, // importing or web
  },
});
const folder = mkdtempSync(join(tmpdir(), 'moa-bench-'));
let missed = 0;
{
  using servers = await startThrowAwayServers();
  for (const lines of values.lines.split(',').map(Number)) {
    const path = join(folder, `${lines}.xlsx`);
    await writeSmartStoreFile(path, smartStoreLines({ orders: Math.round(lines / linesPerOrder), lines }));
    if (values.only !== 'web') report(lines, await measureAll(path, servers, Number(values.runs)));
  }
  if (values.only !== 'importing') await reportPages(servers);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = missed > 0 ? 1 : 0;

type Servers = Awaited<ReturnType<typeof startThrowAwayServers>>;

/** In turn, so that a slow minute of the machine hits all alike; the medians count. */
async function measureAll(path: string, servers: Servers, runs: number): Promise<Record<Measure, Taken>> {
  const taken: Record<Measure, Taken[]> = { scan: [], hand: [], cells: [], insert: [], read: [], whole: [] };
  for (let run = 0; run < runs; run++) {
    for (const measure of measures) taken[measure].push(await measureOne(measure, path, servers));
  }
  return Object.fromEntries(measures.map((name) => [name, median(taken[name])])) as Record<Measure, Taken>;
}

async function measureOne(measure: Measure, path: string, servers: Servers): Promise<Taken> {
  const script = fileURLToPath(new URL('./import/measures.ts', import.meta.url));
  const flags = measure === 'whole' ? workerFlags : []; // as bin/start runs the worker
  const child = spawn(process.execPath, [...flags, script, measure, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      TZ: 'Asia/Seoul',
      TEST_DATABASE_URL: servers.databaseUrl,
      TEST_REDIS_URL: servers.redisUrl,
    },
  });
  let printed = '';
  let peak = 0;
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const watch = setInterval(() => {
    peak = Math.max(peak, ...familyOf(child.pid!).map(peakRss));
  }, 20);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${measure} ended with ${code}`);
  return { seconds: (JSON.parse(printed) as { seconds: number }).seconds, rssMb: peak };
}

function median(taken: readonly Taken[]): Taken {
  const middle = (of: (one: Taken) => number) =>
    taken.map(of).sort((a, b) => a - b)[Math.floor(taken.length / 2)]!;
  return { seconds: middle((one) => one.seconds), rssMb: Math.max(...taken.map((one) => one.rssMb)) };
}

function report(lines: number, taken: Record<Measure, Taken>): void {
  const { scan, hand, cells, insert, read, whole } = taken;
  console.log(`\n${lines.toLocaleString('en')} lines × 72 columns`);
  console.log(`  saxes scan        ${time(scan)}`);
  console.log(`  scan by hand      ${time(hand)}`);
  console.log(`  insert of rows    ${time(insert)}`);
  console.log(`  insert of cells   ${time(cells)}  for comparison: 72 texts a row, no keys`);
  console.log(
    `  reading           ${time(read)}  ${judge(read.seconds / scan.seconds, bars.reading)} × the scan`,
  );
  console.log(`${beside()}${judge(read.seconds / hand.seconds, bars.byHand)} × the scan by hand`);
  console.log(`${beside()}${judge(read.rssMb, bars.rssMb)} MB`);
  const importing = whole.seconds / (read.seconds + insert.seconds);
  console.log(
    `  file to applied   ${time(whole)}  ${judge(importing, wholeBar(lines))} × (reading + insert)`,
  );
  const besideScan = whole.seconds / (scan.seconds + insert.seconds);
  console.log(`${beside()}${besideScan.toFixed(2)} × (scan + insert), for comparison`);
  console.log(`${beside()}${judge(whole.rssMb, bars.rssMb)} MB in its largest process`);
}

/** What a clerk feels while the largest of the files comes in. */
async function reportPages(servers: Servers): Promise<void> {
  const largest = Math.max(...values.lines.split(',').map(Number));
  const { quiet, busy } = await disturb(servers, join(folder, `${largest}.xlsx`));
  console.log(`\n${largest.toLocaleString('en')} lines beside somebody at work`);
  console.log(`  web p95           ${inWords(quiet, busy)}`);
  console.log(`                    ${judge(p95(busy) / p95(quiet), bars.web)} × alone`);
}

function beside(): string {
  return ' '.repeat(40);
}

function time({ seconds, rssMb }: Taken): string {
  return `${seconds.toFixed(2).padStart(7)} s ${rssMb.toFixed(0).padStart(5)} MB`;
}

function judge(value: number, bar: number): string {
  if (value > bar) missed += 1;
  return `${value.toFixed(2)} (${value > bar ? 'MISSED' : 'within'} ${bar})`;
}
