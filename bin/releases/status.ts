import { endsAt } from './going-back.ts';
import {
  type Home,
  liveSlot,
  nameOf,
  otherOf,
  type Release,
  releaseIn,
  type SlotName,
  slotNames,
  switchedAt,
  treeOf,
} from './home.ts';
import { type InstanceState, stateOf, wasEnded } from './slot-state.ts';

export interface Status {
  live: SlotName | null;
  since: string | null;
  /** Whether `--rollback` would do. */
  canRollBack: boolean;
  /** Until when the other slot is kept; null when it does not run. */
  keptUntil: string | null;
  slots: Record<SlotName, { release: Release | null; processes: InstanceState[] }>;
}

export async function readStatus(home: Home): Promise<Status> {
  const live = liveSlot(home);
  const slots = Object.fromEntries(
    await Promise.all(
      slotNames.map(async (slot) => [
        slot,
        { release: releaseIn(treeOf(home, slot)) ?? null, processes: await stateOf(home, slot) },
      ]),
    ),
  ) as Status['slots'];
  const other = live && otherOf(live);
  const isKept = other !== undefined && slots[other].processes.some(({ running }) => running);
  return {
    live: live ?? null,
    since: switchedAt(home)?.toISOString() ?? null,
    canRollBack: other !== undefined && slots[other].release !== null && !wasEnded(home, other),
    keptUntil: isKept ? (endsAt(home)?.toISOString() ?? null) : null,
    slots,
  };
}

const stateWords: Record<InstanceState['state'], string> = {
  live: '서비스 중',
  standby: '대기',
  yielding: '하던 작업을 마치는 중',
  starting: '시작하는 중',
  ended: '꺼짐',
};

export function statusInWords({ live, since, keptUntil, canRollBack, slots }: Status): string {
  const lines = slotNames.flatMap((slot) => {
    const { release, processes } = slots[slot];
    const role = slot === live ? '서비스 중' : release ? '대기' : '비어 있음';
    const head = `${slot === live ? '●' : '○'} ${slot}  ${role}${release ? `  ${nameOf(release)}` : ''}`;
    if (!release) return [head];
    return [
      head,
      ...processes.map(
        ({ instance, state, pid }) =>
          `    ${instance.padEnd(10)} ${stateWords[state]}${pid ? `  (프로세스 ${pid})` : ''}`,
      ),
    ];
  });
  if (since) lines.push(`마지막 전환: ${inKoreanTime(since)}`);
  if (keptUntil) lines.push(`전 릴리스를 끄는 때: ${inKoreanTime(keptUntil)}`);
  lines.push(canRollBack ? '되돌릴 수 있습니다: bin/release --rollback' : '되돌릴 릴리스가 없습니다.');
  return `${lines.join('\n')}\n`;
}

function inKoreanTime(iso: string): string {
  return new Date(iso).toLocaleString('ko-KR', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'Asia/Seoul',
  });
}
