import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { copyAway } from './copying.ts';
import { recipientsOf } from './full.ts';
import { type LogManifest, listLogs, writeManifest } from './manifests.ts';
import { sealTo } from './sealing.ts';
import { type BackupServer, openServer } from './server.ts';
import { type BackupSettings, seriesFolder } from './settings.ts';

/**
 * Closes the binary log and keeps every closed file that is not kept yet: what was committed before is safe then.
 * Files that could not be kept the last time are kept now.
 */
export async function backUpLogs(settings: BackupSettings): Promise<LogManifest[]> {
  const recipients = recipientsOf(settings);
  const series = seriesFolder(settings);
  await using server = await openServer(settings.databaseUrl);
  const note = await server.begin('log', settings.series);
  try {
    const closed = await closeLog(server);
    const known = new Set(listLogs(series).map(keyOf));
    const kept: LogManifest[] = [];
    for (const { path, name, coveredUntil } of closed) {
      const createdAt = await createdWhen(path);
      if (known.has(keyOf({ name, createdAt }))) continue;
      const file = `${createdAt.replace(/\D/g, '').slice(0, 14)}-${name}.zst.age`;
      const sealed = await sealTo(join(series, 'logs', file), createReadStream(path), recipients);
      const manifest: LogManifest = {
        kind: 'log',
        name,
        file,
        ...sealed,
        createdAt,
        savedAt: new Date().toISOString(),
        coveredUntil,
      };
      writeManifest(join(series, 'logs'), manifest);
      kept.push(manifest);
    }
    await copyAway(settings, 'logs');
    const last = kept.at(-1);
    await note.end({
      file: last?.file ?? '',
      bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
      coveredUntil: last?.coveredUntil ? new Date(last.coveredUntil) : undefined,
    });
    return kept;
  } catch (error) {
    await note.fail(error);
    throw error;
  }
}

interface ClosedLog {
  path: string;
  name: string;
  coveredUntil: string | undefined;
}

/** LOCAL: the other nodes of a cluster close theirs when they are asked themselves. */
async function closeLog(server: BackupServer): Promise<ClosedLog[]> {
  const [about] = await server.query<{ log_bin: number; base: string | null; now: Date }>(
    'SELECT @@log_bin AS log_bin, @@log_bin_basename AS base, NOW(3) AS now',
  );
  if (!about!.log_bin || !about!.base)
    throw new Failure(
      '이 데이터베이스는 변경 기록(binlog)을 쓰지 않습니다. 설정에 log_bin을 적고 다시 시작해야 5분마다 백업할 수 있습니다.',
    );
  await server.query('FLUSH LOCAL BINARY LOGS');
  const logs = await server.query<{ Log_name: string }>('SHOW BINARY LOGS');
  const closed = logs.slice(0, -1).map(({ Log_name }) => Log_name);
  return closed.map((name, at) => ({
    name,
    path: join(dirname(about!.base!), name),
    coveredUntil: at === closed.length - 1 ? about!.now.toISOString() : undefined,
  }));
}

const keyOf = ({ name, createdAt }: Pick<LogManifest, 'name' | 'createdAt'>) => `${name} ${createdAt}`;

/** The first event of a log says when it was begun: four bytes behind the four that mark the file. */
async function createdWhen(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    if (bytesRead < 8 || buffer.toString('latin1', 0, 4) !== '\xfebin')
      throw new Failure(`변경 기록 파일이 아닙니다: ${path}`);
    return new Date(buffer.readUInt32LE(4) * 1000).toISOString();
  } finally {
    await file.close();
  }
}
