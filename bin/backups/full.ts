import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Failure, say } from '../failure.ts';
import { projectFolder } from '../folders.ts';
import { copyAway } from './copying.ts';
import { type FullManifest, listFulls, writeManifest } from './manifests.ts';
import { programPath, releaseOf } from './programs.ts';
import { sweep } from './pruning.ts';
import { endOf, type Sealed, sealTo, settled } from './sealing.ts';
import { type BackupServer, openServer } from './server.ts';
import { type BackupSettings, seriesFolder } from './settings.ts';

/**
 * A physical copy of the whole server while it works, packed and sealed on its way. The secret and the settings go
 * with it: without the secret what is sealed in the database can never be read again.
 */
export async function backUpFully(
  settings: BackupSettings,
): Promise<FullManifest & { lacking: Failure | undefined }> {
  const recipients = recipientsOf(settings);
  const folder = join(seriesFolder(settings), 'full');
  await using server = await openServer(settings.databaseUrl);
  const note = await server.begin('full', settings.series);
  try {
    sweep(settings, new Date());
    refuseWithoutRoom(settings, folder);
    const copied = await copyServer(server, folder, recipients);
    const { also, lacking } = await settingsBeside(settings, folder, copied.name, recipients);
    const manifest = { ...copied, also };
    writeManifest(folder, manifest);
    await copyAway(settings, 'full');
    if (lacking) await note.fail(lacking);
    else
      await note.end({
        file: manifest.file,
        bytes: manifest.bytes,
        coveredUntil: new Date(manifest.coveredUntil),
      });
    return { ...manifest, lacking };
  } catch (error) {
    await note.fail(error);
    throw error;
  }
}

export function recipientsOf({ recipients }: BackupSettings): string {
  if (!recipients)
    throw new Failure(
      'BACKUP_RECIPIENTS 설정이 없습니다. 백업을 열 수 있는 공개 키 파일을 적어 주세요. bin/backup new-key로 만듭니다.',
    );
  return recipients;
}

/** As large as the last one, and a quarter more. */
function refuseWithoutRoom(settings: BackupSettings, folder: string): void {
  const last = listFulls(seriesFolder(settings)).at(-1);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const wanted = (last?.bytes ?? 0) * 1.25 + 64 * 2 ** 20;
  if (free < wanted)
    throw new Failure(
      `백업 폴더의 디스크가 모자랍니다. ${megabytes(wanted)}가 필요한데 ${megabytes(free)}만 남았습니다. (${folder})`,
    );
}

async function copyServer(
  server: BackupServer,
  folder: string,
  recipients: string,
): Promise<Omit<FullManifest, 'also'>> {
  const startedAt = new Date();
  const name = nameOf(startedAt);
  const file = `${name}.mbstream.zst.age`;
  const [about] = await server.query<{ datadir: string; version: string; log_bin: number; wsrep: number }>(
    `SELECT @@datadir AS datadir, VERSION() AS version, @@log_bin AS log_bin,
       (SELECT COUNT(*) FROM information_schema.global_status
        WHERE variable_name = 'WSREP_READY' AND variable_value = 'ON') AS wsrep`,
  );
  const work = mkdtempSync(join(tmpdir(), 'moa-backup-'));
  try {
    const access = join(work, 'access.cnf');
    writeFileSync(access, accessFile(server.options), { mode: 0o600 });
    const child = spawn(
      programPath('mariabackup'),
      [
        `--defaults-file=${access}`, // must stand first
        '--backup',
        '--stream=mbstream',
        '--parallel=2',
        `--datadir=${about!.datadir}`,
        `--target-dir=${work}`,
        ...(about!.wsrep > 0 ? ['--galera-info'] : []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const ended = endOf('mariabackup', child);
    const place = placeInLog(child.stderr as Readable);
    let sealed: Sealed | undefined;
    await settled([
      sealTo(join(folder, file), child.stdout as Readable, recipients).then((done) => {
        sealed = done;
      }),
      ended,
    ]);
    const { log, at } = place();
    if (about!.log_bin && !log) throw new Failure('mariabackup이 변경 기록의 위치를 알려 주지 않았습니다.');
    return {
      kind: 'full',
      name,
      file,
      ...sealed!,
      startedAt: startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      coveredUntil: (at ?? startedAt).toISOString(),
      log,
      serverVersion: about!.version,
      database: String(server.options.database),
      release: releaseOf(projectFolder),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** mariabackup says on its way where the log stood at the moment whose data the copy holds. */
function placeInLog(stderr: Readable): () => { log: FullManifest['log']; at: Date | undefined } {
  let tail = '';
  let log: FullManifest['log'];
  let at: Date | undefined;
  stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = `${tail}${text}`.slice(-4000);
    const found = /binlog position: filename '([^']+)', position '(\d+)'/.exec(tail);
    if (!found || log) return;
    log = { file: found[1]!, position: Number(found[2]) };
    at = new Date();
  });
  return () => ({ log, at });
}

/** A file among the settings that cannot be read must not cost the copy of the database; it is told as a failure. */
async function settingsBeside(
  settings: BackupSettings,
  folder: string,
  name: string,
  recipients: string,
): Promise<{ also: FullManifest['also']; lacking: Failure | undefined }> {
  try {
    return { also: await sealAlso(settings, folder, name, recipients), lacking: undefined };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const why = error.message.replaceAll(/\n\s*\|?/g, ' ');
    const words = `데이터베이스는 백업했지만 비밀 키와 설정(BACKUP_ALSO)은 백업하지 못했습니다. ${why}`;
    return { also: undefined, lacking: new Failure(words) };
  }
}

async function sealAlso(
  { also }: BackupSettings,
  folder: string,
  name: string,
  recipients: string,
): Promise<FullManifest['also']> {
  if (also.length === 0) {
    say(
      '비밀 키와 설정이 백업에 없습니다. BACKUP_ALSO에 적어 주세요. 비밀 키가 없으면 봉인한 값을 읽지 못합니다.',
    );
    return undefined;
  }
  const file = `${name}.settings.tar.zst.age`;
  const tar = spawn(
    'tar',
    ['-c', '-h', '-f', '-', '-C', '/', ...also.map((path) => path.replace(/^\/+/, ''))],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = endOf('tar', tar);
  let sealed: Sealed | undefined;
  await settled([
    sealTo(join(folder, file), tar.stdout as Readable, recipients).then((done) => {
      sealed = done;
    }),
    ended,
  ]);
  return { file, ...sealed! };
}

/** A file, so that the password stands in no list of processes. */
export function accessFile(options: Record<string, string | number>): string {
  const { user, password, socketPath, host, port } = options;
  const lines = [
    `user=${user}`,
    ...(password ? [`password="${String(password).replace(/(["\\])/g, '\\$1')}"`] : []),
    ...(socketPath ? [`socket=${socketPath}`] : [`host=${host}`, `port=${port}`, 'protocol=tcp']),
  ];
  return `[client]\n${lines.join('\n')}\n`;
}

/** 20261122-021003 */
export function nameOf(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('ko-KR')}MB`;
}
