import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { outdated } from './keeping.rules.ts';
import { listFulls, listLogs } from './manifests.ts';
import { type BackupSettings, seriesFolder } from './settings.ts';

/** Removes what is kept no longer, in both places; the manifest goes first, so that nobody trusts half of a back-up. */
export function prune(settings: BackupSettings, now: Date): { fulls: number; logs: number } {
  const series = seriesFolder(settings);
  const places = [series, ...(settings.copyTo ? [join(settings.copyTo, settings.series)] : [])];
  const gone = outdated(listFulls(series), listLogs(series), now);
  const remove = (file: string) => {
    for (const place of places) rmSync(join(place, file), { force: true });
  };
  for (const { file, also } of gone.fulls) {
    remove(join('full', `${file}.json`));
    remove(join('full', file));
    if (also) remove(join('full', also.file));
  }
  for (const { file } of gone.logs) {
    remove(join('logs', `${file}.json`));
    remove(join('logs', file));
  }
  return { fulls: gone.fulls.length, logs: gone.logs.length };
}
