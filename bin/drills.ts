import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Drill } from '../tests/drills/lab/drill.ts';
import { ownNetworkPrefix } from '../tests/drills/lab/zones.ts';
import { exitCodeOf, Failure, orStop, say, stopSignal } from './failure.ts';
import { dataFolder, projectFolder } from './folders.ts';
import { ensureInstalled, networkNeeds, serverNeeds } from './system-packages.ts';

const help = `Moa를 일부러 고장 내고, 견디는지 잽니다. 서버는 훈련마다 따로 띄우고 끝나면 지웁니다.

  bin/drills [이름...] [--이름=값]    적은 훈련만, 적지 않으면 모두
  bin/drills --list                   훈련과 하는 일

훈련마다 마지막 줄이 결과(JSON)이고, 기준을 하나라도 못 지키면 0이 아닌 값으로 끝납니다.
이름=값은 훈련에 그대로 갑니다. 예: bin/drills worker-kills --lines=20000
`;

const folder = join(projectFolder, 'tests/drills');

process.exit(await exitCodeOf(() => drills(process.argv.slice(2))));

async function drills(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  const stop = stopSignal();
  const known = await findDrills();
  if (args.includes('--list')) {
    for (const [name, { title }] of known) process.stdout.write(`${name.padEnd(18)} ${title}\n`);
    return 0;
  }
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Failure(`모르는 훈련입니다: ${unknown.join(', ')}\n\n${help}`);

  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, drill] of known) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const how = await runDrill(
      name,
      drill,
      args.filter((arg) => arg.startsWith('--')),
      stop,
    );
    tally[how]++;
  }
  process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
  return tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

async function findDrills(): Promise<Map<string, Drill>> {
  const files = globSync('*.drill.ts', { cwd: folder }).sort();
  const loaded = files.map(async (file): Promise<[string, Drill]> => {
    const { default: drill } = await import(pathToFileURL(join(folder, file)).href);
    return [basename(file, '.drill.ts'), drill];
  });
  return new Map(await Promise.all(loaded));
}

/** Each in a process of its own; one with its own network ends with everything it started. */
async function runDrill(
  name: string,
  drill: Drill,
  args: readonly string[],
  stop: AbortSignal,
): Promise<'passed' | 'failed' | 'skipped'> {
  say(`\n${name}: ${drill.title}`);
  const needs = [
    ...Object.values(serverNeeds),
    ...(drill.ownNetwork ? networkNeeds : []),
    ...(drill.needs ?? []),
  ];
  try {
    await ensureInstalled(needs, dataFolder(process.env));
  } catch (error) {
    return skip(name, (error as Error).message);
  }
  const prefix = drill.ownNetwork ? ownNetworkPrefix() : [];
  if (!prefix) return skip(name, '네트워크를 나눌 권한이 없습니다. 리눅스에서 root로 실행하세요.');

  const command = [
    process.execPath,
    join(folder, 'lab/run-drill.ts'),
    name,
    join(folder, `${name}.drill.ts`),
  ];
  const [program, ...rest] = [...prefix, ...command, ...args];
  const child = spawn(program!, rest, { cwd: projectFolder, stdio: ['ignore', 'pipe', 'inherit'] });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    process.stdout.write(text);
  });
  const code = await orStop(new Promise((resolve) => child.once('close', resolve)), stop).catch((error) => {
    child.kill('SIGTERM');
    throw error;
  });
  if (code !== 0) return 'failed';
  return written.trimEnd().split('\n').at(-1)?.includes('"skipped":') ? 'skipped' : 'passed';
}

function skip(name: string, why: string): 'skipped' {
  process.stdout.write(`${JSON.stringify({ drill: name, skipped: why })}\n`);
  return 'skipped';
}
