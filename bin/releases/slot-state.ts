import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlotState } from '#lib/slot.ts';
import { Failure } from '../failure.ts';
import { type Home, instancesOf, type SlotName, socketsOf, treeOf } from './home.ts';
import { reportOf, supervisorOf } from './processes.ts';
import { isAlive, isReady } from './socket-client.ts';

export interface InstanceState {
  instance: string;
  running: boolean;
  state: SlotState | 'starting' | 'ended';
  pid?: number;
  since?: string;
}

export async function stateOf(home: Home, slot: SlotName): Promise<InstanceState[]> {
  const supervisor = supervisorOf(home);
  return Promise.all(
    instancesOf(home).map(async (instance) => {
      const running = await supervisor.isRunning(slot, instance);
      const report = running ? reportOf(home, slot, instance) : undefined;
      if (report) return { instance, running, ...report };
      return { instance, running, state: running ? ('starting' as const) : ('ended' as const) };
    }),
  );
}

export async function runsAny(home: Home, slot: SlotName): Promise<boolean> {
  return (await stateOf(home, slot)).some(({ running }) => running);
}

/** Starts a slot and waits until each web answers that it can do its work, and each worker that it stands by. */
export async function startAndWait(home: Home, slot: SlotName, stop?: AbortSignal): Promise<void> {
  rmSync(endedMark(home, slot), { force: true });
  const supervisor = supervisorOf(home);
  await supervisor.start(slot);
  for (const giveUpAt = Date.now() + 60_000; Date.now() < giveUpAt; await sleep(50)) {
    stop?.throwIfAborted();
    const states = await stateOf(home, slot);
    const dead = home.supervisor === 'plain' ? states.find(({ running }) => !running) : undefined;
    if (dead)
      throw new Failure(
        `${slot} 슬롯의 ${dead.instance}이(가) 시작하지 못했습니다.\n${supervisor.lastWords(slot, dead.instance)}`,
      );
    if (states.some(({ state }) => state === 'starting' || state === 'ended')) continue;
    if (await everyWeb(home, slot, isReady)) return;
  }
  const late = (await stateOf(home, slot)).find(({ state }) => state === 'starting' || state === 'ended');
  throw new Failure(
    `1분을 기다려도 ${slot} 슬롯이 준비되지 않았습니다.\n${supervisor.lastWords(slot, late?.instance ?? 'web-1')}`,
  );
}

/**
 * All its processes are there. Not whether they can do their work: the release that people want to leave may be what
 * keeps the database from answering.
 */
export async function isWhole(home: Home, slot: SlotName): Promise<boolean> {
  const states = await stateOf(home, slot);
  const isUp = states.every(({ state }) => state !== 'starting' && state !== 'ended');
  return isUp && (await everyWeb(home, slot, isAlive));
}

async function everyWeb(home: Home, slot: SlotName, is: (socket: string) => Promise<boolean>) {
  return (await Promise.all(socketsOf(home, slot).map(is))).every(Boolean);
}

/** Waits until every process of the slot says that it has taken up the work; false when one does not. */
export async function hasTakenOver(home: Home, slot: SlotName, withinMs: number): Promise<boolean> {
  for (const giveUpAt = Date.now() + withinMs; ; await sleep(20)) {
    if ((await stateOf(home, slot)).every(({ state }) => state === 'live')) return true;
    if (Date.now() > giveUpAt) return false;
  }
}

/** Ends a slot for good: from then on there is nothing to go back to. */
export async function endSlot(home: Home, slot: SlotName): Promise<void> {
  await supervisorOf(home).stop(slot);
  writeFileSync(endedMark(home, slot), new Date().toISOString());
}

export function wasEnded(home: Home, slot: SlotName): boolean {
  return existsSync(endedMark(home, slot));
}

/** Lies in the tree it is about: when another is tried in its place, the mark steps aside and comes back with it. */
function endedMark(home: Home, slot: SlotName): string {
  return join(treeOf(home, slot), 'ended');
}
