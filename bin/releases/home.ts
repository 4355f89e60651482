import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure } from '../failure.ts';

export const slotNames = ['blue', 'green'] as const;
export type SlotName = (typeof slotNames)[number];

/** Where the two releases of a host live, and how. */
export interface Home {
  folder: string;
  slots: string;
  /** A folder of sockets for each slot, and `live`, the link that says which one people are sent to. */
  sockets: string;
  /** Scripts and styles of both releases by their versions, for nginx. */
  statics: string;
  webs: number;
  workers: number;
  keepHours: number;
  supervisor: 'systemd' | 'plain';
  /** Settings of the application. */
  env: NodeJS.ProcessEnv;
}

/** What stands in `release.json` of an archive. */
export interface Release {
  version: string;
  commit: string;
  madeAt: string;
}

export function openHome(processEnv: NodeJS.ProcessEnv): Home {
  const file = processEnv.MOA_ENV_FILE || '/etc/moa/moa.env';
  const env = { ...readSettings(file), ...processEnv };
  const folder = env.MOA_HOME || '/srv/moa';
  return {
    folder,
    slots: join(folder, 'slots'),
    sockets: join(folder, 'sockets'),
    statics: join(folder, 'static'),
    webs: count('MOA_WEBS', env.MOA_WEBS, 2),
    workers: count('MOA_WORKERS', env.MOA_WORKERS, 1),
    keepHours: count('MOA_KEEP_HOURS', env.MOA_KEEP_HOURS, 48),
    supervisor: readSupervisor(env.MOA_SUPERVISOR),
    env: { ...env, MOA_HOME: folder, TZ: 'Asia/Seoul' },
  };
}

function readSettings(file: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Failure(
      `설정 파일 ${file}을 읽을 수 없습니다. sudo로 실행하세요. (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

function count(name: string, text: string | undefined, fallback: number): number {
  const value = text ? Number(text) : fallback;
  if (!Number.isSafeInteger(value) || value < 1) throw new Failure(`${name}은(는) 1 이상의 정수여야 합니다.`);
  return value;
}

function readSupervisor(text: string | undefined): Home['supervisor'] {
  if (text === 'plain' || text === 'systemd') return text;
  if (text) throw new Failure('MOA_SUPERVISOR는 systemd 또는 plain이어야 합니다.');
  return existsSync('/run/systemd/system') ? 'systemd' : 'plain';
}

export function treeOf(home: Home, slot: SlotName): string {
  return join(home.slots, slot);
}

/** The processes of a slot: `web-1`, `web-2`, `worker-1`. */
export function instancesOf(home: Home): string[] {
  const many = (kind: string, number: number) =>
    Array.from({ length: number }, (_, at) => `${kind}-${at + 1}`);
  return [...many('web', home.webs), ...many('worker', home.workers)];
}

export function socketsOf(home: Home, slot: SlotName): string[] {
  return instancesOf(home)
    .filter((instance) => instance.startsWith('web-'))
    .map((instance) => join(home.sockets, slot, `${instance}.sock`));
}

export function otherOf(slot: SlotName): SlotName {
  return slot === 'blue' ? 'green' : 'blue';
}

export function liveSlot(home: Home): SlotName | undefined {
  return slotNamedBy(join(home.sockets, 'live'));
}

function slotNamedBy(link: string): SlotName | undefined {
  try {
    const name = basename(readlinkSync(link));
    return slotNames.find((slot) => slot === name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** When people were last sent elsewhere: the link was made at that moment. */
export function switchedAt(home: Home): Date | undefined {
  return lstatSync(join(home.sockets, 'live'), { throwIfNoEntry: false })?.mtime;
}

/** One rename: a request finds the one slot or the other, never none. */
export function sendPeopleTo(home: Home, slot: SlotName): void {
  const draft = join(home.sockets, `.live.${process.pid}`);
  symlinkSync(slot, draft);
  renameSync(draft, join(home.sockets, 'live'));
}

/** People are sent to another host. Which slot they came to is kept, for when they come back. */
export function sendPeopleAway(home: Home): void {
  if (liveSlot(home)) renameSync(join(home.sockets, 'live'), join(home.sockets, 'last'));
}

/** The slot people were sent to before they were sent away. */
export function lastSlot(home: Home): SlotName | undefined {
  return slotNamedBy(join(home.sockets, 'last'));
}

/** Undefined where no release lies. */
export function releaseIn(tree: string): Release | undefined {
  try {
    return JSON.parse(readFileSync(join(tree, 'release.json'), 'utf8')) as Release;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(`${tree}/release.json을 읽을 수 없습니다.`);
  }
}

export function nameOf({ version, commit }: Release): string {
  return `${version} (${commit.slice(0, 10)})`;
}

export function makeFolders(home: Home): void {
  const own = [home.slots, home.statics, ...['bin', 'data', 'logs'].map((name) => join(home.folder, name))];
  for (const folder of own) mkdirSync(folder, { recursive: true });
  for (const slot of slotNames) {
    mkdirSync(join(home.sockets, slot), { recursive: true });
    mkdirSync(join(home.folder, 'cache', slot), { recursive: true });
  }
}
