import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, Failure, orStop, stopSignal } from './failure.ts';
import { dataFolder, projectFolder } from './folders.ts';
import { alertNeeds, browserNeeds, browserPath, ensureInstalled, serverNeeds } from './system-packages.ts';
import { findTestFiles, runTestFiles } from './test-files.ts';
import { addTallies, type Tally } from './test-tally.ts';
import { startThrowAwayServers } from './throw-away-servers.ts';

const help = `Moa를 검사합니다: 타입, 린트, 서식, 모든 테스트.

  bin/test [파일이나 폴더...]

파일이나 폴더를 적으면 그 테스트만 실행합니다. 예: bin/test tests/orders
`;

/** Everything that says whether the code is well apart from the tests; each counts as one check. */
const staticChecks: Record<string, [program: string, ...args: string[]]> = {
  types: ['tsc', '--noEmit'],
  lint: ['biome', 'ci', '--colors=off', '--formatter-enabled=false', '.'],
  format: ['biome', 'format', '--colors=off', '.'],
};

process.exit(
  await exitCodeOf(async () => {
    const wanted = readArguments(process.argv.slice(2));
    if (!wanted) {
      process.stdout.write(help);
      return 0;
    }
    const tally = await check(wanted, stopSignal()).catch((error: Error) => {
      if (!(error instanceof Failure)) throw error;
      return failure(error.message);
    });
    for (const text of tally.failures) process.stdout.write(`\n✗ ${shorten(text)}\n`);
    if (tally.skipped > 0) process.stdout.write(`\n${tally.skipped} skipped`);
    process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
    return tally.failed > 0 ? 1 : 0;
  }),
);

function readArguments(args: string[]): string[] | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    return values.help ? undefined : positionals;
  } catch {
    throw new Failure(`알 수 없는 옵션이 있습니다: ${args.join(' ')}\n\n${help}`);
  }
}

async function check(wanted: readonly string[], stop: AbortSignal): Promise<Tally> {
  const files = findTestFiles(wanted);
  if (files.length === 0) return failure('no test file was found');
  const tallies: Tally[] = [];
  if (wanted.length === 0) {
    for (const [name, command] of Object.entries(staticChecks))
      tallies.push(await runCheck(name, command, stop));
  }

  await ensureInstalled(
    [...Object.values(serverNeeds), ...browserNeeds, ...alertNeeds],
    dataFolder(process.env),
  );
  stop.throwIfAborted();
  using servers = await startThrowAwayServers();
  stop.throwIfAborted();
  useInTests(servers);
  tallies.push(...(await runTestFiles(files, stop, tell)));
  stop.throwIfAborted();
  return addTallies(tallies);
}

async function runCheck(name: string, [program, ...args]: string[], stop: AbortSignal): Promise<Tally> {
  const startedAt = performance.now();
  const child = spawn(join(projectFolder, 'node_modules/.bin', program!), args, {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(String(text)));
  const code = await orStop(new Promise((resolve) => child.once('close', resolve)), stop).catch((error) => {
    child.kill();
    throw error;
  });
  const tally = code === 0 ? success() : failure(`${name}\n${output.join('')}`);
  tell(name, tally, performance.now() - startedAt);
  return tally;
}

/** Tests must never reach the servers of somebody's real data. */
function useInTests(servers: { databaseUrl: string; redisUrl: string }): void {
  const isSetting = /^(DATABASE_URL|REDIS_\w+|MOA_\w+|OIDC_\w+|METRICS_\w+|LISTEN|PORT|HOST)(_FILE)?$/;
  for (const name of Object.keys(process.env).filter((one) => isSetting.test(one))) delete process.env[name];
  process.env.TEST_DATABASE_URL = servers.databaseUrl;
  process.env.TEST_REDIS_URL = servers.redisUrl;
  process.env.CHROMIUM ??= browserPath();
}

function tell(name: string, { passed, failed }: Tally, milliseconds: number): void {
  const seconds = (milliseconds / 1000).toFixed(1);
  process.stdout.write(
    `${failed > 0 ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed (${seconds} s)\n`,
  );
}

/** A diff of two large values fills thousands of lines; its ends tell enough. */
function shorten(text: string): string {
  const lines = text.trimEnd().split('\n');
  if (lines.length <= 80) return lines.join('\n');
  return [...lines.slice(0, 50), `… ${lines.length - 80} more lines …`, ...lines.slice(-30)].join('\n');
}

function success(): Tally {
  return { passed: 1, failed: 0, skipped: 0, failures: [] };
}

function failure(text: string): Tally {
  return { passed: 0, failed: 1, skipped: 0, failures: [text] };
}
