import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { projectFolder } from '../../bin/folders.ts';
import { runCommand, startCommand, temporaryFolder } from './processes.ts';

/** A clone with nothing installed, and an npm that only notes its calls. */
function freshClone(folder: string, { nodeVersion = '20.1.0' } = {}) {
  const [clone, programs] = [join(folder, 'clone'), join(folder, 'programs')];
  for (const path of [clone, programs, join(clone, 'bin')]) mkdirSync(path, { recursive: true });
  for (const name of ['moa', 'npm-packages.sh'])
    cpSync(join(projectFolder, 'bin', name), join(clone, 'bin', name));
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  program(join(programs, 'node'), `echo ${nodeVersion.split('.')[0]}`);
  program(
    join(programs, 'npm'),
    `echo call >> ${folder}/npm-calls; echo chatter; sleep 0.3; mkdir -p node_modules/.bin
     printf '#!/bin/sh\\necho "$TZ $2"\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node`,
  );
  const env = { PATH: `${programs}:${process.env.PATH}` };
  return {
    clone,
    env,
    call: (word: string) => runCommand(join(clone, 'bin/moa'), [word], { env, cwd: folder }),
    npmCalls: () => readFileSync(join(folder, 'npm-calls'), 'utf8').trim().split('\n').length,
  };
}

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test('two commands at once on a fresh clone install the packages once; stdout stays clean', async () => {
  using folder = temporaryFolder();
  const { call, npmCalls } = freshClone(folder.path);
  const [first, second] = await Promise.all([call('one'), call('two')]);
  assert.deepEqual([first.stdout, second.stdout], ['Asia/Seoul one\n', 'Asia/Seoul two\n']);
  assert.match(first.stderr + second.stderr, /npm 패키지를 설치합니다/);
  assert.equal(npmCalls(), 1);
});

test('packages are installed again when the lock file has changed, and only then', async () => {
  using folder = temporaryFolder();
  const { clone, call, npmCalls } = freshClone(folder.path);
  await call('one');
  await call('two');
  assert.equal(npmCalls(), 1);

  writeFileSync(join(clone, 'package-lock.json'), '{"new":true}');
  await call('three');
  assert.equal(npmCalls(), 2);
});

test('the lock of a killed installation is taken over', async () => {
  using folder = temporaryFolder();
  const { clone, call } = freshClone(folder.path);
  const { child, ended } = startCommand('true', []);
  await ended;
  symlinkSync(String(child.pid), join(clone, '.npm-install.lock'));
  assert.equal((await call('one')).stdout, 'Asia/Seoul one\n');
});

test('a command is found through a link, from any folder', async () => {
  using folder = temporaryFolder();
  const { clone, env } = freshClone(folder.path);
  symlinkSync('clone/bin/moa', join(folder.path, 'link'));
  symlinkSync(join(folder.path, 'link'), join(folder.path, 'link-to-link'));
  const { stdout } = await runCommand(join(folder.path, 'link-to-link'), ['one'], { env, cwd: '/' });
  assert.equal(stdout, 'Asia/Seoul one\n');
  assert.ok(readFileSync(join(clone, 'node_modules/.moa-installed')));
});

test('an old Node is refused with a sentence', async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await freshClone(folder.path, { nodeVersion: '18.20.0' }).call('one');
  assert.equal(code, 1);
  assert.match(stderr, /Node\.js 20 이상과 npm이 필요합니다/);
});
