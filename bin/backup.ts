import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backUpFully, megabytes } from './backups/full.ts';
import { backUpLogs } from './backups/logs.ts';
import { listFulls, listLogs } from './backups/manifests.ts';
import { backupNeeds, programPath } from './backups/programs.ts';
import { prune } from './backups/pruning.ts';
import { type BackupSettings, readBackupSettings, seriesFolder } from './backups/settings.ts';
import { exitCodeOf, Failure, say } from './failure.ts';
import { tryLock } from './file-locks.ts';
import { dataFolder } from './folders.ts';
import { ensureInstalled } from './system-packages.ts';

const help = `데이터베이스를 백업합니다. 데이터베이스 서버에서, 그 폴더를 읽을 수 있는 사용자로 실행합니다.

  bin/backup full            지금 전체 백업하고, 보관 기간이 지난 것을 지웁니다 (매일 밤)
  bin/backup log             그 뒤에 바뀐 것을 백업합니다 (4분마다)
  bin/backup list            있는 백업
  bin/backup new-key 파일    백업을 여는 열쇠를 새로 만듭니다. 열쇠는 데이터베이스 서버에 두지 마세요

설정은 .env.example의 BACKUP_으로 시작하는 것을 보세요. 되살리는 법: docs/runbooks/restore.md
`;

process.exit(await exitCodeOf(() => backup(process.argv.slice(2))));

async function backup([command, ...args]: string[]): Promise<number> {
  if (command === undefined || command === 'help' || command === '--help' || command === '-h') {
    process.stdout.write(help);
    return command === undefined ? 1 : 0;
  }
  if (command === 'new-key' && args.length === 1) return newKey(args[0]!);
  if (!['full', 'log', 'list'].includes(command) || args.length > 0) {
    say(help);
    return 1;
  }
  const settings = readBackupSettings();
  if (command === 'list') return list(settings);
  await ensureInstalled(backupNeeds, dataFolder(process.env));
  return command === 'full' ? full(settings) : log(settings);
}

async function full(settings: BackupSettings): Promise<number> {
  return alone(settings, 'full', async () => {
    const made = await backUpFully(settings);
    const gone = prune(settings, new Date());
    process.stdout.write(
      `${JSON.stringify({ backup: made.name, bytes: made.bytes, coveredUntil: made.coveredUntil, removed: gone })}\n`,
    );
    if (made.lacking) throw made.lacking;
    say(`백업했습니다: ${made.file} (${megabytes(made.bytes)})`);
    return 0;
  });
}

async function log(settings: BackupSettings): Promise<number> {
  return alone(settings, 'log', async () => {
    const kept = await backUpLogs(settings);
    process.stdout.write(
      `${JSON.stringify({ logs: kept.length, coveredUntil: kept.at(-1)?.coveredUntil ?? null })}\n`,
    );
    return 0;
  });
}

/** A full back-up may take longer than the time between two logs, but never two of a kind at once. */
async function alone(settings: BackupSettings, kind: string, work: () => Promise<number>): Promise<number> {
  const lock = tryLock(join(seriesFolder(settings), `${kind}.lock`), 'exclusive');
  if (!lock) throw new Failure('같은 백업이 이미 진행 중입니다. 끝난 뒤 다시 실행해 주세요.');
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function list(settings: BackupSettings): number {
  const series = seriesFolder(settings);
  const logs = listLogs(series);
  const fulls = listFulls(series);
  for (const { name, bytes, coveredUntil, serverVersion } of fulls)
    process.stdout.write(
      `${name}  ${megabytes(bytes).padStart(10)}  ${new Date(coveredUntil).toLocaleString('ko-KR')}  ${serverVersion}\n`,
    );
  const until = logs.findLast(({ coveredUntil }) => coveredUntil)?.coveredUntil;
  say(
    `전체 백업 ${fulls.length}개, 변경 기록 ${logs.length}개` +
      (until ? `, ${new Date(until).toLocaleString('ko-KR')}까지` : ''),
  );
  return 0;
}

async function newKey(path: string): Promise<number> {
  await ensureInstalled(backupNeeds, dataFolder(process.env));
  if (existsSync(path)) throw new Failure(`이미 있는 파일입니다: ${path}. 다른 이름을 적어 주세요.`);
  const key = execFileSync(programPath('age-keygen'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const recipient = /public key: (age1\w+)/.exec(key)?.[1];
  if (!recipient) throw new Failure('열쇠를 만들지 못했습니다.');
  writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
  writeFileSync(`${path}.pub`, `${recipient}\n`, { flag: 'wx' });
  say(`여는 열쇠: ${path} (금고에 두 벌, 복구 연습을 하는 서버에 한 벌)
공개 키: ${path}.pub (데이터베이스 서버의 BACKUP_RECIPIENTS. 백업을 만들기만 하고 열지는 못합니다)
여는 열쇠를 잃으면 백업을 아무도 열 수 없습니다.`);
  return 0;
}
