import { execFileSync } from 'node:child_process';
import { Failure } from '../failure.ts';
import { findProgram } from '../installed-programs.ts';
import type { Need } from '../system-packages.ts';

const need = (name: string, programs: readonly string[], apt: string, brew: string): Need => ({
  name,
  isThere: () => programs.every((program) => findProgram(program) !== undefined),
  apt: [apt],
  brew: [brew],
});

const age = need('age', ['age'], 'age', 'age');
const hot = need('mariadb-backup', ['mariabackup', 'mbstream'], 'mariadb-backup', 'mariadb');
const client = need('MariaDB 명령줄 도구', ['mariadb-binlog', 'mariadb'], 'mariadb-client', 'mariadb');

/** What a back-up needs on the database's host. */
export const backupNeeds: readonly Need[] = [hot, age];
/** What a restore needs beside the server. */
export const restoreNeeds: readonly Need[] = [hot, age, client];

export function programPath(name: string): string {
  const path = findProgram(name);
  if (!path) throw new Failure(`${name} 프로그램이 없습니다. 백업에 필요한 프로그램을 설치해 주세요.`);
  return path;
}

/** The version of the release that is backed up or restored with; undefined outside of a checkout. */
export function releaseOf(folder: string): string | undefined {
  try {
    return execFileSync('git', ['-C', folder, 'rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
