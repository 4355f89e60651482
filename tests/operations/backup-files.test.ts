import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { copyAway } from '../../bin/backups/copying.ts';
import { findSecrets } from '../../bin/backups/kept-secret.ts';
import { type FullManifest, type LogManifest, writeManifest } from '../../bin/backups/manifests.ts';
import { prune, sweep } from '../../bin/backups/pruning.ts';
import { removeLeftovers } from '../../bin/backups/scratch.ts';
import { type BackupSettings, seriesFolder } from '../../bin/backups/settings.ts';
import { tryLock } from '../../bin/file-locks.ts';

let folder: string;
let settings: BackupSettings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moa-backup-files-'));
  settings = {
    folder: join(folder, 'own'),
    series: 'db1',
    recipients: undefined,
    copyTo: join(folder, 'other'),
    databaseUrl: undefined,
    also: [],
  };
  mkdirSync(settings.copyTo!);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = new Date('2026-11-22T05:00:00+09:00');
const dayMs = 24 * 3600_000;

function keepLog(place: string, number: number, at = now): string {
  const file = `${number}.zst.age`;
  const manifest: LogManifest = {
    kind: 'log',
    name: `binlog.${String(number).padStart(6, '0')}`,
    file,
    sha256: '',
    bytes: 1,
    createdAt: at.toISOString(),
    savedAt: at.toISOString(),
    coveredUntil: at.toISOString(),
  };
  mkdirSync(join(place, 'logs'), { recursive: true });
  writeFileSync(join(place, 'logs', file), 'x');
  writeManifest(join(place, 'logs'), manifest);
  return file;
}

function keepFull(place: string, at: Date): string {
  const name = at.toISOString().slice(0, 10).replaceAll('-', '').concat('-020000');
  const manifest: FullManifest = {
    kind: 'full',
    name,
    file: `${name}.mbstream.zst.age`,
    sha256: '',
    bytes: 1,
    startedAt: at.toISOString(),
    endedAt: at.toISOString(),
    coveredUntil: at.toISOString(),
    log: { file: 'binlog.000001', position: 4 },
    serverVersion: '10.11',
    database: 'moa',
    release: undefined,
    also: { file: `${name}.settings.tar.zst.age`, sha256: '', bytes: 1 },
  };
  mkdirSync(join(place, 'full'), { recursive: true });
  for (const file of [manifest.file, manifest.also!.file]) writeFileSync(join(place, 'full', file), 'x');
  writeManifest(join(place, 'full'), manifest);
  return name;
}

test('what could not be copied while the second place was away is there once it is back', async () => {
  const own = seriesFolder(settings);
  rmSync(settings.copyTo!, { recursive: true });
  keepLog(own, 1);
  await assert.rejects(copyAway(settings, 'logs'), /두 번째 백업 폴더가 없습니다/);
  mkdirSync(settings.copyTo!);
  keepLog(own, 2);
  keepFull(own, now);
  await copyAway(settings, 'logs');
  await copyAway(settings, 'full');
  for (const part of ['logs', 'full'])
    assert.deepEqual(readdirSync(join(settings.copyTo!, 'db1', part)), readdirSync(join(own, part)));
});

test('the group may read what is sealed, and nobody else', () => {
  const own = seriesFolder(settings);
  assert.equal(statSync(join(own, 'logs')).mode & 0o007, 0);
  assert.equal(statSync(join(own, 'logs')).mode & 0o050, 0o050);
  keepLog(own, 1);
  assert.equal(statSync(join(own, 'logs', '1.zst.age.json')).mode & 0o047, 0o040);
});

test('each place loses what is too old there, even what the first has not got any more', () => {
  const own = seriesFolder(settings);
  const other = join(settings.copyTo!, 'db1');
  keepFull(own, now);
  keepFull(other, now);
  const old = keepFull(other, new Date(now.getTime() - 70 * dayMs));
  keepLog(other, 1, new Date(now.getTime() - 70 * dayMs));
  prune(settings, now);
  assert.deepEqual(
    readdirSync(join(other, 'full')).filter((file) => file.startsWith(old)),
    [],
  );
  assert.deepEqual(readdirSync(join(other, 'logs')), []);
  assert.equal(readdirSync(join(own, 'full')).length, 3);
});

test('a copy that was cut short is swept away the next night, and one that is being made is left', () => {
  const own = seriesFolder(settings);
  keepFull(own, now);
  const [dead, alive] = ['20261120-021000.mbstream.zst.age.part', '20261122-021000.mbstream.zst.age.part'];
  for (const name of [dead!, alive!, 'README']) writeFileSync(join(own, 'full', name), 'x');
  for (const name of [dead!, 'README'])
    utimesSync(join(own, 'full', name), new Date(0), new Date(now.getTime() - dayMs));
  utimesSync(join(own, 'full', alive!), now, now);
  sweep(settings, now);
  assert.equal(existsSync(join(own, 'full', dead!)), false);
  assert.ok(existsSync(join(own, 'full', alive!)) && existsSync(join(own, 'full', 'README')));
  assert.equal(readdirSync(join(own, 'full')).length, 5);
});

test('data that a killed drill has left to be read is removed by the next, and that of a running one is not', () => {
  for (const name of ['moa-restore-dead', 'moa-restore-alive', 'something-else']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'personal'), 'x');
  }
  const running = tryLock(join(folder, 'moa-restore-alive', 'drill.lock'), 'exclusive');
  removeLeftovers(folder);
  running?.release();
  const left = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'personal')));
  assert.deepEqual(left.sort(), ['moa-restore-alive', 'something-else']);
});

test('the secret is found in the settings of a small installation and of a large one', () => {
  const [present, former, older] = ['a', 'b', 'c'].map((one) => one.repeat(40)) as [string, string, string];
  const small = join(folder, 'small');
  mkdirSync(join(small, 'srv/moa/.local'), { recursive: true });
  writeFileSync(join(small, 'srv/moa/.local/secret'), `${former}\n`);
  assert.deepEqual(findSecrets(small), { MOA_SECRET: former });
  writeFileSync(join(small, 'srv/moa/.env'), `# MOA_SECRET=nothing\nMOA_SECRET="${present}"\n`);
  assert.deepEqual(findSecrets(small), { MOA_SECRET: present, MOA_OLD_SECRETS: former });

  const large = join(folder, 'large');
  mkdirSync(join(large, 'etc/moa'), { recursive: true });
  writeFileSync(join(large, 'etc/moa/secret'), `${present}\n`);
  writeFileSync(join(large, 'etc/moa/old_secrets'), `${former}\n${older}\n`);
  writeFileSync(join(large, 'etc/moa/moa.env'), 'MOA_SECRET_FILE=/etc/moa/secret\n');
  assert.deepEqual(findSecrets(large), { MOA_SECRET: present, MOA_OLD_SECRETS: `${former},${older}` });
});
