import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, Unreachable } from '../../bin/backups/choosing.rules.ts';
import { kept, outdated } from '../../bin/backups/keeping.rules.ts';
import type { FullManifest, LogManifest } from '../../bin/backups/manifests.ts';

const dayMs = 24 * 3600 * 1000;
const now = new Date('2026-11-22T05:00:00+09:00');
const before = (days: number, minutes = 0) => new Date(now.getTime() - days * dayMs - minutes * 60_000);

function aFull(at: Date, log?: { file: string; position: number }): FullManifest {
  const [date, time] = at.toISOString().split('T') as [string, string];
  return {
    kind: 'full',
    name: `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`,
    file: `${at.getTime()}.mbstream.zst.age`,
    sha256: '',
    bytes: 1,
    startedAt: at.toISOString(),
    endedAt: at.toISOString(),
    coveredUntil: at.toISOString(),
    log,
    serverVersion: '10.11',
    database: 'moa',
    release: undefined,
    also: undefined,
  };
}

function aLog(number: number, createdAt: Date, coveredUntil: Date, base = 'binlog'): LogManifest {
  return {
    kind: 'log',
    name: `${base}.${String(number).padStart(6, '0')}`,
    file: `${createdAt.getTime()}-${number}`,
    sha256: '',
    bytes: 1,
    createdAt: createdAt.toISOString(),
    savedAt: coveredUntil.toISOString(),
    coveredUntil: coveredUntil.toISOString(),
  };
}

const each = (days: number) => Array.from({ length: days }, (_, ago) => aFull(before(ago, 170)));

test('a full back-up of every night stays for two weeks, then one of each week, and none for longer than eight', () => {
  const fulls = each(120);
  const gone = new Set(outdated(fulls, [], now).fulls);
  const left = fulls
    .filter((full) => !gone.has(full))
    .map((full) => (now.getTime() - Date.parse(full.startedAt)) / dayMs);
  assert.equal(left.filter((age) => age <= kept.days).length, kept.days);
  const weekly = left.filter((age) => age > kept.days);
  assert.ok(weekly.length >= kept.weeks - 3 && weekly.length <= kept.weeks, `${weekly}`);
  assert.ok(Math.max(...left) <= kept.weeks * 7);
});

test('of several back-ups of one night the newest stays', () => {
  const [early, late] = [aFull(before(3, 300)), aFull(before(3, 200))];
  assert.deepEqual(outdated([late, early, aFull(before(0, 10))], [], now).fulls, [early]);
});

test('a back-up made in haste after a mistake does not push out the one of that night, nor its logs', () => {
  const night = aFull(before(0, 170), { file: 'binlog.000001', position: 4 });
  const log = aLog(1, before(0, 200), before(0, 100));
  assert.deepEqual(outdated([night, aFull(before(0, 10))], [log], now), { fulls: [], logs: [] });
});

test('the only back-up stays, however old it is, with its logs', () => {
  const full = aFull(before(300), { file: 'binlog.000001', position: 4 });
  const log = aLog(1, before(300, 10), before(299));
  assert.deepEqual(outdated([full], [log], now), { fulls: [], logs: [] });
});

test('logs go with the last back-up of the two weeks that needs them', () => {
  const fulls = [aFull(before(20)), aFull(before(13)), aFull(before(1))];
  const logs = [
    aLog(1, before(20), before(14)),
    aLog(2, before(14), before(12)),
    aLog(3, before(12), before(0)),
  ];
  assert.deepEqual(outdated(fulls, logs, now).logs, [logs[0]]);
});

const full = aFull(before(0, 120), { file: 'binlog.000005', position: 900 });
const older = aFull(before(1, 120), { file: 'binlog.000003', position: 300 });
const logs = [
  aLog(3, before(1, 200), before(1, 100)),
  aLog(4, before(1, 100), before(0, 130)),
  aLog(5, before(0, 130), before(0, 60)),
  aLog(6, before(0, 60), before(0, 10)),
];

test('the newest back-up is taken, and the logs from the one it left off in', () => {
  const choice = choose([older, full], logs, undefined);
  assert.equal(choice.full, full);
  assert.deepEqual(choice.logs, logs.slice(2));
  assert.deepEqual(choice.until, before(0, 10));
});

test('for an earlier moment an older back-up is taken, with no more logs than it takes', () => {
  const choice = choose([older, full], logs, before(0, 125));
  assert.equal(choice.full, older);
  assert.deepEqual(choice.logs, logs.slice(0, 3));
  assert.deepEqual(choice.until, before(0, 125));
});

test('a log that is missing ends what can be had, and whoever wants more hears until when', () => {
  const broken = [...logs.slice(0, 3), aLog(7, before(0, 10), before(0, 1))];
  assert.deepEqual(choose([full], broken, undefined).until, before(0, 60));
  assert.throws(() => choose([full], broken, before(0, 30)), Unreachable);
});

test('a log of the same name from before the server began to count anew is another one', () => {
  const again = [aLog(1, before(0, 50), before(0, 40)), aLog(2, before(0, 40), before(0, 5))];
  const anew = aFull(before(0, 45), { file: 'binlog.000001', position: 4 });
  const old = [aLog(1, before(9), before(8)), aLog(2, before(8), before(7))];
  assert.deepEqual(choose([anew], [...old, ...again], undefined).logs, again);
});

test('a moment before the first back-up cannot be had', () => {
  assert.throws(() => choose([full], logs, before(9)), /가장 오래된 백업/);
  assert.throws(() => choose([], [], undefined), /백업이 하나도 없습니다/);
});

test('a server without a log comes back as it was copied', () => {
  const plain = aFull(before(0, 120));
  assert.deepEqual(choose([plain], [], undefined), { full: plain, logs: [], until: before(0, 120) });
});
