import { Console } from 'node:console';
import { exitCodeOf, orStop, stopSignal } from './failure.ts';
import { joinServers } from './private-servers.ts';
import { readSurroundings } from './surroundings.ts';

// Libraries that talk through the console must not mix with the result.
globalThis.console = new Console(process.stderr, process.stderr);

const code = await exitCodeOf(() => moa(process.argv.slice(2)));
// What was written to a pipe must be out before the process ends.
process.stdout.write('', () => process.exit(code));

async function moa(argv: string[]): Promise<number> {
  const { dataFolder, servers, config } = readSurroundings();
  const io = { config, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
  // Whoever switches Redis may have no database at that moment, and is in a hurry.
  if (argv[0] === 'redis-switch')
    return (await import('../src/redis-switch-command.ts')).redisSwitchCommand(argv.slice(1), io);
  if (asksForHelp(argv)) return (await import('../src/cli.ts')).run(argv, io);

  const stop = stopSignal();
  const joining = joinServers(servers, dataFolder);
  const loading = Promise.all([import('../src/cli.ts'), import('../src/prepare.ts')]); // while the servers start
  await using _shared = await joining;
  const [{ run }, { prepare }] = await loading;
  stop.throwIfAborted();
  await prepare(config);
  return await orStop(run(argv, io), stop);
}

/** Nobody needs servers to be told how to call. */
function asksForHelp(argv: string[]): boolean {
  return argv.length === 0 || ['help', '--help', '-h'].includes(argv[0]!);
}
