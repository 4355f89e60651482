import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './copying.ts';
import { outdated } from './keeping.rules.ts';
import { listFulls, listLogs } from './manifests.ts';
import { type BackupSettings, seriesFolder } from './settings.ts';

/**
 * Removes what is kept no longer, in each of the two places by what lies there; the manifest goes first, so that nobody
 * trusts half of a back-up. Tells how much that was in the first.
 */
export function prune(settings: BackupSettings, now: Date): { fulls: number; logs: number } {
  const [own, ...others] = placesOf(settings);
  for (const place of others) prunePlace(place, now);
  return prunePlace(own, now);
}

function prunePlace(place: string, now: Date): { fulls: number; logs: number } {
  const { fulls, logs } = outdated(listFulls(place), listLogs(place), now);
  const remove = (file: string) => rmSync(join(place, file), { force: true });
  for (const { file, also } of fulls) {
    remove(join('full', `${file}.json`));
    remove(join('full', file));
    if (also) remove(join('full', also.file));
  }
  for (const { file } of logs) {
    remove(join('logs', `${file}.json`));
    remove(join('logs', file));
  }
  return { fulls: fulls.length, logs: logs.length };
}

const abandonedAfterMs = 12 * 3600_000;

/** Full copies that were cut short on their way: as large as others, and of no use. */
export function sweep(settings: BackupSettings, now: Date): void {
  for (const place of placesOf(settings)) {
    const known = new Set(filesOf(place, 'full').flat());
    for (const name of readdirSync(join(place, 'full'))) {
      if (known.has(name) || !/\.(age|part)$/.test(name)) continue;
      const path = join(place, 'full', name);
      if (now.getTime() - statSync(path).mtimeMs > abandonedAfterMs) rmSync(path, { force: true });
    }
  }
}

function placesOf(settings: BackupSettings): [string, ...string[]] {
  const other = settings.copyTo && join(settings.copyTo, settings.series);
  return [seriesFolder(settings), ...(other && existsSync(join(other, 'full')) ? [other] : [])];
}
