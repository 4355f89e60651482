import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { type FileLock, tryLock } from '../file-locks.ts';
import { type Home, liveSlot, type SlotName, slotNames, treeOf } from './home.ts';
import { supervisorOf } from './processes.ts';
import { wasEnded } from './slot-state.ts';

/** One at a time changes the slots. What one that was killed left half done is put right first. */
export async function takeTurn(home: Home): Promise<Disposable> {
  if (!existsSync(home.slots))
    throw new Failure(`${home.folder} 폴더가 준비되지 않았습니다. bin/release init을 먼저 실행하세요.`);
  const lock: FileLock | undefined = tryLock(join(home.folder, 'release.lock'), 'exclusive');
  if (!lock) throw new Failure('다른 릴리스 작업이 진행 중입니다. 끝난 뒤 다시 실행하세요.');
  await putRight(home);
  return { [Symbol.dispose]: () => lock.release() };
}

/** The release that stands aside while another takes its slot, until that one is live. */
export function setAside(home: Home, slot: SlotName): string {
  return `${treeOf(home, slot)}.before`;
}

async function putRight(home: Home): Promise<void> {
  for (const slot of slotNames) {
    const before = setAside(home, slot);
    if (!existsSync(before)) continue;
    if (liveSlot(home) !== slot) {
      await supervisorOf(home).stop(slot);
      rmSync(treeOf(home, slot), { recursive: true, force: true });
      renameSync(before, treeOf(home, slot));
      if (!wasEnded(home, slot)) await supervisorOf(home).start(slot); // it is the way back, and to be kept warm
    } else rmSync(before, { recursive: true, force: true });
  }
}
