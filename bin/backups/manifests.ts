import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of a full back-up without opening it. Times are ISO, with their zone. */
export interface FullManifest {
  kind: 'full';
  /** `20261122-021003`, when it was begun */
  name: string;
  file: string;
  sha256: string;
  bytes: number;
  startedAt: string;
  endedAt: string;
  /** The moment whose data it holds. */
  coveredUntil: string;
  /** Where the log goes on from there; undefined for a server that writes none. */
  log: { file: string; position: number } | undefined;
  serverVersion: string;
  database: string;
  release: string | undefined;
  /** The secret and the settings, sealed the same way. */
  also: { file: string; sha256: string; bytes: number } | undefined;
}

/** A file of the binary log, whole. */
export interface LogManifest {
  kind: 'log';
  name: string;
  file: string;
  sha256: string;
  bytes: number;
  /** When the server began it: with it a log of the same name after a reset is another one. */
  createdAt: string;
  savedAt: string;
  /** Everything written before stands in this log or an earlier one. */
  coveredUntil: string | undefined;
}

export function listFulls(series: string): FullManifest[] {
  return manifestsIn<FullManifest>(join(series, 'full')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** In the order they were written. */
export function listLogs(series: string): LogManifest[] {
  return manifestsIn<LogManifest>(join(series, 'logs')).sort(
    (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || numberOf(a.name) - numberOf(b.name),
  );
}

/** `binlog.000012` → 12 */
export function numberOf(logName: string): number {
  return Number(logName.split('.').at(-1));
}

/** A file is there once its manifest is: what was cut short on the way has none. */
export function writeManifest(folder: string, manifest: FullManifest | LogManifest): void {
  const path = join(folder, `${manifest.file}.json`);
  writeFileSync(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o640, flush: true });
  renameSync(`${path}.part`, path);
}

function manifestsIn<Manifest>(folder: string): Manifest[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Manifest);
}
