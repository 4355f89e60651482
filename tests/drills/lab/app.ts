import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#lib/config.ts';
import { projectFolder } from '../../../bin/folders.ts';
import { workerFlags } from '../../../bin/supervision.ts';
import { freePort } from '../../../bin/web-address.ts';
import { prepare } from '../../../src/prepare.ts';
import { gone, isRunning, type Lab, until } from './lab.ts';
import type { Zone } from './zones.ts';

/** DATABASE_URL, REDIS_URL or REDIS_SENTINELS …: what the environment of an installation holds. */
export type Settings = Record<string, string>;

export interface Place {
  /** Names its log. */
  name?: string;
  /** Runs there; on the drill's own loopback without one. */
  zone?: Zone;
  /** Another copy of the project to run. */
  tree?: string;
  settings: Settings;
}

export interface RunningPart {
  child: ChildProcess;
  log: string;
  isRunning(): boolean;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end in order, and waits for that. */
  end(): Promise<void>;
}

export interface RunningWeb extends RunningPart {
  /** Where its users find it. */
  url: string;
}

/** What every part of one installation shares, with a secret of its own. */
export function settingsOf(servers: Settings): Settings {
  return { REDIS_PREFIX: 'moa', LOG_LEVEL: 'info', MOA_SECRET: randomBytes(24).toString('hex'), ...servers };
}

/** Brings the database to where this release needs it. */
export async function prepareDatabase(settings: Settings): Promise<void> {
  await prepare(readConfig(settings));
}

/** Starts a web process and waits until it says that it can do its work. */
export async function startWeb(lab: Lab, place: Place & { port?: number }): Promise<RunningWeb> {
  const host = place.zone?.front ?? '127.0.0.1';
  const port = place.port ?? (place.zone ? 3000 : await freePort(0, host));
  const part = startPart(lab, { name: 'web', ...place }, 'src/main.ts', [], {
    PORT: String(port),
    HOST: place.zone ? '0.0.0.0' : host,
  });
  const url = `http://${host}:${port}`;
  await orItsEnd(part, `${url}/readyz`, () => isReady(url));
  return { ...part, url };
}

/** Starts a worker and waits until it takes jobs. */
export async function startWorker(lab: Lab, place: Place): Promise<RunningPart> {
  const part = startPart(lab, { name: 'worker', ...place }, 'src/worker.ts', workerFlags, {});
  await orItsEnd(part, 'the worker', () => readFileSync(part.log, 'utf8').includes('worker is ready'));
  return part;
}

export async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

function startPart(
  lab: Lab,
  { name, zone, tree = projectFolder, settings }: Place & { name: string },
  script: string,
  flags: readonly string[],
  own: Settings,
): RunningPart {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = (zone ?? lab).spawn(name, process.execPath, [...flags, join(tree, script)], {
    cwd: tree,
    env: { PATH, HOME, NODE_COMPILE_CACHE, TZ: 'Asia/Seoul', ...settings, ...own },
  });
  const part: RunningPart = {
    child,
    log: lab.logOf(name),
    isRunning: () => isRunning(child),
    async kill() {
      child.kill('SIGKILL');
      await gone(child);
    },
    async end() {
      child.kill('SIGTERM');
      await gone(child);
    },
  };
  return part;
}

async function orItsEnd(
  part: RunningPart,
  what: string,
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  await until(`${what} is ready`, () => {
    if (part.isRunning()) return isSo();
    const said = readFileSync(part.log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
    throw new Error(`${what} did not come up:\n${said}`);
  });
}
