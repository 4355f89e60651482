import { Failure } from '../failure.ts';
import {
  type Home,
  lastSlot,
  liveSlot,
  otherOf,
  releaseIn,
  type SlotName,
  sendPeopleAway,
  slotNames,
  switchedAt,
  treeOf,
} from './home.ts';
import { switchTo } from './releasing.ts';
import { endSlot, isWhole, runsAny, startAndWait, wasEnded } from './slot-state.ts';
import { takeTurn } from './turn.ts';

/** Sends people back to the release before, which still runs. */
export async function rollBack(home: Home): Promise<{ slot: SlotName; handOverMs: number }> {
  using _turn = await takeTurn(home);
  const live = liveSlot(home);
  if (!live) throw new Failure('지금 쓰는 슬롯이 없습니다. 먼저 릴리스를 올리세요.');
  const other = otherOf(live);
  if (!releaseIn(treeOf(home, other))) throw new Failure('되돌릴 릴리스가 없습니다.');
  if (wasEnded(home, other))
    throw new Failure(
      `${home.keepHours}시간이 지나 전 릴리스를 끝냈습니다. 그 릴리스의 묶음을 bin/release로 다시 올리세요.`,
    );
  if (!(await isWhole(home, other))) await startAndWait(home, other);
  return { slot: other, handOverMs: await switchTo(home, other) };
}

/** When the slot that is not live will be ended; undefined when none waits for it. */
export function endsAt(home: Home): Date | undefined {
  const at = switchedAt(home);
  return at && new Date(at.getTime() + home.keepHours * 3600 * 1000);
}

/** Ends the slot that has been kept long enough, or at once; gives the slot that was ended. */
export async function endKept(home: Home, { now }: { now: boolean }): Promise<SlotName | undefined> {
  using _turn = await takeTurn(home);
  const live = liveSlot(home);
  if (!live) return undefined;
  const other = otherOf(live);
  const due = endsAt(home);
  if (!releaseIn(treeOf(home, other))) return undefined;
  if (wasEnded(home, other) && !(await runsAny(home, other))) return undefined;
  if (!now && (!due || due.getTime() > Date.now())) return undefined;
  await endSlot(home, other);
  return other;
}

/** For a group of hosts: whoever balances between them sends people to this host. */
export async function goLive(home: Home): Promise<number> {
  using _turn = await takeTurn(home);
  const installed = slotNames.find((slot) => releaseIn(treeOf(home, slot)));
  const slot = liveSlot(home) ?? lastSlot(home) ?? installed;
  if (!slot) throw new Failure('올려 둔 릴리스가 없습니다.');
  if (!(await isWhole(home, slot))) await startAndWait(home, slot);
  return switchTo(home, slot);
}

/** For a group of hosts: people have gone to another one. The processes stay, to be gone back to. */
export async function standDown(home: Home): Promise<void> {
  using _turn = await takeTurn(home);
  sendPeopleAway(home);
}
