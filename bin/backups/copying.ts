import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import type { BackupSettings } from './settings.ts';

/** Lays a copy of files of the series in the second place, when there is one; each has its name once it is whole. */
export async function copyAway(settings: BackupSettings, ...files: readonly string[]): Promise<void> {
  const { copyTo, folder, series } = settings;
  if (!copyTo) return;
  if (!existsSync(copyTo))
    throw new Failure(`두 번째 백업 폴더가 없습니다: ${copyTo}. 디스크가 연결되어 있는지 확인해 주세요.`);
  for (const file of files) {
    const path = join(copyTo, series, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await copyFile(join(folder, series, file), `${path}.part`);
    await rename(`${path}.part`, path);
  }
}
