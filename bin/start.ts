import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { firstAdminPath, prepare } from '../src/prepare.ts';
import { demoSignIns, loadDemo } from './demo.ts';
import { exitCodeOf, Failure, orStop, say, stopSignal } from './failure.ts';
import { joinServers, type SharedServers } from './private-servers.ts';
import { keepRunning, type Part, workerFlags } from './supervision.ts';
import { readSurroundings } from './surroundings.ts';
import { freePort, localAddress, waitUntilReady } from './web-address.ts';

const help = `Moa를 시작합니다. 끝내려면 Ctrl-C를 누르세요.

  bin/start [--port 번호] [--no-demo]

  --port 번호   웹 주소의 포트. 적지 않으면 3000입니다.
  --no-demo     처음 시작할 때 시연 자료를 넣지 않습니다.

설정은 .env 파일이나 환경 변수로 합니다. .env.example에 설명이 있습니다.
`;

const webPart: Part = { name: 'web', title: '웹 서버가', script: 'src/main.ts' };
const workerPart: Part = {
  name: 'worker',
  title: '작업 서버가',
  script: 'src/worker.ts',
  nodeFlags: workerFlags,
};

process.exit(await exitCodeOf(() => start(process.argv.slice(2))));

async function start(args: string[]): Promise<number> {
  const flags = readFlags(args);
  if (flags.help) {
    process.stdout.write(help);
    return 0;
  }
  const stop = stopSignal();
  const { dataFolder, servers, config, env } = readSurroundings(flags.port ? { PORT: flags.port } : {});
  const port = await freePort(config.port, config.host);
  const address = localAddress(config.host, port);

  await using shared = await joinServers(servers, dataFolder);
  stop.throwIfAborted();
  say('데이터베이스를 준비합니다.');
  await prepare(config);
  stop.throwIfAborted();
  if (flags.demo) {
    say('시연 자료를 확인합니다.');
    await loadDemo(env, dataFolder, stop);
  }

  const partEnv = { ...env, PORT: String(port) };
  await using web = keepRunning(webPart, partEnv, dataFolder);
  await using worker = keepRunning(workerPart, partEnv, dataFolder);
  const failed = Promise.race([web.failed, worker.failed]);
  await orStop(Promise.race([waitUntilReady(address), failed]), stop);
  web.settle();
  worker.settle();

  const signIns = await demoSignIns(config.databaseUrl);
  process.stdout.write(`\nMoa가 준비되었습니다: ${address}\n`);
  if (signIns) process.stdout.write(`${signIns}\n`);
  const firstAdmin = await firstAdminPath(config);
  if (firstAdmin) {
    process.stdout.write(
      `\n아직 관리자가 없습니다. 24시간 안에 한 번 쓸 수 있는 이 주소에서 첫 관리자를 만드세요.\n${address}${firstAdmin}\n\n`,
    );
  }
  process.stdout.write(`기록: ${dataFolder}/logs\n끝내려면 Ctrl-C를 누르세요.\n\n`);

  try {
    await orStop(Promise.race([keepAlive(shared, stop), failed]), stop);
  } finally {
    say('끝내고 있습니다.');
  }
  return 0;
}

function readFlags(args: string[]): { port?: string; demo: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) {
      throw new Failure(`--port 값 ‘${values.port}’은 포트 번호가 아닙니다. 예: --port 3001`);
    }
    return { port: values.port, demo: !values['no-demo'], help: values.help };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`알 수 없는 옵션이 있습니다: ${args.join(' ')}\n\n${help}`);
  }
}

async function keepAlive(servers: SharedServers, stop: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(5000, undefined, { ref: true });
    stop.throwIfAborted();
    for (const title of await servers.revive()) say(`${title}가 멈춰서 다시 시작했습니다.`);
  }
}
