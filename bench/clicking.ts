import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { workerFlags } from '../bin/supervision.ts';
import type { Client } from '../tests/support/client.ts';
import type { Shop } from './lists/shop.ts';

const clicks = ['/orders', '/orders?status=new&sort=ship_by', '/orders?q=김하', '/deliveries', '/account'];
const pauseMs = 40;

/** Clicks through the lists like somebody at work, until told otherwise or the time is over; the times in ms. */
export async function click(
  client: Client,
  isOver: () => Promise<boolean>,
  longestMs: number,
): Promise<number[]> {
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
  return times;
}

/** The worker as bin/start runs it. */
export function startWorker(shop: Shop): ChildProcess {
  const script = fileURLToPath(new URL('../src/worker.ts', import.meta.url));
  return spawn(process.execPath, [...workerFlags, script], {
    stdio: 'ignore',
    env: { ...process.env, ...shop.config },
  });
}

export async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await sleep(20);
  }
}

export function p95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]!;
}

export function inWords(quiet: readonly number[], busy: readonly number[]): string {
  const pages = `${busy.length} pages against ${quiet.length}`;
  return `${p95(quiet).toFixed(0)} ms alone, ${p95(busy).toFixed(0)} ms meanwhile (${pages})`;
}
