import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { listFulls, listLogs } from './manifests.ts';
import type { BackupSettings } from './settings.ts';

/**
 * Brings the second place, when there is one, up to the first: what could not be copied the last time is copied now,
 * for a log that is missing makes all behind it worthless. A manifest goes last, as where it comes from.
 */
export async function copyAway(settings: BackupSettings, part: 'full' | 'logs'): Promise<void> {
  const { copyTo, folder, series } = settings;
  if (!copyTo) return;
  if (!existsSync(copyTo))
    throw new Failure(`두 번째 백업 폴더가 없습니다: ${copyTo}. 디스크가 연결되어 있는지 확인해 주세요.`);
  const from = join(folder, series, part);
  const to = join(copyTo, series, part);
  await mkdir(to, { recursive: true, mode: 0o750 }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      `두 번째 백업 폴더에 쓸 수 없습니다: ${to}. 폴더의 주인과 디스크의 연결을 확인해 주세요. (${error.code})`,
    );
  });
  const there = new Set(readdirSync(to));
  for (const files of filesOf(join(folder, series), part)) {
    if (there.has(files.at(-1)!)) continue;
    for (const file of files) {
      await copyFile(join(from, file), join(to, `${file}.part`));
      await rename(join(to, `${file}.part`), join(to, file));
    }
  }
}

/** The files of each back-up, its manifest last. */
export function filesOf(series: string, part: 'full' | 'logs'): string[][] {
  if (part === 'logs') return listLogs(series).map(({ file }) => [file, `${file}.json`]);
  return listFulls(series).map(({ file, also }) => [file, ...(also ? [also.file] : []), `${file}.json`]);
}
