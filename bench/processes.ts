import { readdirSync, readFileSync } from 'node:fs';

/** The process and its children, as /proc tells. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(
      (name) => [Number(name), Number(readProc(Number(name), 'stat').split(') ')[1]?.split(' ')[1])] as const,
    );
  const children = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([id]) => [id, ...children(id)]);
  return [pid, ...children(pid)];
}

/** MB. */
export function peakRss(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1024;
}

/** MB, now. */
export function rss(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1024;
}

/** The peaks, in MB, of the processes below `pid`, or itself, whose command line fits. */
export function watchMemory(pid: number, command: RegExp): { stop(): number[] } {
  const peaks = new Map<number, number>();
  const look = () => {
    for (const id of familyOf(pid)) {
      if (!command.test(readProc(id, 'cmdline'))) continue;
      peaks.set(id, Math.max(peaks.get(id) ?? 0, peakRss(id)));
    }
  };
  const timer = setInterval(look, 100);
  return {
    stop() {
      clearInterval(timer);
      return [...peaks.values()];
    },
  };
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
