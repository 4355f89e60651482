import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { endKept, rollBack } from '../../bin/releases/going-back.ts';
import { liveSlot, otherOf, treeOf } from '../../bin/releases/home.ts';
import { release } from '../../bin/releases/releasing.ts';
import { runsAny, stateOf } from '../../bin/releases/slot-state.ts';
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

test('a release goes to the slot that is not live, and the one before stays warm to go back to', async () => {
  await release(home, packFake(home.folder, '1'), never);
  assert.deepEqual([liveSlot(home), await answering()], ['blue', '1']);
  await release(home, packFake(home.folder, '2'), never);
  assert.deepEqual([liveSlot(home), await answering()], ['green', '2']);

  const status = await readStatus(home);
  assert.equal(status.canRollBack, true);
  assert.ok(Date.parse(status.keptUntil!) - Date.parse(status.since!) === 48 * 3600_000);
  assert.match(statusInWords(status), /● green {2}서비스 중 {2}2 .*\n[\s\S]*되돌릴 수 있습니다/);
  const states = await stateOf(home, 'blue');
  assert.deepEqual(new Set(states.map(({ state }) => state)), new Set(['standby']));

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
  await rollBack(home);
  assert.equal(await answering(), '2');
  assert.ok(!existsSync(setAside(home, 'green')) && !existsSync(join(treeOf(home, 'green'), 'half')));
});

test('two at once do not change the slots', async () => {
  using _turn = await takeTurn(home);
  await assert.rejects(rollBack(home), /다른 릴리스 작업이 진행 중/);
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
