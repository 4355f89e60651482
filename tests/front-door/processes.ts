import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../bin/folders.ts';

/** A folder that is gone at the end of the test. */
export function temporaryFolder(name = 'moa-front-door-'): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), name));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 20 }) };
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Waits until it has written this text; throws when it ends before. */
  says(text: string): Promise<void>;
}

/** A command of ours as a person would start it: without what the test runner leaves in the environment. */
export function startCommand(program: string, args: string[], options: SpawnOptions = {}): Started {
  const { NODE_TEST_CONTEXT: _, TEST_DATABASE_URL: __, TEST_REDIS_URL: ___, ...inherited } = process.env;
  const child = spawn(program, args, {
    cwd: projectFolder,
    ...options,
    env: { ...inherited, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      child.emit('written');
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...written }));

  return {
    child,
    ended,
    async says(text) {
      const isOver = ended.then((end) => {
        throw new Error(`it ended without saying ${text}:\n${end.stdout}${end.stderr}`);
      });
      isOver.catch(() => {});
      while (!`${written.stdout}${written.stderr}`.includes(text)) {
        await Promise.race([once(child, 'written'), isOver]);
      }
    },
  };
}

/** Runs a command to its end. */
export async function runCommand(program: string, args: string[], options?: SpawnOptions): Promise<Ended> {
  const { child, ended } = startCommand(program, args, options);
  child.stdin!.end();
  return ended;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
