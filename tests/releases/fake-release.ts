import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../bin/folders.ts';
import { type Home, makeFolders, openHome } from '../../bin/releases/home.ts';
import { supervisorOf } from '../../bin/releases/processes.ts';

const listening = JSON.stringify(join(projectFolder, 'src/lib/web/listening.ts'));
const watching = JSON.stringify(join(projectFolder, 'src/lib/slot.ts'));
const logging = JSON.stringify(join(projectFolder, 'src/lib/log.ts'));

/** Says that it is ready and follows the link, and nothing else. */
const process_ = `
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
const { listen } = await import(${listening});
const { watchSlot } = await import(${watching});
const { createLog } = await import(${logging});
const { LISTEN, MOA_SLOT: name, MOA_SOCKETS: folder, MOA_INSTANCE: instance } = process.env;
const server = createServer((req, res) => {
  if (req.url === '/readyz' && existsSync(folder + '/nobody-is-ready')) res.statusCode = 503;
  res.end(JSON.stringify({ slot: name, release: RELEASE }));
});
if (LISTEN) await listen(server, { host: '', port: 0, socketPath: LISTEN });
else setInterval(() => {}, 1000);
await watchSlot({ name, folder, instance }, createLog('silent', 'fake')).follow(async () => undefined);
process.on('SIGTERM', () => process.exit(0));
`;

/** Stands by for ever. */
const deaf = `
import { writeFileSync } from 'node:fs';
const { MOA_SLOT: name, MOA_SOCKETS: folder, MOA_INSTANCE: instance } = process.env;
writeFileSync(folder + '/' + name + '/' + instance + '.json', JSON.stringify({ pid: process.pid, state: 'standby' }));
setInterval(() => {}, 1000);
`;

/** A release of three small programs that does what `bin/release` expects of one; `fails` breaks a step of it. */
export function packFake(
  folder: string,
  version: string,
  fails?: 'guard' | 'prepare' | 'smoke' | 'start' | 'take over',
): string {
  const tree = mkdtempSync(join(folder, 'tree-'));
  const put = (path: string, text: string) => {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  const program = `const RELEASE = '${version}';\n${fails === 'start' ? "throw new Error('broken');" : process_}`;
  put('package.json', '{ "type": "module" }');
  put('package-lock.json', '{ "fake": true }');
  put('release.json', JSON.stringify({ version, commit: 'f'.repeat(40), madeAt: '2026-11-22T00:00:00Z' }));
  put('src/main.ts', program);
  put('src/worker.ts', fails === 'take over' ? deaf : program);
  put('public/style.css', version);
  put(
    'bin/releases/tree-step.ts',
    `import { writeFileSync } from 'node:fs';
    const [step, argument] = process.argv.slice(2);
    if (step === 'guard') writeFileSync(process.env.MOA_HOME + '/guarded.json', argument);
    if (step === '${fails}') { console.error('${version}: ${fails}'); process.exit(1); }
    const statics = [{ address: '/assets/${version}', directory: process.cwd() + '/public' }];
    console.log(JSON.stringify(step === 'statics' ? statics : []));`,
  );
  const archive = join(folder, `${version}.tar.gz`);
  execFileSync('tar', ['-czf', archive, '-C', tree, '.']);
  return archive;
}

/** A host without a service manager; packages come from a release that lies there already. */
export function openFakeHome(): Home & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'moa-home-'));
  const home = openHome({
    PATH: process.env.PATH,
    MOA_HOME: folder,
    MOA_ENV_FILE: join(folder, 'none'),
    MOA_SUPERVISOR: 'plain',
    MOA_WEBS: '1',
  });
  makeFolders(home);
  cpSync(join(projectFolder, 'deploy/systemd/run'), join(folder, 'bin/run'));
  chmodSync(join(folder, 'bin/run'), 0o755);
  const packages = join(home.slots, 'green/node_modules');
  mkdirSync(join(packages, '.bin'), { recursive: true });
  symlinkSync(process.execPath, join(packages, '.bin/node'));
  for (const path of ['green/package-lock.json', 'green/node_modules/.moa-installed'])
    writeFileSync(join(home.slots, path), '{ "fake": true }');
  return {
    ...home,
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

export async function endAll(home: Home): Promise<void> {
  for (const slot of ['blue', 'green'] as const) await supervisorOf(home).stop(slot);
}
