import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'node:test';
import { projectFolder } from '../../bin/folders.ts';
import { keepRunning } from '../../bin/supervision.ts';
import { isAlive, startCommand, temporaryFolder } from './processes.ts';

/** A program that notes its process id, and that is ready when it has. */
function noting(folder: string, then: string) {
  const script = join(folder, 'part.ts');
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
     appendFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + '\\n');
     ${then}`,
  );
  const part = { name: 'part', title: '시험 서버가', script: relative(projectFolder, script) };
  return { part, pids: () => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function noted(pids: () => number[], count: number): () => boolean {
  return () => {
    try {
      return pids().length >= count;
    } catch {
      return false;
    }
  };
}

test('a program that ends while it starts says why', async () => {
  using folder = temporaryFolder();
  const { part } = noting(folder.path, "throw new Error('no table');");
  await using running = keepRunning(part, process.env, folder.path);
  await assert.rejects(running.failed, /시험 서버가 시작하지 못했습니다.*no table/s);
});

test('a program that was killed is started again, and ended with the rest', async () => {
  using folder = temporaryFolder();
  const { part, pids } = noting(folder.path, 'setInterval(() => {}, 60_000);');
  {
    await using running = keepRunning(part, process.env, folder.path);
    running.settle();
    await until(noted(pids, 1));
    process.kill(pids()[0]!, 'SIGKILL');
    await until(noted(pids, 2));
  }
  assert.ok(!pids().some(isAlive));
});

test('a program ends by itself when the one that started it was killed', async () => {
  using folder = temporaryFolder();
  const { part, pids } = noting(folder.path, 'setInterval(() => {}, 60_000);');
  const code = `
    import { keepRunning } from ${JSON.stringify(import.meta.resolve('../../bin/supervision.ts'))};
    globalThis.running = keepRunning(${JSON.stringify(part)}, process.env, ${JSON.stringify(folder.path)});`;
  const starter = startCommand(process.execPath, ['--input-type=module', '-e', code]);
  await until(noted(pids, 1));
  starter.child.kill('SIGKILL');
  await starter.ended;
  await until(() => !isAlive(pids()[0]!));
});
