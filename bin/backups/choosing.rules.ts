import type { FullManifest, LogManifest } from './manifests.ts';

/** What a restore is made of. */
export interface Choice {
  full: FullManifest;
  /** In order; the first holds the place where the full back-up left off. */
  logs: LogManifest[];
  /** Up to when what was committed comes back. */
  until: Date;
}

/** Why a moment cannot be had; the words go to the person who asked. */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

const numberOf = (name: string) => Number(name.split('.').at(-1));

/**
 * The newest full back-up that holds nothing younger than `wanted`, and the logs from there. Without `wanted` as far as
 * the logs go. A gap in the logs ends what can be had: what lies behind it belongs to another state of the data.
 */
export function choose(
  fulls: readonly FullManifest[],
  logs: readonly LogManifest[],
  wanted: Date | undefined,
): Choice {
  const usable = fulls.filter(({ coveredUntil }) => !wanted || Date.parse(coveredUntil) <= wanted.getTime());
  const full = usable.sort((a, b) => Date.parse(a.coveredUntil) - Date.parse(b.coveredUntil)).at(-1);
  if (!full) {
    const first = fulls.map(({ coveredUntil }) => coveredUntil).sort()[0];
    throw new Unreachable(
      first
        ? `가장 오래된 백업이 ${korean(first)}의 것이라 그 앞은 되살릴 수 없습니다.`
        : '백업이 하나도 없습니다.',
    );
  }
  const own = full.log ? followingLogs(full.log.file, full, logs) : [];
  const reached = new Date(
    own.reduce((last, { coveredUntil }) => coveredUntil ?? last, full.coveredUntil as string),
  );
  if (!wanted) return { full, logs: own, until: reached };
  if (wanted > reached)
    throw new Unreachable(
      `변경 기록이 ${korean(reached.toISOString())}까지만 이어져 있어 그 뒤는 되살릴 수 없습니다.`,
    );
  const lastNeeded = own.findIndex(
    ({ coveredUntil }) => coveredUntil && Date.parse(coveredUntil) >= wanted.getTime(),
  );
  return { full, logs: own.slice(0, lastNeeded + 1), until: wanted };
}

/** Logs numbered on from the one the copy left off in, begun before or after it as it must be; up to the first gap. */
function followingLogs(first: string, full: FullManifest, logs: readonly LogManifest[]): LogManifest[] {
  const base = first.slice(0, first.lastIndexOf('.'));
  const begins = logs
    .filter(({ name, createdAt }) => name === first && Date.parse(createdAt) <= Date.parse(full.coveredUntil))
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    .at(-1);
  if (!begins) return [];
  const found = [begins];
  for (let number = numberOf(first) + 1; ; number++) {
    const previous = found.at(-1)!;
    const next = logs
      .filter(
        ({ name, createdAt }) =>
          name.slice(0, name.lastIndexOf('.')) === base &&
          numberOf(name) === number &&
          Date.parse(createdAt) >= Date.parse(previous.createdAt),
      )
      .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))[0];
    if (!next) return found;
    found.push(next);
  }
}

function korean(iso: string): string {
  const at = new Date(iso);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
