import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LivingRelease } from '../../bin/releases/contracting.rules.ts';
import { endKept, goLive, rollBack, standDown } from '../../bin/releases/going-back.ts';
import { liveSlot, otherOf, type SlotName, treeOf } from '../../bin/releases/home.ts';
import { supervisorOf } from '../../bin/releases/processes.ts';
import { release } from '../../bin/releases/releasing.ts';
import { type InstanceState, runsAny, stateOf } from '../../bin/releases/slot-state.ts';
import { ask } from '../../bin/releases/socket-client.ts';
import { readStatus, statusInWords } from '../../bin/releases/status.ts';
import { setAside, takeTurn } from '../../bin/releases/turn.ts';
import { endAll, openFakeHome, packFake } from './fake-release.ts';

const home = openFakeHome();
after(async () => {
  await endAll(home);
  home[Symbol.dispose]();
});
const never = new AbortController().signal;

/** The version that answers where people are sent. */
async function answering(): Promise<string> {
  const { text } = await ask(join(home.sockets, 'live/web-1.sock'), '/');
  return JSON.parse(text).release;
}

/** The one before looks at the link a moment after it was moved. */
async function standingBy(slot: SlotName): Promise<InstanceState[]> {
  for (const giveUpAt = Date.now() + 10_000; ; await sleep(20)) {
    const states = await stateOf(home, slot);
    if (states.every(({ state }) => state === 'standby')) return states;
    assert.ok(Date.now() < giveUpAt, JSON.stringify(states));
  }
}

test('a release goes to the slot that is not live, and the one before stays warm to go back to', async () => {
  await release(home, packFake(home.folder, '1'), never);
  assert.deepEqual([liveSlot(home), await answering()], ['blue', '1']);
  await release(home, packFake(home.folder, '2'), never);
  assert.deepEqual([liveSlot(home), await answering()], ['green', '2']);

  const status = await readStatus(home);
  assert.equal(status.canRollBack, true);
  assert.ok(Date.parse(status.keptUntil!) - Date.parse(status.since!) === 48 * 3600_000);
  assert.match(statusInWords(status), /● green {2}서비스 중 {2}2 .*\n[\s\S]*되돌릴 수 있습니다/);
  const states = await standingBy('blue');

  const pids = states.map(({ pid }) => pid);
  const beganAt = performance.now();
  await rollBack(home);
  assert.ok(performance.now() - beganAt < 5000);
  assert.deepEqual([liveSlot(home), await answering()], ['blue', '1']);
  assert.deepEqual(
    (await stateOf(home, 'blue')).map(({ pid }) => pid),
    pids,
    'nothing was started anew',
  );
  for (const version of ['1', '2'])
    assert.equal(readFileSync(join(home.statics, 'assets', version, 'style.css'), 'utf8'), version);
});

test('a release that fails leaves the live slot as it is, and the other one what it had', async () => {
  for (const step of ['guard', 'prepare', 'smoke', 'start', 'take over'] as const) {
    const archive = packFake(home.folder, `bad-${step.replace(' ', '-')}`, step);
    await assert.rejects(release(home, archive, never), /./, step);
    assert.deepEqual([liveSlot(home), await answering()], ['blue', '1'], step);
  }
  await rollBack(home);
  assert.equal(await answering(), '2', 'the way back is open');
  await rollBack(home);
});

test('a person who breaks it off does the same', async () => {
  const stop = new AbortController();
  const going = release(home, packFake(home.folder, '3'), stop.signal);
  setTimeout(() => stop.abort(new Error('Ctrl-C')), 100);
  await assert.rejects(going, /Ctrl-C/);
  assert.deepEqual([liveSlot(home), await answering()], ['blue', '1']);
});

test('what a killed release left half done is put right by whoever comes next', async () => {
  await endAll(home);
  renameSync(treeOf(home, 'green'), setAside(home, 'green'));
  mkdirSync(treeOf(home, 'green'));
  writeFileSync(join(treeOf(home, 'green'), 'half'), '');
  (await takeTurn(home))[Symbol.dispose]();
  assert.ok(await runsAny(home, 'green'), 'the way back is warm again');
  await rollBack(home);
  assert.equal(await answering(), '2');
  assert.ok(!existsSync(setAside(home, 'green')) && !existsSync(join(treeOf(home, 'green'), 'half')));
});

test('two at once do not change the slots', async () => {
  using _turn = await takeTurn(home);
  await assert.rejects(rollBack(home), /다른 릴리스 작업이 진행 중/);
});

test('people can leave a release that keeps the database from answering', async () => {
  await rollBack(home); // so that both run
  const [from, unready] = [liveSlot(home)!, join(home.sockets, 'nobody-is-ready')];
  writeFileSync(unready, '');
  try {
    await rollBack(home);
    assert.equal(liveSlot(home), otherOf(from));
  } finally {
    rmSync(unready);
  }
});

test('a host that laid down its work takes it up in the slot it had', async () => {
  for (let n = 0; n < 2; n++) {
    await rollBack(home);
    const live = liveSlot(home);
    await standDown(home);
    assert.equal(liveSlot(home), undefined);
    await goLive(home);
    assert.equal(liveSlot(home), live);
  }
});

test('a slot is ended when it has been kept long enough, and is no way back any more', async () => {
  await rollBack(home); // so that both run
  const live = liveSlot(home)!;
  assert.equal(await endKept(home, { now: false }), undefined, 'not before');
  const ended = await endKept({ ...home, keepHours: 0 }, { now: false });
  assert.equal(ended, otherOf(live));
  assert.deepEqual([await runsAny(home, ended!), await runsAny(home, live)], [false, true]);
  await assert.rejects(rollBack(home), /다시 올리세요/);
  assert.equal((await readStatus(home)).canRollBack, false);
});

test('a slot that was ended stays ended when the release that was to take its place fails', async () => {
  await assert.rejects(release(home, packFake(home.folder, 'late', 'smoke'), never));
  await assert.rejects(rollBack(home), /다시 올리세요/, 'what it used may be gone');
});

test('a migration that takes away is refused while there is a way back, whether that runs or not', async () => {
  const known = () => JSON.parse(readFileSync(join(home.folder, 'guarded.json'), 'utf8')) as LivingRelease[];
  await release(home, packFake(home.folder, '4'), never);
  const old = otherOf(liveSlot(home)!);
  await supervisorOf(home).stop(old); // it crashed, or somebody stopped it by hand
  await assert.rejects(release(home, packFake(home.folder, '5', 'prepare'), never));
  assert.equal(known().length, 2);

  assert.equal(await endKept(home, { now: true }), old);
  await assert.rejects(release(home, packFake(home.folder, '6', 'prepare'), never));
  assert.deepEqual(
    known().map(({ title }) => title.includes(old)),
    [false],
  );
});
