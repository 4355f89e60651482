import { accessSync, constants, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Config } from '#lib/config.ts';
import { type Choice, choose, Unreachable } from './backups/choosing.rules.ts';
import { noteDrill } from './backups/drill-notes.ts';
import { type Judgement, judge } from './backups/judging.ts';
import { openKeptSettings } from './backups/kept-secret.ts';
import { listFulls, listLogs } from './backups/manifests.ts';
import { restoreNeeds } from './backups/programs.ts';
import { dropRestorer, restore } from './backups/restoring.ts';
import { endRestore, holdScratch, removeLeftovers } from './backups/scratch.ts';
import { readBackupSettings, secretOf } from './backups/settings.ts';
import { exitCodeOf, Failure, say } from './failure.ts';
import { dataFolder, privateFolder } from './folders.ts';
import { redisServer, redisUrl } from './redis-server.ts';
import { serverProcess } from './server-process.ts';
import { ensureInstalled, serverNeeds } from './system-packages.ts';

const help = `가장 새 백업을 임시 서버에 되살리고, 점검하고, 얼마나 잃고 얼마나 걸리는지 잽니다.

  bin/restore-drill [--until '2026-11-21 14:05'] [--series 서버이름] [--scratch 폴더] [--keep 폴더] [--no-record]

  --until      그 시각까지만 되살립니다. 적지 않으면 백업이 이어진 데까지
  --keep       되살린 데이터 폴더를 지우지 않고 여기에 남깁니다 (정말로 되살릴 때)
  --no-record  결과를 데이터베이스에 적지 않습니다

BACKUP_DIR에 백업이, BACKUP_IDENTITY에 여는 열쇠가 있어야 합니다. 절차: docs/runbooks/restore.md
`;

const stepNames: Record<string, string> = {
  unpack: '백업을 풉니다',
  prepare: '한 시점으로 맞춥니다',
  start: '서버를 시작합니다',
  replay: '그 뒤에 바뀐 것을 되풀이합니다',
};

process.exit(await exitCodeOf(() => drill(process.argv.slice(2))));

interface Asked {
  until: Date | undefined;
  series: string | undefined;
  scratch: string;
  keep: string | undefined;
  isRecorded: boolean;
}

async function drill(argv: string[]): Promise<number> {
  const asked = readAsked(argv);
  if (!asked) return argv.includes('--help') ? 0 : 1;
  const settings = readBackupSettings();
  const identity = process.env.BACKUP_IDENTITY;
  if (!identity || !existsSync(identity))
    throw new Failure('BACKUP_IDENTITY에 백업을 여는 열쇠 파일을 적어 주세요.');
  await ensureInstalled([...restoreNeeds, ...Object.values(serverNeeds)], dataFolder(process.env));

  const startedAt = new Date();
  const note = asked.isRecorded ? await noteDrill(settings.databaseUrl, hostname(), startedAt) : undefined;
  const folder = asked.keep ? privateFolder(asked.keep) : scratchIn(privateFolder(asked.scratch));
  endWhenStopped(folder, asked.keep !== undefined);
  try {
    const result = await restoreAndJudge(settings.folder, identity, folder, asked, startedAt);
    await note?.end(result);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    for (const words of result.found) say(words);
    if (asked.keep) say(`되살린 데이터 폴더: ${join(folder, 'data')}`);
    const isWell = result.findings === 0 && result.left === 0;
    say(
      isWell
        ? `되살렸습니다. 잃는 시간 ${result.rpoSeconds}초, 걸린 시간 ${result.rtoSeconds}초, 주문 ${result.orders.toLocaleString('ko-KR')}건, 어긋난 것 없음`
        : '되살렸지만 자료 점검에서 어긋난 것이 있습니다.',
    );
    return isWell ? 0 : 1;
  } catch (error) {
    await note?.fail(error);
    throw error;
  }
}

function scratchIn(folder: string): string {
  removeLeftovers(folder);
  const scratch = mkdtempSync(join(folder, 'moa-restore-'));
  holdScratch(scratch);
  return scratch;
}

/** All that people have stored lies there to be read: it goes however this ends. */
function endWhenStopped(folder: string, isKept: boolean): void {
  process.once('exit', () => endRestore(folder, isKept));
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
    process.once(signal, () => process.exit(128 + number));
}

function readAsked(argv: string[]): Asked | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      until: { type: 'string' },
      series: { type: 'string' },
      scratch: { type: 'string' },
      keep: { type: 'string' },
      'no-record': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return undefined;
  }
  const until = values.until ? new Date(values.until.replace(' ', 'T')) : undefined;
  if (until && Number.isNaN(until.getTime()))
    throw new Failure(`--until ‘${values.until}’을(를) 읽을 수 없습니다. 2026-11-21 14:05처럼 적어 주세요.`);
  return {
    until,
    series: values.series,
    scratch: values.scratch ?? tmpdir(),
    keep: values.keep,
    isRecorded: !values['no-record'],
  };
}

