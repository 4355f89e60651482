import { run } from '../src/cli.ts';
import { prepare } from '../src/prepare.ts';
import { exitCodeOf, orStop, stopSignal } from './failure.ts';
import { joinServers } from './private-servers.ts';
import { readSurroundings } from './surroundings.ts';

const code = await exitCodeOf(() => moa(process.argv.slice(2)));
// What was written to a pipe must be out before the process ends.
process.stdout.write('', () => process.exit(code));

async function moa(argv: string[]): Promise<number> {
  const { dataFolder, servers, config } = readSurroundings();
  const io = { config, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
  if (asksForHelp(argv)) return run(argv, io);

  const stop = stopSignal();
  await using _shared = await joinServers(servers, dataFolder);
  stop.throwIfAborted();
  await prepare(config);
  return await orStop(run(argv, io), stop);
}

/** Nobody needs servers to be told how to call. */
function asksForHelp(argv: string[]): boolean {
  return argv.length === 0 || ['help', '--help', '-h'].includes(argv[0]!);
}
