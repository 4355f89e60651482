import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure, say } from '../failure.ts';
import { projectFolder } from '../folders.ts';
import { unpack } from './archive.ts';
import type { LivingRelease } from './contracting.rules.ts';
import {
  type Home,
  lastSlot,
  liveSlot,
  nameOf,
  otherOf,
  type Release,
  releaseIn,
  type SlotName,
  sendPeopleTo,
  slotNames,
  socketsOf,
  treeOf,
} from './home.ts';
import { newestMigrationIn } from './migration-names.ts';
import { installPackages } from './packages.ts';
import { supervisorOf } from './processes.ts';
import { hasTakenOver, runsAny, startAndWait, wasEnded } from './slot-state.ts';
import { setAside, takeTurn } from './turn.ts';

export interface Released {
  slot: SlotName;
  release: Release;
  /** How long it took from the switch until every process had taken over. */
  handOverMs: number;
}

/**
 * Brings a release into the slot that is not live and sends people there. Up to the switch, whatever goes wrong and
 * whenever it is interrupted, the live slot stays as it is and the other one gets back what it had.
 */
export async function release(home: Home, archive: string, stop: AbortSignal): Promise<Released> {
  using _turn = await takeTurn(home);
  const live = liveSlot(home) ?? lastSlot(home);
  const idle = live ? otherOf(live) : 'blue';
  const incoming = join(home.slots, 'incoming');

  const fresh = await unpack(archive, incoming);
  say(`${nameOf(fresh)}을(를) ${idle} 슬롯에 올립니다.`);
  await installPackages(incoming, [...slotNames.map((slot) => treeOf(home, slot)), projectFolder]);
  stop.throwIfAborted();

  const living = await livingReleases(home);
  await runStep(home, incoming, stop, 'guard', JSON.stringify(living));
  say('데이터베이스를 준비합니다.');
  await runStep(home, incoming, stop, 'prepare');
  await publish(home, await runStep(home, incoming, stop, 'statics'));
  stop.throwIfAborted();

  const handOverMs = await occupy(home, idle, incoming, async () => {
    say('새 슬롯을 시작하고 점검합니다.');
    await startAndWait(home, idle, stop);
    await runStep(home, treeOf(home, idle), stop, 'smoke', JSON.stringify(socketsOf(home, idle)));
    stop.throwIfAborted();
    return switchTo(home, idle);
  });
  rmSync(setAside(home, idle), { recursive: true, force: true });
  forgetOldStatics(home);
  return { slot: idle, release: fresh, handOverMs };
}

/** Moves the link and waits until the slot has taken over. If it does not, people go back to where they were. */
export async function switchTo(home: Home, slot: SlotName): Promise<number> {
  const before = liveSlot(home);
  const beganAt = performance.now();
  sendPeopleTo(home, slot);
  if (await hasTakenOver(home, slot, 5000)) return Math.round(performance.now() - beganAt);
  if (before && before !== slot) {
    sendPeopleTo(home, before);
    throw new Failure(
      `${slot} 슬롯이 일을 넘겨받지 않아 ${before} 슬롯으로 되돌렸습니다. 기록을 확인하세요.`,
    );
  }
  throw new Failure(`${slot} 슬롯이 일을 넘겨받지 않았습니다. 기록을 확인하세요.`);
}

/** Puts the new tree in its place and lets it prove itself; otherwise the one that was there comes back. */
async function occupy<T>(home: Home, slot: SlotName, incoming: string, prove: () => Promise<T>): Promise<T> {
  const [tree, before] = [treeOf(home, slot), setAside(home, slot)];
  const supervisor = supervisorOf(home);
  const wasWarm = await runsAny(home, slot);
  await supervisor.stop(slot);
  if (existsSync(tree)) renameSync(tree, before);
  renameSync(incoming, tree);
  try {
    return await prove();
  } catch (error) {
    await supervisor.stop(slot);
    rmSync(tree, { recursive: true, force: true });
    if (existsSync(before)) renameSync(before, tree);
    if (wasWarm && existsSync(tree)) await supervisor.start(slot);
    throw error;
  }
}

/** Releases of this host that people are sent to or can go back to, with the migrations they know. */
async function livingReleases(home: Home): Promise<LivingRelease[]> {
  const living: LivingRelease[] = [];
  for (const slot of slotNames) {
    const known = releaseIn(treeOf(home, slot));
    if (!known || (wasEnded(home, slot) && !(await runsAny(home, slot)))) continue;
    living.push({ title: `${slot} 슬롯의 ${nameOf(known)}`, newest: newestMigrationIn(treeOf(home, slot)) });
  }
  return living;
}

/** Runs a step of the release by its own code; what it says goes on to the person, its result is JSON. */
async function runStep(
  home: Home,
  tree: string,
  stop: AbortSignal,
  name: string,
  argument = '',
): Promise<unknown> {
  stop.throwIfAborted();
  const child = spawn(join(tree, 'node_modules/.bin/node'), ['bin/releases/tree-step.ts', name, argument], {
    cwd: tree,
    env: { LOG_LEVEL: 'warn', ...home.env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // Ctrl-C in the terminal is for us: a migration is not broken off
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const output = await text(child.stdout);
  if ((await code) !== 0) throw new Failure(`‘${name}’ 단계에서 멈췄습니다. 지금 쓰는 슬롯은 그대로입니다.`);
  return JSON.parse(output);
}

/** Scripts and styles by their versions: pages that were opened before the switch go on finding theirs. */
async function publish(home: Home, folders: unknown): Promise<void> {
  for (const { address, directory } of folders as { address: string; directory: string }[]) {
    const target = join(home.statics, address);
    if (existsSync(target)) continue;
    const draft = `${target.replace(/\/$/, '')}.${process.pid}`;
    cpSync(directory, draft, { recursive: true });
    renameSync(draft, target);
  }
}

const staticsKeptMs = 30 * 24 * 3600 * 1000;

/** A page may stand open for a long time; after a month nobody's does. */
function forgetOldStatics(home: Home): void {
  const assets = join(home.statics, 'assets');
  const versions = readdirSync(assets).map((name) => join(assets, name));
  const byAge = versions.sort((a, b) => statSync(b).ctimeMs - statSync(a).ctimeMs);
  for (const old of byAge.slice(4)) {
    if (Date.now() - statSync(old).ctimeMs > staticsKeptMs) rmSync(old, { recursive: true, force: true });
  }
}
