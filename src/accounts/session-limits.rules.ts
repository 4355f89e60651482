/** How long the sessions of a role last, and whether its people may stay signed in beyond them. */
export interface SessionLimits {
  idleMinutes: number;
  absoluteMinutes: number;
  mayBeRemembered: boolean;
}

/** A working day is ten hours: who signs in at its beginning is not sent out before its end, and is by the next. */
export const usualLimits: SessionLimits = {
  idleMinutes: 60,
  absoluteMinutes: 12 * 60,
  mayBeRemembered: true,
};

export const idleRange = { from: 5, to: 12 * 60 } as const;
export const absoluteRange = { from: 30, to: 7 * 24 * 60 } as const;

const minute = 60_000;

/** How a session that began then goes on at this moment; `over` when its longest time is past. */
export function standing(
  limits: SessionLimits,
  startedAt: number,
  now: number,
): { idleMs: number; endsAt: number; over: boolean } {
  const endsAt = startedAt + limits.absoluteMinutes * minute;
  return { idleMs: limits.idleMinutes * minute, endsAt, over: now >= endsAt };
}

/** How long before its end a session says so: five minutes, less where there are not many. */
export function warningMs(limits: SessionLimits): number {
  return Math.min(5 * minute, (limits.idleMinutes * minute) / 4);
}
