import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Failure, say } from './failure.ts';
import {
  findChromium,
  findFakeTime,
  findMariadb,
  findProgram,
  findRedis,
  hasKoreanFont,
} from './installed-programs.ts';
import { lastLines, openLog } from './log-files.ts';

/** One thing the machine must have, and what installs it. */
export interface Need {
  name: string;
  isThere: () => boolean;
  /** True when there is something as good but slower: then nothing stops for want of it. */
  isEnough?: () => boolean;
  apt: readonly string[];
  brew: readonly string[];
}

/** `-core` brings the programs without a system service. */
const mariadb: Need = {
  name: 'MariaDB 10.11 이상',
  isThere: () => findMariadb() !== undefined,
  apt: ['mariadb-server-core', 'mariadb-client-core'],
  brew: ['mariadb'],
};
const redis: Need = {
  name: 'Redis 7 이상',
  isThere: () => findRedis() !== undefined,
  apt: ['redis-server'],
  brew: ['redis'],
};
/** The shell has no window to draw: browser tests take half the time with it. */
const chromium: Need = {
  name: 'Chromium',
  isThere: () => findProgram('chromium-headless-shell') !== undefined || (!isDebian() && hasBrowser()),
  isEnough: hasBrowser,
  apt: ['chromium-headless-shell'],
  brew: ['google-chrome'],
};
const koreanFont: Need = {
  name: '한글 글꼴',
  isThere: () => hasKoreanFont(),
  apt: ['fonts-noto-cjk'],
  brew: ['font-noto-sans-cjk-kr'],
};

/** Sets the clock of one program wrong. */
const wrongClock: Need = {
  name: 'libfaketime',
  isThere: () => findFakeTime() !== undefined,
  apt: ['libfaketime'],
  brew: [],
};

/** Linux alone has networks to take apart; nothing is to be had for them elsewhere. */
const network: Need = {
  name: 'iproute2',
  isThere: () => findProgram('ip') !== undefined && findProgram('unshare') !== undefined,
  apt: ['iproute2', 'util-linux'],
  brew: [],
};

export const serverNeeds = { mariadb, redis };
export const networkNeeds = [network];
export const clockNeeds = [wrongClock];
/** Checks the rules of alerts; without it their tests say that they were left out. */
const promtool: Need = {
  name: 'promtool',
  isThere: () => findProgram('promtool') !== undefined,
  isEnough: () => true,
  apt: ['prometheus'],
  brew: ['prometheus'],
};

export const browserNeeds = [chromium, koreanFont];
export const alertNeeds = [promtool];

/** Installs what is missing, or throws one message that says what to install by hand. */
export async function ensureInstalled(needs: readonly Need[], dataFolder: string): Promise<void> {
  const missing = needs.filter((need) => !need.isThere());
  if (missing.length === 0) return;

  const isNeeded = missing.some((need) => !need.isEnough?.());
  if (!isNeeded && !rootPrefix()) return;

  const names = missing.map((need) => need.name).join(', ');
  const commands = installCommands(missing);
  const log = openLog(dataFolder, 'install');
  say(`${names}: 설치하고 있습니다. 1~2분쯤 걸립니다. (기록: ${log.path})`);
  for (const [program, ...args] of commands) {
    if (!(await runLogged(program!, args, log.fd))) {
      if (!isNeeded) break;
      throw new Failure(`${names}: 설치하지 못했습니다.\n${lastLines(log.path)}\n${advice(missing)}`);
    }
  }
  log.close();

  const still = missing.filter((need) => !need.isThere() && !need.isEnough?.());
  if (still.length > 0) throw new Failure(advice(still));
}

/** Chromium of the system, or the one that playwright-core downloaded where the system packages none. */
export function browserPath(): string | undefined {
  const installed = findChromium();
  if (installed) return installed;
  const { chromium } = createRequire(import.meta.url)('playwright-core') as typeof import('playwright-core');
  return findProgram('chrome', dirname(chromium.executablePath()));
}

function hasBrowser(): boolean {
  return browserPath() !== undefined;
}

function installCommands(missing: readonly Need[]): string[][] {
  if (findProgram('apt-get')) {
    const asRoot = rootPrefix();
    if (!asRoot) throw new Failure(advice(missing));
    const packages = missing.flatMap((need) => (need === chromium && isUbuntu() ? [] : need.apt));
    const commands = packages.length > 0 ? [[...asRoot, 'sh', '-c', aptScript, 'apt', ...packages]] : [];
    // Ubuntu has Chromium only as a snap, which cannot be driven from here.
    if (missing.includes(chromium) && isUbuntu()) {
      commands.push([...asRoot, process.execPath, playwright(), 'install-deps', 'chromium']);
      commands.push([process.execPath, playwright(), 'install', 'chromium']);
    }
    return commands;
  }
  const brew = findProgram('brew');
  if (brew) return [[brew, 'install', ...missing.flatMap((need) => need.brew)]];
  throw new Failure(advice(missing));
}

/**
 * policy-rc.d keeps Debian from starting a Redis of its own, now and at the next boot; --no-remove keeps apt
 * from throwing out a MySQL that somebody uses. Lists that cannot be refreshed may still do.
 */
const aptScript = `
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
fi
apt-get update
apt-get install -y --no-install-recommends --no-remove \
  -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" || exit
case " $* " in *' redis-server '*)
  if [ -d /run/systemd/system ]; then systemctl disable redis-server; fi;;
esac
case " $* " in *' prometheus '*)
  if [ -d /run/systemd/system ]; then systemctl disable prometheus; fi;;
esac
exit 0
`;

/** What to put before a command that needs root; undefined when we cannot become root without a password. */
function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function isDebian(): boolean {
  return findProgram('apt-get') !== undefined && !isUbuntu();
}

function isUbuntu(): boolean {
  try {
    return /^ID(_LIKE)?=.*ubuntu/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

function playwright(): string {
  return createRequire(import.meta.url).resolve('playwright-core/cli.js');
}

/** What a person has to install, with the command for this machine where one is known. */
export function advice(missing: readonly Need[]): string {
  const sentence = `다음 프로그램이 필요합니다: ${missing.map((need) => need.name).join(', ')}. 설치한 뒤 다시 실행하세요.`;
  const packages = missing.flatMap((need) => need.apt).join(' ');
  if (findProgram('apt-get')) return `${sentence}\n  sudo apt-get install ${packages}`;
  if (process.platform === 'darwin')
    return `${sentence}\n  brew install ${missing.flatMap((need) => need.brew).join(' ')}`;
  return sentence;
}

async function runLogged(program: string, args: readonly string[], output: number): Promise<boolean> {
  const child = spawn(program, args, { stdio: ['ignore', output, output] });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
