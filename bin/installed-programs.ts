import { execFileSync } from 'node:child_process';
import { accessSync, constants, globSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Servers live in sbin, which is not on an ordinary user's PATH; cron on a Mac does not know Homebrew. */
const usualFolders = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
];

export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  return [...path.split(delimiter), ...usualFolders]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export interface MariadbPrograms {
  server: string;
  installDb: string;
}

/** MariaDB 10.11 or newer, undefined when missing or older. */
export function findMariadb(path?: string): MariadbPrograms | undefined {
  const server = findProgram('mariadbd', path);
  const installDb = findProgram('mariadb-install-db', path);
  // my_print_defaults comes in another Debian package and mariadb-install-db does not run without it.
  if (!server || !installDb || !findProgram('my_print_defaults', path)) return undefined;
  return isAtLeast(versionOf(server, /Ver (\d+)\.(\d+)/), [10, 11]) ? { server, installDb } : undefined;
}

/** Redis 7 or newer, undefined when missing or older. */
export function findRedis(path?: string): string | undefined {
  const server = findProgram('redis-server', path);
  return server && isAtLeast(versionOf(server, /v=(\d+)\.(\d+)/), [7, 0]) ? server : undefined;
}

/** Chromium or Chrome for the browser tests. */
export function findChromium(path?: string): string | undefined {
  const onMac = ['Google Chrome', 'Chromium'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  );
  const names = ['chromium-headless-shell', 'chromium', 'google-chrome'];
  return names.map((name) => findProgram(name, path)).find(Boolean) ?? onMac.find(isExecutable);
}

/** True when a font with Hangul is there: without one print-outs and screenshots are empty boxes. */
export function hasKoreanFont(folders: readonly string[] = fontFolders()): boolean {
  return folders.some((folder) =>
    fileNames(folder).some((name) =>
      /(noto.*(cjk|kr)|nanum|pretendard|unbatang|gothicneo).*\.(tt[cf]|otf)$/i.test(name),
    ),
  );
}

function fontFolders(): string[] {
  const own = ['.fonts', '.local/share/fonts'].map((folder) => join(homedir(), folder));
  return ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts', ...own];
}

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }) as string[];
  } catch {
    return [];
  }
}

function versionOf(program: string, pattern: RegExp): [number, number] {
  const found = pattern.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }));
  return [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
}

function isAtLeast([major, minor]: [number, number], [wantedMajor, wantedMinor]: [number, number]): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The library that tells one program another time. */
export function findFakeTime(): string | undefined {
  const places = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  return process.platform === 'linux' ? places[0] : undefined;
}
