import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a drill works in: a folder, the processes it started, and what it was asked for. */
export interface Lab extends AsyncDisposable {
  /** Gone at the end, unless something was missed: then the logs of all processes are read there. */
  folder: string;
  /** As short as it can be and still mean something. */
  quick: boolean;
  /** `--lines=20000` of the command line, or else what is usual. */
  option(name: string, usual: number): number;
  say(text: string): void;
  /** Starts a program that ends with the drill; what it writes goes to a log with this name. */
  spawn(name: string, program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  logOf(name: string): string;
  /** To be done at the end, last first. */
  defer(end: () => Promise<void> | void): void;
  /** Leaves the folder where it is. */
  keepFolder(): void;
}

export function openLab(name: string, args: readonly string[]): Lab {
  const folder = mkdtempSync(join(roomiestFolder(), `moa-drill-${name}-`));
  mkdirSync(join(folder, 'logs'));
  const stack = new AsyncDisposableStack();
  const children = new Set<ChildProcess>();
  const startedAt = performance.now();
  let kept = false;

  const killAll = () => {
    for (const child of children) if (isRunning(child)) child.kill('SIGKILL');
  };
  process.on('exit', () => {
    killAll();
    if (!kept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const lab: Lab = {
    folder,
    quick: args.includes('--quick'),
    option(wanted, usual) {
      const given = args.find((arg) => arg.startsWith(`--${wanted}=`))?.split('=')[1];
      if (given === undefined) return usual;
      if (!/^\d+(\.\d+)?$/.test(given)) throw new Error(`--${wanted}=${given} is no number`);
      return Number(given);
    },
    say(text) {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
      process.stderr.write(`${seconds} s  ${text}\n`);
    },
    spawn(logName, program, programArgs, options = {}) {
      const log = openSync(lab.logOf(logName), 'a', 0o600);
      const child = spawn(program, programArgs, { stdio: ['ignore', log, log], ...options });
      closeSync(log);
      children.add(child);
      child.once('error', (error) => lab.say(`${logName}: ${error.message}`));
      return child;
    },
    logOf: (logName) => join(folder, 'logs', `${logName}.log`),
    defer: (end) => stack.defer(async () => end()),
    keepFolder() {
      kept = true;
    },
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync();
      killAll();
    },
  };
  return lab;
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Waits for the end of a process that was told to end; kills it when that takes too long. */
export async function gone(child: ChildProcess, patienceMs = 30_000): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (isRunning(child)) {
    if (performance.now() > giveUpAt) child.kill('SIGKILL');
    await sleep(20);
  }
}

/** Asks again and again until it is so; says what was waited for when it does not come. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { patienceMs = 60_000, everyMs = 50 } = {},
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${patienceMs / 1000} s: ${what}`);
    await sleep(everyMs);
  }
}

/** Memory when there is room: what is drilled is not the disk. */
function roomiestFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= 4 * 2 ** 30 ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}
