import { type ChildProcess, execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../../../bin/folders.ts';
import type { Status } from '../../../bin/releases/status.ts';
import type { Settings } from './app.ts';
import type { Lab } from './lab.ts';

const run = promisify(execFile);

export interface Slots {
  folder: string;
  /** Runs `bin/release`; throws with what it said when it refuses. */
  release(...args: string[]): Promise<{ output: string; ms: number }>;
  /** Begins a release and leaves it to be killed. */
  begin(...args: string[]): ChildProcess;
  status(): Promise<Status>;
}

/** A host with two slots, as the runbook makes it, in a folder of the drill; without a service manager. */
export async function openSlots(lab: Lab, settings: Settings): Promise<Slots> {
  const folder = join(lab.folder, 'srv');
  mkdirSync(folder);
  const envFile = join(lab.folder, 'moa.env');
  writeFileSync(
    envFile,
    Object.entries(settings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  );
  const { PATH, HOME } = process.env;
  const options = {
    cwd: lab.folder,
    env: { PATH, HOME, MOA_HOME: folder, MOA_ENV_FILE: envFile, MOA_SUPERVISOR: 'plain' },
  };
  const program = join(projectFolder, 'bin/release');
  const slots: Slots = {
    folder,
    async release(...args) {
      const beganAt = performance.now();
      const { stdout, stderr } = await run(program, args, { ...options, maxBuffer: 2 ** 26 }).catch(
        (error: { stderr?: string }) => {
          throw new Error(`bin/release ${args.join(' ')}: ${error.stderr ?? error}`);
        },
      );
      appendFileSync(lab.logOf('release'), stderr);
      return { output: stdout.trim(), ms: performance.now() - beganAt };
    },
    begin: (...args) => lab.spawn('interrupted-release', program, args, options),
    status: async () => JSON.parse((await slots.release('status', '--json')).output) as Status,
  };
  lab.defer(() => killAll(folder));
  process.on('exit', () => killAll(folder));
  await slots.release('init');
  return slots;
}

/** Web and worker do not end with us: they are nobody's children. */
function killAll(folder: string): void {
  for (const slot of ['blue', 'green'])
    for (const instance of ['web-1', 'web-2', 'worker-1']) {
      try {
        const pid = Number(readFileSync(join(folder, 'sockets', slot, `${instance}.pid`), 'utf8'));
        if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${slot}-`)) process.kill(-pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    }
}

/** An archive of the last commit, and one that differs from it in a style sheet, as a next release would. */
export async function packTwo(lab: Lab, slots: Slots): Promise<{ first: string; second: string }> {
  const [first, second] = [join(lab.folder, 'first.tar.gz'), join(lab.folder, 'second.tar.gz')];
  await slots.release('pack', 'HEAD', '--out', first);
  const tree = join(lab.folder, 'second');
  mkdirSync(tree);
  await run('tar', ['-xzf', first, '-C', tree]);
  appendFileSync(join(tree, 'public/css/base.css'), '\n/* the next release */\n');
  const release = JSON.parse(readFileSync(join(tree, 'release.json'), 'utf8'));
  writeFileSync(
    join(tree, 'release.json'),
    JSON.stringify({ ...release, version: `${release.version}-next` }),
  );
  await run('tar', ['-czf', second, '-C', tree, '.']);
  return { first, second };
}
