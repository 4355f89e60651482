import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { dataFolder, projectFolder } from '../folders.ts';

/** Where back-ups lie and who can read them. */
export interface BackupSettings {
  /** All series, a folder each: one for every database host. */
  folder: string;
  /** The series this host writes. */
  series: string;
  /** Whose keys open what is written; only needed to write. */
  recipients: string | undefined;
  /** A second place that gets a copy of every file. */
  copyTo: string | undefined;
  /** The database as whoever backs it up sees it. */
  databaseUrl: string | undefined;
  /** Files and folders without which a restored database is of no use: the secret above all. */
  also: readonly string[];
}

/** Reads `.env` and the environment, which wins. */
export function readBackupSettings(): BackupSettings {
  const dotEnv = join(projectFolder, '.env');
  if (existsSync(dotEnv)) process.loadEnvFile(dotEnv);
  const { env } = process;
  const folder = env.BACKUP_DIR;
  if (!folder)
    throw new Failure(
      'BACKUP_DIR 설정이 없습니다. 백업을 둘 폴더를 적어 주세요. 데이터베이스와 다른 디스크여야 합니다.',
    );
  return {
    folder,
    series: env.BACKUP_NAME || hostname(),
    recipients: env.BACKUP_RECIPIENTS || undefined,
    copyTo: env.BACKUP_COPY_TO || undefined,
    databaseUrl: secretOf('BACKUP_DATABASE_URL') ?? secretOf('DATABASE_URL'),
    also: alsoKept(env),
  };
}

/** A setting, or the content of the file that `NAME_FILE` names. */
export function secretOf(name: string): string | undefined {
  const file = process.env[`${name}_FILE`];
  if (!file) return process.env[name] || undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Failure(
      `${name}_FILE의 파일(${file})을 읽지 못했습니다. (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

function alsoKept(env: NodeJS.ProcessEnv): string[] {
  if (env.BACKUP_ALSO) return env.BACKUP_ALSO.split(':').filter(Boolean);
  const usual = ['/etc/moa', join(dataFolder(env), 'secret'), join(projectFolder, '.env')];
  return usual.filter((path) => existsSync(path));
}

/** Its group may read what is sealed: whoever tries to restore it need not be the one who writes it. */
export function seriesFolder({ folder, series }: Pick<BackupSettings, 'folder' | 'series'>): string {
  const own = join(folder, series);
  try {
    for (const part of ['full', 'logs']) {
      mkdirSync(join(own, part), { recursive: true, mode: 0o750 });
      accessSync(join(own, part), constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    throw new Failure(
      `백업 폴더 ${own}에 쓸 수 없습니다. 폴더의 주인과 디스크의 연결을 확인해 주세요. (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  return own;
}
