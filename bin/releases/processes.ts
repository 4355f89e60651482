import { execFile, spawn } from 'node:child_process';
import { closeSync, globSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, parse } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SlotReport } from '#lib/slot.ts';
import { Failure } from '../failure.ts';
import { lastLines } from '../log-files.ts';
import { type Home, instancesOf, type SlotName } from './home.ts';

/** Starts and ends the processes of a slot. */
export interface Supervisor {
  /** Returns at once; whether they are ready is told elsewhere. */
  start(slot: SlotName): Promise<void>;
  /** Ends them in order, and waits for that. */
  stop(slot: SlotName): Promise<void>;
  /** Whether this process runs at this moment. */
  isRunning(slot: SlotName, instance: string): Promise<boolean>;
  /** What a process said last, or where to look. */
  lastWords(slot: SlotName, instance: string): string;
}

export function supervisorOf(home: Home): Supervisor {
  return home.supervisor === 'systemd' ? systemd(home) : plain(home);
}

/** What the process says of itself; undefined when there is none, or none any more. */
export function reportOf(home: Home, slot: SlotName, instance: string): SlotReport | undefined {
  try {
    return JSON.parse(readFileSync(join(home.sockets, slot, `${instance}.json`), 'utf8')) as SlotReport;
  } catch {
    return undefined;
  }
}

/** With those that were started when the settings named more of them: they would run a release that is gone. */
function everyInstanceOf(home: Home, slot: SlotName): string[] {
  const traces = globSync('{web,worker}-*.{json,pid}', { cwd: join(home.sockets, slot) })
    .map((file) => parse(file).name)
    .filter((name) => /^(web|worker)-\d+$/.test(name));
  return [...new Set([...instancesOf(home), ...traces.sort()])];
}

const run = promisify(execFile);

/** The units of deploy/systemd: `moa-web@blue-1`. They come back by themselves after a crash and at boot. */
function systemd(home: Home): Supervisor {
  const unitOf = (slot: SlotName, instance: string) => {
    const [kind, number] = instance.split('-');
    return `moa-${kind}@${slot}-${number}.service`;
  };
  const units = (slot: SlotName) => instancesOf(home).map((instance) => unitOf(slot, instance));
  const everyUnit = (slot: SlotName) => everyInstanceOf(home, slot).map((instance) => unitOf(slot, instance));
  const systemctl = async (...args: string[]) => {
    await run('systemctl', args).catch((error: { stderr?: string }) => {
      throw new Failure(`systemctl ${args.join(' ')}: 하지 못했습니다.\n${String(error.stderr ?? error)}`);
    });
  };
  return {
    async start(slot) {
      await run('systemctl', ['reset-failed', ...units(slot)]).catch(() => {}); // units that never ran
      await systemctl('enable', '--quiet', ...units(slot));
      await systemctl('start', '--no-block', ...units(slot));
    },
    async stop(slot) {
      const all = everyUnit(slot);
      await systemctl('disable', '--quiet', ...all);
      await systemctl('stop', ...all);
    },
    async isRunning(slot, instance) {
      const { stdout } = await run('systemctl', [
        'show',
        '--property=ActiveState',
        '--value',
        unitOf(slot, instance),
      ]);
      return ['active', 'activating', 'reloading', 'deactivating'].includes(stdout.trim());
    },
    lastWords: (slot, instance) => `  journalctl -u ${unitOf(slot, instance)} -n 50`,
  };
}

const longestGoodbyeMs = 40_000;

/** Without a service manager: for trials and tests. Nothing is started again after a crash. */
function plain(home: Home): Supervisor {
  const pidFile = (slot: SlotName, instance: string) => join(home.sockets, slot, `${instance}.pid`);
  const logFile = (slot: SlotName, instance: string) => join(home.folder, 'logs', `${slot}-${instance}.log`);

  function pidOf(slot: SlotName, instance: string): number | undefined {
    try {
      const pid = Number(readFileSync(pidFile(slot, instance), 'utf8'));
      return isProcessOf(slot, pid) ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    async start(slot) {
      for (const instance of instancesOf(home)) {
        if (pidOf(slot, instance) !== undefined) continue;
        const [kind, number] = instance.split('-') as [string, string];
        const log = openSync(logFile(slot, instance), 'a', 0o600);
        const child = spawn(join(home.folder, 'bin/run'), [kind, `${slot}-${number}`], {
          env: { ...home.env, MOA_PID_FILE: pidFile(slot, instance) },
          detached: true,
          stdio: ['ignore', log, log],
        });
        closeSync(log);
        if (child.pid === undefined)
          throw new Failure(`${home.folder}/bin/run이 없습니다. bin/release init을 먼저 실행하세요.`);
        child.unref();
        for (const giveUpAt = Date.now() + 5000; Date.now() < giveUpAt; await sleep(5)) {
          if (pidOf(slot, instance) === child.pid || child.exitCode !== null) break;
        }
      }
    },
    async stop(slot) {
      const running = everyInstanceOf(home, slot).flatMap((instance) => {
        const pid = pidOf(slot, instance);
        return pid === undefined ? [] : [{ instance, pid }];
      });
      for (const { pid } of running) tryKill(pid, 'SIGTERM');
      const giveUpAt = Date.now() + longestGoodbyeMs;
      while (running.some(({ instance, pid }) => pidOf(slot, instance) === pid) && Date.now() < giveUpAt) {
        await sleep(50);
      }
      for (const { pid } of running) tryKill(-pid, 'SIGKILL'); // and what a worker had started
      for (const { instance } of running) rmSync(pidFile(slot, instance), { force: true });
    },
    isRunning: async (slot, instance) => pidOf(slot, instance) !== undefined,
    lastWords(slot, instance) {
      const path = logFile(slot, instance);
      return `  ${path}\n${lastLines(path)}`;
    },
  };
}

/** A number may be another program's by now. While a program is being exchanged for the next it has no name at all. */
function isProcessOf(slot: SlotName, pid: number): boolean {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  if (words !== '') return words.includes(`${slot}-`);
  const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
  return state !== 'Z' && state !== 'X';
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
