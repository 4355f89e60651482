import { type ChildProcess, spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Failure, say } from './failure.ts';
import { projectFolder } from './folders.ts';
import { lastLines, openLog } from './log-files.ts';

export interface Part {
  /** What the log file is called. */
  name: string;
  /** What a person calls it. */
  title: string;
  script: string;
  /** Flags for Node; without any it takes memory by the size of the machine. */
  nodeFlags?: readonly string[];
}

/**
 * An import of 100,000 lines needs a fifth of this; with more room V8 only collects later. The young generation is
 * named as well: left alone it takes a hundred megabytes more and is no faster. V8 looks for what can go from
 * 64 MB on; of its own accord it begins earlier, and an import took a tenth longer.
 */
export const workerFlags = [
  '--max-old-space-size=256',
  '--max-semi-space-size=12',
  '--initial-old-space-size=64',
];

export interface RunningPart extends AsyncDisposable {
  /** Rejects when it ends by itself before `settle` was called, or again and again after it. */
  failed: Promise<never>;
  /** From now on it is started again when it ends by itself. */
  settle(): void;
}

const longestGoodbye = 20_000;
const deathsTooMany = { count: 5, withinMs: 60_000 };

/** Keeps one program of ours running. Its log goes to a file; warnings and worse also to the terminal. */
export function keepRunning(part: Part, env: NodeJS.ProcessEnv, dataFolder: string): RunningPart {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // it may fail when nobody waits for it any more
  const log = openLog(dataFolder, part.name);
  let settled = false;
  let ending = false;
  const deaths: number[] = [];
  let child = launch();

  function launch(): ChildProcess {
    const preload = pathToFileURL(join(import.meta.dirname, 'leave-with-parent.ts')).href;
    const started = spawn(
      process.execPath,
      [...(part.nodeFlags ?? []), '--import', preload, join(projectFolder, part.script)],
      {
        cwd: projectFolder,
        env: { ...env, MOA_STARTED_BY: String(process.pid) },
        detached: true, // Ctrl-C in the terminal is for bin/start, which ends all in order
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    for (const output of [started.stdout!, started.stderr!]) {
      createInterface({ input: output }).on('line', (line) => {
        keepLine(log.fd, line);
        if (isForTheTerminal(line)) say(`${part.name}: ${line}`);
      });
    }
    started.once('close', (code, signal) => void afterDeath(started, signal ?? `종료 코드 ${code}`));
    return started;
  }

  async function afterDeath(dead: ChildProcess, how: string): Promise<void> {
    killGroup(dead);
    if (ending) return;
    const now = Date.now();
    deaths.push(now);
    const recent = deaths.filter((at) => now - at < deathsTooMany.withinMs).length;
    if (!settled || recent >= deathsTooMany.count) {
      const sentence = settled ? '거듭 멈춥니다' : '시작하지 못했습니다';
      failed.reject(
        new Failure(`${part.title} ${sentence}. (${how}, 기록: ${log.path})\n${lastLines(log.path)}`),
      );
      return;
    }
    say(`${part.title} 멈췄습니다. (${how}) 다시 시작합니다.`);
    await sleep(1000);
    if (!ending) child = launch();
  }

  return {
    failed: failed.promise,
    settle() {
      settled = true;
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      await end(child);
      log.close();
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([gone, sleep(longestGoodbye, undefined, { ref: false })]);
  }
  killGroup(child);
}

/** At once: what a program said last is read when it has died. A full disk loses the line and ends nobody. */
function keepLine(fd: number, line: string): void {
  try {
    writeSync(fd, `${line}\n`);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Whatever it started and left running goes too. */
function killGroup(leader: ChildProcess): void {
  try {
    process.kill(-leader.pid!, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Log lines are JSON with a level; anything else is a sentence for a person or a stack. */
function isForTheTerminal(line: string): boolean {
  const level = /^\{"level":(\d+)/.exec(line)?.[1];
  return level === undefined || Number(level) >= 40;
}
