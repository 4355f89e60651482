/** What is kept: all, then by the day with every minute between, then by the week. */
export const kept = { allDays: 2, days: 14, weeks: 8 } as const;

const dayMs = 24 * 3600 * 1000;

interface Full {
  name: string;
  startedAt: string;
  log: { file: string; position: number } | undefined;
}

interface Log {
  file: string;
  createdAt: string;
  savedAt: string;
}

/**
 * What may go. Every full back-up stays for two days: one made in haste after a mistake must not push out the one from
 * before it. Then the newest of a day stays for two weeks, that of a week for eight; nothing lies longer, because what
 * was destroyed on schedule must not live on in a back-up. Logs stay as long as a full back-up of the last two weeks
 * needs them. The newest back-up never goes, however old it is: there may be a reason that no other came.
 */
export function outdated<F extends Full, L extends Log>(
  fulls: readonly F[],
  logs: readonly L[],
  now: Date,
): { fulls: F[]; logs: L[] } {
  const newestFirst = [...fulls].sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  const age = (at: string) => now.getTime() - Date.parse(at);
  const days = new Set<string>();
  const weeks = new Set<number>();
  const stays = new Set<F>(newestFirst.slice(0, 1));
  for (const full of newestFirst) {
    const [day, week] = [full.name.slice(0, 8), Math.floor(Date.parse(full.startedAt) / (7 * dayMs))];
    if (age(full.startedAt) <= kept.allDays * dayMs) stays.add(full);
    if (age(full.startedAt) <= kept.days * dayMs && !days.has(day)) stays.add(full);
    if (age(full.startedAt) <= kept.weeks * 7 * dayMs && !weeks.has(week)) stays.add(full);
    days.add(day);
    weeks.add(week);
  }
  const withLogs = newestFirst.filter(
    (full, at) => stays.has(full) && (at === 0 || age(full.startedAt) <= kept.days * dayMs),
  );
  const neededSince = withLogs.at(-1)?.startedAt;
  return {
    fulls: newestFirst.filter((full) => !stays.has(full)),
    // a log that was saved after the oldest of them began may hold what it needs
    logs: neededSince ? logs.filter((log) => Date.parse(log.savedAt) < Date.parse(neededSince)) : [],
  };
}
