import type { Beat, Disk } from './heartbeats.ts';

/** `replaced`: silent, and another of its kind has begun in its place since. */
export type ProcessState = 'alive' | 'standby' | 'silent' | 'replaced';

export interface JudgedProcess extends Beat {
  state: ProcessState;
}

/** Two beats may be missed. */
export const silentAfterMs = 35_000;

export const stateNames: Record<ProcessState, string> = {
  alive: '동작 중',
  standby: '대기',
  silent: '응답 없음',
  replaced: '다시 시작됨',
};

export const stateTones: Record<ProcessState, string> = {
  alive: 'green',
  standby: 'blue',
  silent: 'red',
  replaced: 'neutral',
};

/** Each newcomer stands for one that fell silent before it began: on the same host, in the same slot. */
export function judgeProcesses(beats: readonly Beat[], now: number): JudgedProcess[] {
  const isSilent = ({ seenAt }: Beat) => now - seenAt > silentAfterMs;
  const newcomers = beats.filter((beat) => !isSilent(beat));
  const taken = new Set<string>();
  const replacementOf = (gone: Beat) =>
    newcomers.find(
      (beat) => !taken.has(beat.id) && placeOf(beat) === placeOf(gone) && beat.startedAt > gone.seenAt,
    );

  const judged = new Map<string, ProcessState>();
  for (const beat of beats.toSorted((a, b) => b.seenAt - a.seenAt)) {
    if (!isSilent(beat)) {
      judged.set(beat.id, beat.live ? 'alive' : 'standby');
      continue;
    }
    const replacement = replacementOf(beat);
    if (replacement) taken.add(replacement.id);
    judged.set(beat.id, replacement ? 'replaced' : 'silent');
  }
  return beats
    .map((beat) => ({ ...beat, state: judged.get(beat.id)! }))
    .sort((a, b) => rank(a) - rank(b) || a.host.localeCompare(b.host) || a.startedAt - b.startedAt);
}

const placeOf = ({ kind, host, slot }: Beat) => `${kind} ${host} ${slot}`;
const rank = ({ state, kind }: JudgedProcess) =>
  ['silent', 'alive', 'standby', 'replaced'].indexOf(state) * 2 + (kind === 'web' ? 0 : 1);

/** A disk that several processes of a host tell of is one disk. */
export function disksOf(processes: readonly JudgedProcess[]): (Disk & { host: string })[] {
  const found = new Map<string, Disk & { host: string }>();
  for (const { host, disks, state } of processes) {
    if (state !== 'alive' && state !== 'standby') continue;
    for (const disk of disks) {
      const twin = [...found.values()].some(
        (other) =>
          other.host === host &&
          other.size === disk.size &&
          Math.abs(other.free - disk.free) < disk.size / 1000,
      );
      if (!twin) found.set(`${host} ${disk.path}`, { host, ...disk });
    }
  }
  return [...found.values()];
}