export interface DrillResult extends Judgement {
  backup: string;
  series: string;
  restoredUntil: string;
  /** What would be lost if the servers had died when this began. */
  rpoSeconds: number;
  /** From the beginning to data that has been checked and can be worked with. */
  rtoSeconds: number;
  /** Seconds by step. */
  steps: Record<string, number>;
  /** Where the secret came from. */
  secret: 'backup' | 'environment';
}

async function restoreAndJudge(
  backups: string,
  identity: string,
  folder: string,
  asked: Asked,
  startedAt: Date,
): Promise<DrillResult> {
  const began = performance.now();
  const { name, choice, reach } = newestSeries(backups, asked);
  const series = join(backups, name);
  const { full, until } = choice;
  // one whose settings could not be read that night is as good with those of a night before
  const withSettings = full.also ? full : listFulls(series).findLast(({ also }) => also);
  const kept = await openKeptSettings(withSettings ?? full, series, identity, folder);
  const restored = await restore(
    choice,
    { series, identity, folder, exact: asked.until !== undefined },
    (step) => say(`${stepNames[step] ?? step}…`),
  );
  const redis = serverProcess(redisServer('throw-away'), join(folder, 'redis'));
  try {
    await redis.start();
    say('점검합니다…');
    const { config, secret } = await configOf(kept, restored.url, redisUrl(redis.socket));
    const checkedFrom = performance.now();
    const judgement = await judge(config);
    const check = Math.round((performance.now() - checkedFrom) / 100) / 10;
    if (asked.keep) {
      await dropRestorer(restored.url);
      await restored.server.stop();
    }
    return {
      backup: full.name,
      series: name,
      restoredUntil: until.toISOString(),
      rpoSeconds: Math.max(0, Math.round((startedAt.getTime() - reach.getTime()) / 1000)),
      rtoSeconds: Math.round((performance.now() - began) / 1000),
      steps: { ...restored.took, check },
      secret,
      ...judgement,
    };
  } finally {
    restored.server.kill();
    redis.kill();
  }
}

/** Each database host has a series of its own, any of which is enough: the one that reaches furthest. */
function newestSeries(
  backups: string,
  { until, series }: Asked,
): { name: string; choice: Choice; reach: Date } {
  demandReadable(backups);
  const names = series
    ? [series]
    : readdirSync(backups, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && isSeries(join(backups, entry.name)))
        .map(({ name }) => name);
  const errors: unknown[] = [];
  const choices = names.flatMap((name) => {
    const own = join(backups, name);
    try {
      const reach = choose(listFulls(own), listLogs(own), undefined).until;
      return [{ name, reach, choice: choose(listFulls(own), listLogs(own), until) }];
    } catch (error) {
      errors.push(error);
      return [];
    }
  });
  const best = choices.sort((a, b) => b.reach.getTime() - a.reach.getTime())[0];
  if (best) return best;
  const [error] = errors;
  if (error instanceof Unreachable) throw new Failure(error.message);
  throw error ?? new Failure(`백업이 하나도 없습니다. (${backups})`);
}

/** A folder one may not look into may hold the best of them. */
function isSeries(folder: string): boolean {
  demandReadable(folder);
  return existsSync(join(folder, 'full'));
}

function demandReadable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new Failure(
      `백업 폴더 ${folder}를 읽을 수 없습니다. 폴더가 있는지, 이 사용자가 그 폴더의 그룹에 있는지 확인해 주세요. (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

async function configOf(
  kept: Record<string, string>,
  databaseUrl: string,
  redis: string,
): Promise<{ config: Config; secret: DrillResult['secret'] }> {
  const { readConfig } = await import('#lib/config.ts');
  const key = kept.MOA_SECRET ?? secretOf('MOA_SECRET');
  if (!key)
    throw new Failure('백업에 비밀 키가 없습니다. BACKUP_ALSO에 비밀 키 파일을 적거나 MOA_SECRET을 주세요.');
  const oldSecrets = kept.MOA_OLD_SECRETS ?? secretOf('MOA_OLD_SECRETS');
  return {
    config: readConfig({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis,
      REDIS_PREFIX: 'restored',
      MOA_SECRET: key,
      ...(oldSecrets ? { MOA_OLD_SECRETS: oldSecrets } : {}),
      LOG_LEVEL: 'error',
    }),
    secret: kept.MOA_SECRET ? 'backup' : 'environment',
  };
}
